#include "bag/padme.h"

#include <algorithm>
#include <bit>

namespace muniment::bag {

std::uint64_t padme(std::uint64_t size_bytes, std::uint64_t floor_bytes) {
  if (size_bytes < 2) return std::max(size_bytes, floor_bytes);
  // A size of 2^e keeps as many leading bits after its first as e itself has; the bits below are rounded up to zero.
  const auto exponent = static_cast<unsigned>(std::bit_width(size_bytes) - 1);
  const auto kept_bits = static_cast<unsigned>(std::bit_width(exponent));
  const std::uint64_t mask = (std::uint64_t{1} << (exponent - kept_bits)) - 1;
  const std::uint64_t padded = size_bytes > UINT64_MAX - mask ? size_bytes : (size_bytes + mask) & ~mask;
  return std::max(padded, floor_bytes);
}

}  // namespace muniment::bag
