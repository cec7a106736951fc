#include "crypto/random.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace muniment {
namespace {

TEST(SystemRandom, NeverGivesTheSameTwice) {
  const auto a = random_secret<32>(system_random());
  const auto b = random_secret<32>(system_random());
  EXPECT_FALSE(equal(a.expose(), b.expose()));
  EXPECT_FALSE(all_zero(a.expose()));
}

TEST(SystemRandom, FillsToTheLastByte) {
  Bytes bytes(1000);
  Bytes seen(bytes.size());
  // After 64 rounds a byte that is filled has been something else than zero but for one chance in 2^512.
  for (int round = 0; round < 64; ++round) {
    system_random().fill(bytes);
    std::transform(bytes.begin(), bytes.end(), seen.begin(), seen.begin(),
                   [](std::uint8_t a, std::uint8_t b) { return static_cast<std::uint8_t>(a | b); });
  }
  EXPECT_EQ(std::count(seen.begin(), seen.end(), 0), 0);
  system_random().fill({});
}

}  // namespace
}  // namespace muniment
