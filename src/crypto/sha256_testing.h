// The shortest example of SHA-256, for tests of its compression function.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"

namespace muniment {

// FIPS 180-4 section 5.3.3, and the only block of its example "abc" with the hash of it.
inline constexpr std::array<std::uint32_t, 8> kInitial = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                                          0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
inline constexpr std::array<std::uint32_t, 8> kOfAbc = {0xba7816bf, 0x8f01cfea, 0x414140de, 0x5dae2223,
                                                        0xb00361a3, 0x96177a9c, 0xb410ff61, 0xf20015ad};

inline Bytes block_of_abc() {
  Bytes block(64);
  block[0] = 'a';
  block[1] = 'b';
  block[2] = 'c';
  block[3] = 0x80;
  block[63] = 24;
  return block;
}

}  // namespace muniment
