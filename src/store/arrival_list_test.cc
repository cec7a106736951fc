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

TEST(ArrivalList, IsReadAsNginxListsAFolder) {
  EXPECT_EQ(
      *parse_arrivals("[\n{ \"name\":\"b\", \"type\":\"directory\", \"mtime\":\"Fri, 27 Nov 2026 01:00:00 GMT\" },\n"
                      "{ \"name\":\"a\", \"type\":\"directory\" },\n"
                      "{ \"name\":\"file\", \"type\":\"file\", \"size\":2 },\n"
                      "{ \"name\":\"../home\", \"type\":\"directory\" }, { \"name\":7, \"type\":\"directory\" },\n"
                      "{ \"name\":\"a/b\", \"type\":\"directory\" }, 7, []\n]\n"),
      (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(parse_arrivals("[\n]\n")->empty());
  for (const char* wrong :
       {"[", "[{]", "[{\"name\":\"a\",\"type\":\"directory\"},{\"name\":\"a\",\"type\":\"directory\"}]"})
    EXPECT_CODE(parse_arrivals(wrong), Code::corrupt) << wrong;
  EXPECT_CODE(parse_arrivals(std::string(1000, '[')), Code::corrupt);
  std::string many = "[";
  for (std::size_t i = 0; i <= kArrivalsMax; ++i)
    many += (i > 0 ? ",{\"name\":\"" : "{\"name\":\"") + std::to_string(i) + "\",\"type\":\"directory\"}";
  EXPECT_EQ(parse_arrivals(many + "]")->size(), kArrivalsMax);
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
