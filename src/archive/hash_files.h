// Hashing files that lie on this machine, some side by side.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "base/fs.h"
#include "crypto/sha256.h"

namespace muniment {

struct FileToHash {
  InputFile* file = nullptr;  // null: nothing
  std::uint64_t bytes_max = 0;
};

/// Reads all to their ends in small pieces and tells `on_bytes` of them: best as many as
/// Sha256Hasher::streams_at_once(). Errors of each: `io`, `limit` where it is longer than `bytes_max`.
std::vector<Result<Sha256>> hash_files(std::span<const FileToHash> files,
                                       const std::function<void(std::uint64_t bytes)>& on_bytes);

}  // namespace muniment
