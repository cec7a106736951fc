// Cuts the sealed payload of a deposit into parts, hashes and writes them. Where there is more than a little of it, a
// thread writes, and who hashes depends on the processor. Spec: docs/formats.md "Deposit".
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/fs.h"
#include "base/piece.h"
#include "base/worker.h"
#include "crypto/sha256.h"

namespace muniment {

class PartWriter {
 public:
  /// With threads, errors of writing are told by a later call.
  /// `leaves_hashing`: to hash_beside(), as far as that keeps up.
  PartWriter(Fs& fs, std::string folder, Worker::Mode mode, bool leaves_hashing = Sha256Hasher::is_better_for_both())
      : fs_(fs), folder_(std::move(folder)), mode_(mode), leaves_hashing_(leaves_hashing) {}

  /// Errors: those of writing, `limit` for too many parts.
  Result<void> write(ByteView sealed);
  /// Hashes `data` into `other`, and in the same time a piece that was left to it, where there is one and `data` is
  /// long enough to be worth it. By another thread than the one that writes. Errors: those of write().
  Result<void> hash_beside(Sha256Hasher& other, ByteView data);
  /// All parts are durable after it, their names apart.
  Result<void> finish();

  /// What was written, once finish() has succeeded.
  const std::vector<Sha256>& parts() const { return parts_; }
  std::uint64_t size_bytes() const { return size_bytes_; }

 private:
  struct Sealed {
    Piece* piece = nullptr;
    bool ends_part = false;
  };
  void hand_over(bool ends_part);
  Result<void> hash_until(std::size_t waiting);
  Sealed begin_hashing();
  Result<void> end_hashing(const Sealed& sealed);
  Result<void> write_piece(const Sealed& sealed);

  Fs& fs_;
  std::string folder_;
  Worker::Mode mode_;
  bool leaves_hashing_;
  PieceRing ring_;
  // Of who writes.
  Piece* piece_ = nullptr;  // being filled
  std::uint64_t part_bytes_ = 0;
  std::uint64_t size_bytes_ = 0;
  // Between the two that hash.
  std::mutex mutex_;
  std::condition_variable hashed_;
  std::deque<Sealed> waiting_;
  bool is_hashing_ = false;
  // Of who hashes.
  Sha256Hasher digest_;
  std::vector<Sha256> parts_;
  // Of the thread that writes to the disk.
  std::unique_ptr<OutputFile> file_;
  std::uint64_t files_ = 0;
  std::optional<Worker> to_disk_;  // the last member: its tasks use the others
};

}  // namespace muniment
