#include "store/arrival_list.h"

#include <gtest/gtest.h>

#include "testing/expect_code.h"

namespace muniment {
namespace {

TEST(ArrivalList, IsReadAsItWasWritten) {
  const std::vector<std::string> names{"0a", "1b", "cc"};
  EXPECT_EQ(*parse_arrivals(render_arrivals(names)), names);
  EXPECT_TRUE(parse_arrivals("")->empty());
  EXPECT_EQ(*parse_arrivals("b\na\n"), (std::vector<std::string>{"a", "b"}));
}

TEST(ArrivalList, OfAnythingButNamesIsRefused) {
  for (const char* wrong : {"../home\n", "a/b\n", "a\na\n", "\n", "a b\n", ".hidden\n", "a", "<html>\n"})
    EXPECT_CODE(parse_arrivals(wrong), Code::corrupt) << wrong;
}

TEST(ArrivalList, HasALimit) {
  const std::vector<std::string> many(kArrivalsMax + 1, "a");
  const std::string text = render_arrivals(many);
  EXPECT_EQ(text.size(), 2 * kArrivalsMax);
  EXPECT_CODE(parse_arrivals(text + "b\n"), Code::limit);
  EXPECT_CODE(parse_arrivals(std::string(kArrivalListBytesMax + 1, 'a')), Code::limit);
}

}  // namespace
}  // namespace muniment
