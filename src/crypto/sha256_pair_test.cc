#include "crypto/sha256_pair.h"

#include <gtest/gtest.h>

#include "crypto/sha256_testing.h"

namespace muniment {
namespace {

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
