// Padmé (Nikitin and others, "Reducing Metadata Leakage from Encrypted Files", 2019, section 4): a size that tells
// only its order of magnitude, at most 12 % above the true one.
#pragma once

#include <cstdint>

namespace muniment::bag {

/// The padded size, at least `floor_bytes`. Sizes near 2^64 stay as they are.
std::uint64_t padme(std::uint64_t size_bytes, std::uint64_t floor_bytes);

}  // namespace muniment::bag
