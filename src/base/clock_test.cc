#include "base/clock.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "testing/expect_code.h"

namespace muniment {
namespace {

TEST(Clock, WritesDatesInUtc) {
  EXPECT_EQ(to_date(0), "1970-01-01");
  EXPECT_EQ(to_date_time(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(to_date_time(1'795'352'709), "2026-11-22T13:05:09Z");
  EXPECT_EQ(to_date_time(951'782'400), "2000-02-29T00:00:00Z");
  EXPECT_EQ(to_date_time(-1), "1969-12-31T23:59:59Z");
  EXPECT_EQ(to_date_time(-86'401), "1969-12-30T23:59:59Z");
}

TEST(Clock, RunsForwardWhateverTheDateIs) {
  const std::int64_t before = system_clock().running_s();
  EXPECT_GT(before, 0);
  EXPECT_GE(system_clock().running_s(), before);
}

TEST(ParseDate, IsMidnightUtc) {
  EXPECT_EQ(*parse_date("1970-01-01"), 0);
  EXPECT_EQ(*parse_date("1969-12-31"), -86'400);
  EXPECT_EQ(*parse_date("2024-02-29"), 1'709'164'800);
}

TEST(ParseDate, RefusesWhatIsNotADate) {
  for (const char* text : {"", "2026", "2026-1-1", "2026-11-22 ", " 2026-11-2", "2026/11/22", "2026-11-22T13:05:09Z",
                           "2023-02-29", "1900-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "2026-01-32",
                           "+026-01-01", "-026-01-01", "2o26-01-01", "2026-0x-01"}) {
    EXPECT_CODE(parse_date(text), Code::corrupt) << text;
  }
}

RC_GTEST_PROP(ParseDate, ReadsBackEveryDay, ()) {
  constexpr std::int64_t kDay = 86'400;
  const auto day = *rc::gen::inRange<std::int64_t>(-719'528, 2'932'896);  // the years 0 to 9999
  RC_ASSERT(*parse_date(to_date(day * kDay)) == day * kDay);
  RC_ASSERT(to_date(day * kDay + kDay - 1) == to_date(day * kDay));
}

TEST(PreciseTime, KeepsEveryNanosecond) {
  EXPECT_EQ(to_precise_time(0), "1970-01-01T00:00:00.000000000Z");
  EXPECT_EQ(to_precise_time(1'795'352'709'000'000'123), "2026-11-22T13:05:09.000000123Z");
  EXPECT_EQ(to_precise_time(-1), "1969-12-31T23:59:59.999999999Z");
  EXPECT_EQ(*parse_precise_time("1969-12-31T23:59:59.999999999Z"), -1);
}

TEST(PreciseTime, RefusesEveryOtherForm) {
  for (const char* text :
       {"", "2026-11-22T13:05:09Z", "2026-11-22T13:05:09.00000012Z", "2026-11-22T13:05:09.0000001234Z",
        "2026-11-22 13:05:09.000000123Z", "2026-11-22T13:05:09.000000123z", "2026-11-22T13:05:09,000000123Z",
        "2026-11-22T24:00:00.000000000Z", "2026-11-22T13:60:00.000000000Z", "2026-11-22T13:05:60.000000000Z",
        "2026-11-31T13:05:09.000000000Z", "2026-11-22T-1:05:09.000000000Z", "2026-11-22T13-05:09.000000000Z",
        "2026-11-22T13:05:09.00000012xZ", "9999-01-01T00:00:00.000000000Z", "0001-01-01T00:00:00.000000000Z"}) {
    EXPECT_CODE(parse_precise_time(text), Code::corrupt) << text;
  }
}

RC_GTEST_PROP(PreciseTime, ReadsBack, ()) {
  const auto time_ns = *rc::gen::inRange<std::int64_t>(-4'000'000'000'000'000'000, 4'000'000'000'000'000'000);
  RC_ASSERT(*parse_precise_time(to_precise_time(time_ns)) == time_ns);
}

TEST(SystemClock, IsNotInThePast) {
  const std::int64_t written = *parse_date("2025-01-01");
  EXPECT_GT(system_clock().now_s(), written);
  EXPECT_LT(system_clock().now_s(), *parse_date("9999-01-01"));
}

}  // namespace
}  // namespace muniment
