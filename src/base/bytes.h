// Bytes, views of bytes, and a reader that cannot run over the end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace muniment {

using Bytes = std::vector<std::uint8_t>;
/// Never a view of a temporary: valid while the bytes it was made from live and do not move.
using ByteView = std::span<const std::uint8_t>;
using MutableBytes = std::span<std::uint8_t>;

/// Takes bytes in order. The view is valid during the call only.
using ByteSink = std::function<Result<void>(ByteView)>;

/// The bytes of a text, and the text of bytes. Valid while the argument lives.
ByteView as_view(std::string_view text);
std::string_view as_text(ByteView bytes);

bool equal(ByteView a, ByteView b);
void append(Bytes& to, ByteView bytes);

/// True when every byte is zero (the padding of an archive). Reads 8 bytes at a time.
bool all_zero(ByteView bytes);

/// Walks over untrusted bytes. Every read says `corrupt` instead of running over the end.
class ByteReader {
 public:
  explicit ByteReader(ByteView bytes) : left_(bytes) {}

  std::size_t left() const { return left_.size(); }
  /// The next `count` bytes; valid while the bytes under the reader live.
  Result<ByteView> take(std::size_t count);
  Result<std::uint8_t> u8();
  /// Big-endian, as in tlog-tiles and tlog-cosignature.
  Result<std::uint16_t> u16();
  Result<std::uint64_t> u64();
  /// `corrupt` when bytes are left over.
  Result<void> done() const;

 private:
  ByteView left_;
};

void append_u16(Bytes& to, std::uint16_t value);
void append_u64(Bytes& to, std::uint64_t value);

}  // namespace muniment
