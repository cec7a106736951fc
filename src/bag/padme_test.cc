#include "bag/padme.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace muniment::bag {
namespace {

TEST(Padme, GivesTheSizesOfTheDefinition) {
  const std::pair<std::uint64_t, std::uint64_t> known[] = {{0, 0},
                                                           {1, 1},
                                                           {2, 2},
                                                           {7, 7},
                                                           {8, 8},
                                                           {9, 10},
                                                           {15, 16},
                                                           {1000, 1024},
                                                           {65536, 65536},
                                                           {65537, 67584},
                                                           {67584, 67584},
                                                           {67585, 69632},
                                                           {1u << 24, 1u << 24},
                                                           {(1u << 24) + 1, (1u << 24) + (1u << 19)},
                                                           {100'000'000, 100'663'296}};
  for (const auto& [size, padded] : known) EXPECT_EQ(padme(size, 0), padded) << size;
}

TEST(Padme, KeepsTheFloor) {
  EXPECT_EQ(padme(0, 65536), 65536u);
  EXPECT_EQ(padme(1536, 65536), 65536u);
  EXPECT_EQ(padme(65536, 65536), 65536u);
  EXPECT_EQ(padme(66048, 65536), 67584u);
}

TEST(Padme, LeavesSizesNearTheLimitAsTheyAre) {
  EXPECT_EQ(padme(UINT64_MAX, 0), UINT64_MAX);
  EXPECT_EQ(padme(UINT64_MAX - 1, 0), UINT64_MAX - 1);
}

/// The definition in the words of the paper, with a loop for each logarithm.
std::uint64_t slow_padme(std::uint64_t size) {
  unsigned exponent = 0;
  while ((size >> (exponent + 1)) != 0) ++exponent;
  unsigned exponent_bits = 1;
  while ((exponent >> exponent_bits) != 0) ++exponent_bits;
  const std::uint64_t step = std::uint64_t{1} << (exponent - exponent_bits);
  return (size + step - 1) / step * step;
}

RC_GTEST_PROP(Padme, AgreesWithTheSlowModelAndCostsTwelvePercentAtMost, ()) {
  const auto size = *rc::gen::map(rc::gen::pair(rc::gen::inRange(1, 62), rc::gen::arbitrary<std::uint64_t>()),
                                  [](const std::pair<int, std::uint64_t>& from) {
                                    const std::uint64_t top = std::uint64_t{1} << from.first;
                                    return top | (from.second & (top - 1));
                                  });
  const std::uint64_t padded = padme(size, 0);
  RC_ASSERT(padded == slow_padme(size));
  RC_ASSERT(padded >= size);
  RC_ASSERT(padded - size <= size / 100 * 12 + 12);
  RC_ASSERT(padme(padded, 0) == padded);
}

RC_GTEST_PROP(Padme, KeepsWholeBlocksWhole, ()) {
  const std::uint64_t size = 512 * *rc::gen::inRange<std::uint64_t>(2, std::uint64_t{1} << 40);
  RC_ASSERT(padme(size, 0) % 512 == 0);
}

}  // namespace
}  // namespace muniment::bag
