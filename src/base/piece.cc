#include "base/piece.h"

#include <algorithm>
#include <new>
#include <utility>

namespace muniment {

Piece::Piece() : memory_(static_cast<std::uint8_t*>(std::aligned_alloc(kAlignment, kBytes))) {
  if (memory_ == nullptr) throw std::bad_alloc();
}

std::size_t Piece::fill(ByteView bytes) {
  const std::size_t count = std::min(bytes.size(), kBytes - used_);
  std::copy_n(bytes.begin(), count, memory_.get() + used_);
  used_ += count;
  return count;
}

std::shared_ptr<Piece> PieceRing::take() {
  std::unique_ptr<Piece> piece;
  {
    const std::lock_guard lock(mutex_);
    if (!free_.empty()) {
      piece = std::move(free_.back());
      free_.pop_back();
    }
  }
  if (piece == nullptr) piece = std::make_unique<Piece>();
  return {piece.release(), [this](Piece* back) {
            std::unique_ptr<Piece> owned(back);
            owned->clear();
            const std::lock_guard lock(mutex_);
            free_.push_back(std::move(owned));
          }};
}

}  // namespace muniment
