// Hashing files that lie on this machine, two side by side.
#pragma once

#include <array>
#include <functional>

#include "base/fs.h"
#include "crypto/sha256.h"

namespace muniment {

struct FileToHash {
  InputFile* file = nullptr;  // null: nothing
  std::uint64_t bytes_max = 0;
};

/// Reads both to their ends in small pieces and tells `on_bytes` of each. Errors of each: `io`, `limit` where it is
/// longer than `bytes_max`.
std::array<Result<Sha256>, 2> hash_files(const std::array<FileToHash, 2>& files,
                                         const std::function<void(std::uint64_t bytes)>& on_bytes);

}  // namespace muniment
