#include "crypto/sha256_pair.h"

#include <gtest/gtest.h>

#include <array>

#include "base/bytes.h"

namespace muniment {
namespace {

// FIPS 180-4 section 5.3.3, and the only block of its example "abc" with the hash of it.
constexpr std::array<std::uint32_t, 8> kInitial = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                                   0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
constexpr std::array<std::uint32_t, 8> kOfAbc = {0xba7816bf, 0x8f01cfea, 0x414140de, 0x5dae2223,
                                                 0xb00361a3, 0x96177a9c, 0xb410ff61, 0xf20015ad};

Bytes block_of_abc() {
  Bytes block(64);
  block[0] = 'a';
  block[1] = 'b';
  block[2] = 'c';
  block[3] = 0x80;
  block[63] = 24;
  return block;
}

/// All lengths and alignments are held against libcrypto in sha256_test.cc.
TEST(Sha256Pair, AgreesWithTheStandardInEitherLane) {
  if (!has_sha_instructions()) GTEST_SKIP() << "this processor has no SHA instructions";
  const Bytes abc = block_of_abc();
  const Bytes zeros(64);
  for (const bool is_first : {true, false}) {
    auto of_abc = kInitial;
    auto of_zeros = kInitial;
    const HashLane lane_abc{of_abc.data(), abc.data()};
    const HashLane lane_zeros{of_zeros.data(), zeros.data()};
    if (is_first) compress_two(lane_abc, lane_zeros, 1);
    if (!is_first) compress_two(lane_zeros, lane_abc, 1);
    EXPECT_EQ(of_abc, kOfAbc);
    EXPECT_NE(of_zeros, kOfAbc);
    EXPECT_NE(of_zeros, kInitial);
  }
}

TEST(Sha256Pair, NoBlocksChangeNothing) {
  if (!has_sha_instructions()) GTEST_SKIP() << "this processor has no SHA instructions";
  auto a = kInitial;
  auto b = kOfAbc;
  compress_two({a.data(), nullptr}, {b.data(), nullptr}, 0);
  EXPECT_EQ(a, kInitial);
  EXPECT_EQ(b, kOfAbc);
}

}  // namespace
}  // namespace muniment
