#include "store/http_range.h"

#include <gtest/gtest.h>

#include "testing/expect_code.h"

namespace muniment {
namespace {

TEST(HttpRangeTest, ReadsWhichPartAnAnswerIs) {
  const auto part = parse_content_range("bytes 10-99/1234");
  ASSERT_TRUE(part);
  EXPECT_EQ(part->range.first, 10u);
  EXPECT_EQ(part->range.last, 99u);
  EXPECT_EQ(part->range.size(), 90u);
  EXPECT_EQ(part->total, 1234u);
  EXPECT_EQ(parse_content_range("bytes 0-0/*")->total, std::nullopt);
}

TEST(HttpRangeTest, RefusesWhatIsNoPart) {
  for (const char* text :
       {"", "bytes", "bytes */100", "bytes 0-9", "bytes 9-0/10", "bytes 0-9/9", "bytes 0-9/", "bytes -9/10",
        "bytes 0-/10", "bytes 00-9/10", "bytes 0-9/10 ", "Bytes 0-9/10", "items 0-9/10",
        "bytes 0-18446744073709551615/*", "bytes 0-18446744073709551616/*", "bytes 0/9-10"}) {
    EXPECT_CODE(parse_content_range(text), Code::corrupt) << text;
  }
}

std::string asked(std::string_view text, std::uint64_t size) {
  const auto range = parse_range_request(text, size);
  if (!range) return std::string(name_of(range.error().code()));
  if (!*range) return "whole";
  return std::to_string((*range)->first) + "-" + std::to_string((*range)->last);
}

TEST(HttpRangeTest, GivesTheRangeThatIsAskedForAsFarAsItIsThere) {
  EXPECT_EQ(asked("bytes=0-9", 100), "0-9");
  EXPECT_EQ(asked("bytes=0-0", 1), "0-0");
  EXPECT_EQ(asked("bytes=90-", 100), "90-99");
  EXPECT_EQ(asked("bytes=90-1000", 100), "90-99");
  EXPECT_EQ(asked("bytes=-10", 100), "90-99");
  EXPECT_EQ(asked("bytes=-1000", 100), "0-99");
}

TEST(HttpRangeTest, SaysWhenNothingOfItIsThere) {
  for (const char* text : {"bytes=100-", "bytes=100-200", "bytes=-0"}) EXPECT_EQ(asked(text, 100), "limit") << text;
  for (const char* text : {"bytes=0-", "bytes=0-0", "bytes=-1"}) EXPECT_EQ(asked(text, 0), "limit") << text;
}

TEST(HttpRangeTest, GivesTheWholeWhereItDoesNotUnderstand) {
  for (const char* text : {"", "bytes=", "bytes=-", "bytes=a-b", "bytes=9-0", "bytes=0-9,20-29", "items=0-9",
                           "bytes=0-9-", "bytes=0x0-9", "bytes=18446744073709551616-"}) {
    EXPECT_EQ(asked(text, 100), "whole") << text;
  }
}

}  // namespace
}  // namespace muniment
