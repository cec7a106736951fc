#include "archive/keyed_line.h"

#include <gtest/gtest.h>

#include "testing/expect_code.h"

namespace muniment {
namespace {

TEST(KeyedLine, GivesWhatStandsBehindItsKey) {
  EXPECT_EQ(*value_of("bucket paper", "bucket ", "the list"), "paper");
  EXPECT_EQ(*value_of("bucket ", "bucket ", "the list"), "");
}

TEST(KeyedLine, OfAnotherKeyIsNamedAsMissing) {
  const auto missing = value_of("buckets paper", "bucket ", "the list");
  ASSERT_TRUE(fails_with(missing, Code::corrupt));
  EXPECT_EQ(missing.error().sentence(), "the list lacks its line \"bucket \"");
}

TEST(CheckDay, IsPastFromItsMidnightOn) {
  EXPECT_TRUE(check_day("1970-01-02", kDayS - 1, "the card"));
  const auto past = check_day("1970-01-02", kDayS, "the card");
  ASSERT_TRUE(fails_with(past, Code::denied));
  EXPECT_EQ(past.error().sentence(),
            "the card expired on 1970-01-02 (this machine says it is 1970-01-02): ask a custodian for a new one");
  EXPECT_CODE(check_day("tomorrow", 0, "the card"), Code::corrupt);
}

TEST(Ascending, IsSortedAndEachOnce) {
  EXPECT_TRUE(is_ascending(std::vector<int>{}));
  EXPECT_TRUE(is_ascending(std::vector<int>{1, 2, 5}));
  EXPECT_FALSE(is_ascending(std::vector<int>{1, 1}));
  EXPECT_FALSE(is_ascending(std::vector<int>{2, 1}));
}

}  // namespace
}  // namespace muniment
