// Buffers that go from thread to thread and come back to be filled again.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "base/bytes.h"

namespace muniment {

/// Nearly a mebibyte, in whole pages of memory, as writing past the page cache wants it (open(2), O_DIRECT).
class Piece {
 public:
  static constexpr std::size_t kAlignment = 4096;
  static constexpr std::size_t kBytes = 241 * kAlignment;  // a seventeenth of a deposit's part, which so ends with one

  /// Aborts where there is no memory.
  Piece();

  /// Takes what there is room for, and says how much that was.
  std::size_t fill(ByteView bytes);
  bool is_full() const { return used_ == kBytes; }
  ByteView view() const { return {memory_.get(), used_}; }
  void clear() { used_ = 0; }

 private:
  struct Unmap {
    void operator()(std::uint8_t* memory) const;
  };
  std::unique_ptr<std::uint8_t[], Unmap> memory_;  // of the system's own: given back it is gone, and breaks up no heap
  std::size_t used_ = 0;
};

/// Owns every piece that was taken from it. By any thread.
class PieceRing {
 public:
  /// An empty piece, until it is given back.
  Piece& take();
  void give_back(Piece& piece);

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Piece>> all_;
  std::vector<Piece*> free_;
};

}  // namespace muniment
