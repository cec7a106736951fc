// A sink that hands what it takes, in pieces, to a thread of its own.
#pragma once

#include <memory>
#include <optional>

#include "base/piece.h"
#include "base/worker.h"

namespace muniment {

/// The giver fills a piece while the one before is worked on. What is less than a piece has no thread. By one thread.
class Relay {
 public:
  /// At most `pieces_max` wait, and one more is filled while one is worked on.
  Relay(Worker::Mode mode, ByteSink out, std::size_t pieces_max = 2)
      : mode_(mode), out_(std::move(out)), pieces_max_(pieces_max) {}

  /// Errors: those of `out`, told by this or a later call.
  Result<void> write(ByteView bytes);
  /// After what was written so far, on the thread that has it.
  Result<void> then(Worker::Task task);
  /// `out` has all that was written, and every task is done. More can be written after it.
  Result<void> finish();

 private:
  Result<void> hand_over();
  Result<void> give(Worker::Task task);

  Worker::Mode mode_;
  ByteSink out_;
  std::size_t pieces_max_;
  PieceRing ring_;
  Piece* piece_ = nullptr;        // being filled
  std::optional<Worker> worker_;  // from the first full piece on; the last member, since its tasks use the others
};

}  // namespace muniment
