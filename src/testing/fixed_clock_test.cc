#include "testing/fixed_clock.h"

#include <gtest/gtest.h>

namespace muniment {
namespace {

TEST(FixedClock, MovesOnlyWhenTold) {
  FixedClock clock;
  EXPECT_EQ(to_date_time(clock.now_s()), "2026-01-01T00:00:00Z");
  EXPECT_EQ(clock.now_s(), clock.now_s());
  clock.advance_s(61);
  EXPECT_EQ(to_date_time(clock.now_s()), "2026-01-01T00:01:01Z");
  const std::int64_t running_s = clock.running_s();
  clock.set(0);
  EXPECT_EQ(clock.now_s(), 0);
  EXPECT_EQ(clock.running_s(), running_s) << "no time has passed";
  clock.advance_s(5);
  EXPECT_EQ(clock.running_s(), running_s + 5);
}

}  // namespace
}  // namespace muniment
