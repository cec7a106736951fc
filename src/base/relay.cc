#include "base/relay.h"

#include <utility>

namespace muniment {

Result<void> Relay::write(ByteView bytes) {
  while (!bytes.empty()) {
    if (piece_ == nullptr) piece_ = &ring_.take();
    bytes = bytes.subspan(piece_->fill(bytes));
    if (!piece_->is_full()) continue;
    if (!worker_) worker_.emplace(mode_, pieces_max_);
    TRY(hand_over());
  }
  return {};
}

Result<void> Relay::then(Worker::Task task) {
  TRY(hand_over());
  return give(std::move(task));
}

Result<void> Relay::finish() {
  TRY(hand_over());
  return worker_ ? worker_->finish() : Result<void>();
}

Result<void> Relay::hand_over() {
  if (piece_ == nullptr) return {};
  return give([this, piece = std::exchange(piece_, nullptr)]() -> Result<void> {
    TRY(out_(piece->view()));
    ring_.give_back(*piece);
    return {};
  });
}

Result<void> Relay::give(Worker::Task task) { return worker_ ? worker_->give(std::move(task)) : task(); }

}  // namespace muniment
