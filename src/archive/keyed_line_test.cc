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

}  // namespace
}  // namespace muniment
