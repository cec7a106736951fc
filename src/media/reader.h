// Numbers out of a piece of a hostile file: reading past its end gives nothing.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace muniment::media {

enum class ByteOrder { big, little };

/// `count` is at most 8.
inline std::optional<std::uint64_t> number_at(ByteView bytes, std::uint64_t offset, unsigned count,
                                              ByteOrder order = ByteOrder::big) {
  if (offset > bytes.size() || bytes.size() - offset < count) return std::nullopt;
  std::uint64_t number = 0;
  for (unsigned i = 0; i < count; ++i) {
    const unsigned place = order == ByteOrder::big ? i : count - 1 - i;
    number = number << 8 | bytes[static_cast<std::size_t>(offset) + place];
  }
  return number;
}

}  // namespace muniment::media
