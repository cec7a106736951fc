// Cuts the sealed payload of a deposit into parts, hashes and writes them: beside the thread that seals, where there
// is more than a little of it. Spec: docs/formats.md "Deposit".
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/fs.h"
#include "base/worker.h"
#include "crypto/sha256.h"

namespace muniment {

class PartWriter {
 public:
  /// With threads, errors of writing are told by a later call.
  PartWriter(Fs& fs, std::string folder, Worker::Mode mode) : fs_(fs), folder_(std::move(folder)), mode_(mode) {}

  /// Errors: those of writing, `limit` for too many parts.
  Result<void> write(ByteView sealed);
  /// All parts are durable after it, their names apart.
  Result<void> finish();

  /// What was written, once finish() has succeeded.
  const std::vector<Sha256>& parts() const { return parts_; }
  std::uint64_t size_bytes() const { return size_bytes_; }

 private:
  Result<void> hand_over(bool ends_part);
  Result<void> write_next(bool ends_part);
  Result<void> write_piece(ByteView piece, bool ends_part);
  Result<void> sync_next();

  Fs& fs_;
  std::string folder_;
  Worker::Mode mode_;
  // The caller's side.
  Bytes piece_;  // being filled
  std::uint64_t part_bytes_ = 0;
  std::uint64_t size_bytes_ = 0;
  // The other side: files and digests.
  std::unique_ptr<OutputFile> file_;
  Sha256Hasher hasher_;
  std::vector<Sha256> parts_;
  // Between them.
  std::mutex mutex_;
  std::deque<Bytes> filled_;                          // pieces to be written, in order
  std::vector<Bytes> free_;                           // buffers that can be filled again
  std::deque<std::unique_ptr<OutputFile>> unsynced_;  // parts that are written
  std::optional<Worker> syncer_;                      // waits for the disk
  std::optional<Worker> writer_;                      // hashes and writes; its tasks use syncer_, so it goes first
};

}  // namespace muniment
