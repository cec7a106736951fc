#include "testing/fixed_random.h"

#include <gtest/gtest.h>

namespace muniment {
namespace {

Bytes draw(FixedRandom& random, std::size_t count) {
  Bytes bytes(count);
  random.fill(bytes);
  return bytes;
}

TEST(FixedRandom, RepeatsFromTheSameSeed) {
  FixedRandom a(7), b(7), c(8);
  const Bytes first = draw(a, 100);
  EXPECT_EQ(draw(b, 100), first);
  EXPECT_NE(draw(c, 100), first);
  EXPECT_NE(draw(a, 100), first) << "it goes on";
}

TEST(FixedRandom, DoesNotDependOnHowManyAreAskedForAtOnce) {
  FixedRandom whole(1), pieces(1);
  Bytes joined = draw(pieces, 3);
  append(joined, draw(pieces, 0));
  append(joined, draw(pieces, 10));
  EXPECT_EQ(joined, draw(whole, 13));
}

TEST(FixedRandom, IsSplitMix64) {
  FixedRandom random(0);
  // The first output for seed 0, 0xe220a8397b1dcdaf, lowest byte first.
  EXPECT_EQ(draw(random, 8), (Bytes{0xaf, 0xcd, 0x1d, 0x7b, 0x39, 0xa8, 0x20, 0xe2}));
}

}  // namespace
}  // namespace muniment
