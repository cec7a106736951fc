// Reads and hashes small files before their turn, while who takes them is at work on those before.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "archive/walk.h"
#include "base/worker.h"
#include "crypto/sha256.h"

namespace muniment {

/// A file that stayed the same while it was read.
struct WholeFile {
  FileInfo info;
  ByteView bytes;
  Sha256 digest;
};

/// An item of the source. What is not whole by then is for who takes it to open.
struct ReadItem {
  SourceItem item;
  std::optional<WholeFile> whole = std::nullopt;
};

/// Batches of items go to a thread and come back in the order in which they were given. By one thread.
class ReadAhead {
 public:
  /// Smaller files are read before their turn: there is little time in which they could change. Larger ones are not.
  static constexpr std::size_t kSmallBytes = 64 * 1024;

  ReadAhead(Fs& fs, Worker::Mode mode) : fs_(fs), worker_(mode, kBatchesMax) {}

  void give(SourceItem item);
  /// As many wait as may; the next one is to be taken.
  bool is_full() const { return batches_.size() == kBatchesMax && batches_.back()->is_given; }
  bool empty() const { return waiting_ == 0; }
  /// The first that waits, of which there is one. Valid until the next call.
  const ReadItem& take();

 private:
  static constexpr std::size_t kBatchesMax = 4;
  static constexpr std::size_t kBatchItems = 32;
  static constexpr std::size_t kBatchBytes = 512 * 1024;  // of small files

  struct Batch {
    std::vector<ReadItem> items;
    Bytes memory;
    std::size_t bytes = 0;  // that its small files take of it
    std::size_t taken = 0;
    bool is_given = false;
    bool is_ready = false;  // under the lock
  };
  void hand_over();
  void read(Batch& batch);
  std::optional<WholeFile> read_whole(const std::string& path, MutableBytes& left);

  Fs& fs_;
  std::deque<std::unique_ptr<Batch>> batches_;  // the last one is being filled until it was given
  std::size_t waiting_ = 0;                     // items
  Bytes memory_;                                // of a batch that is over, for the next one
  std::mutex mutex_;
  std::condition_variable ready_;
  Worker worker_;  // the last member: its tasks use the others
};

}  // namespace muniment
