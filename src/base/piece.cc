#include "base/piece.h"

#include <sys/mman.h>

#include <algorithm>

#include "base/check.h"

namespace muniment {

Piece::Piece() {
  void* const memory = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  MUNIMENT_CHECK(memory != MAP_FAILED);
  memory_.reset(static_cast<std::uint8_t*>(memory));
}

void Piece::Unmap::operator()(std::uint8_t* memory) const { ::munmap(memory, kBytes); }

std::size_t Piece::fill(ByteView bytes) {
  const std::size_t count = std::min(bytes.size(), kBytes - used_);
  std::copy_n(bytes.begin(), count, memory_.get() + used_);
  used_ += count;
  return count;
}

Piece& PieceRing::take() {
  const std::lock_guard lock(mutex_);
  if (free_.empty()) return *all_.emplace_back(std::make_unique<Piece>());
  Piece& piece = *free_.back();
  free_.pop_back();
  return piece;
}

void PieceRing::give_back(Piece& piece) {
  piece.clear();
  const std::lock_guard lock(mutex_);
  free_.push_back(&piece);
}

}  // namespace muniment
