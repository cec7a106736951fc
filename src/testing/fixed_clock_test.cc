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
  clock.set(0);
  EXPECT_EQ(clock.now_s(), 0);
}

}  // namespace
}  // namespace muniment
