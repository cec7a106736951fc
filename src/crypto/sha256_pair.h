// The one primitive that is not libcrypto's: SHA-256 of two messages at once. Only crypto/sha256.cc uses it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace muniment {

/// Of this processor.
bool has_sha_instructions();

/// The eight words of a hash (FIPS 180-4 section 5.3.3) and where its next blocks lie, at any alignment.
struct HashLane {
  std::uint32_t* state;
  const std::uint8_t* bytes;
};

/// Takes `blocks` of 64 bytes into each of the two. Only where has_sha_instructions().
void compress_two(HashLane a, HashLane b, std::size_t blocks);

}  // namespace muniment
