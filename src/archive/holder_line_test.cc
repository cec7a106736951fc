#include "archive/holder_line.h"

#include <gtest/gtest.h>

#include "archive/key_file.h"
#include "testing/expect_code.h"
#include "testing/fixed_random.h"

namespace muniment {
namespace {

Holder some_holder() {
  FixedRandom random;
  return HolderKeys::make("custodian-2", random).holder();
}

/// The line with one of its four words replaced.
std::string with_word(std::size_t place, const std::string& word) {
  const Holder holder = some_holder();
  std::vector<std::string> words{"holder", holder.pseudonym(), holder.recipient, holder.key.text()};
  words[place] = word;
  return words[0] + " " + words[1] + " " + words[2] + " " + words[3] + "\n";
}

TEST(AHoldersLine, ComesBackAsItWas) {
  const std::string line = render_holder_line(some_holder());
  EXPECT_TRUE(line.starts_with("holder custodian-2 age1")) << line;
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const auto parsed = parse_holder_line(line);
  ASSERT_TRUE(parsed) << parsed.error().sentence();
  EXPECT_EQ(*parsed, some_holder());
}

TEST(AHoldersLine, IsFoundInAMessage) {
  std::string message = "Hello,\r\nhere it is:\r\n" + render_holder_line(some_holder());
  message.insert(message.size() - 1, "\r");
  message += "Greetings";
  const auto parsed = parse_holder_line(message);
  ASSERT_TRUE(parsed) << parsed.error().sentence();
  EXPECT_EQ(*parsed, some_holder());
}

TEST(AHoldersLine, ThatIsMissingCutOrThereTwiceIsRefused) {
  const std::string line = render_holder_line(some_holder());
  EXPECT_CODE(parse_holder_line(""), Code::corrupt);
  EXPECT_CODE(parse_holder_line("Hello\n"), Code::corrupt);
  EXPECT_CODE(parse_holder_line(line + line), Code::corrupt);
  for (std::size_t size = 0; size < line.size() - 1; ++size) {
    EXPECT_FALSE(parse_holder_line(line.substr(0, size))) << size;
  }
}

TEST(AHoldersLine, WithAWrongWordIsRefused) {
  EXPECT_CODE(parse_holder_line(with_word(1, "Anna")), Code::corrupt);
  EXPECT_CODE(parse_holder_line(with_word(1, "../x")), Code::corrupt);
  EXPECT_CODE(parse_holder_line(with_word(1, "custodian-3")), Code::corrupt) << "another name than the key's";
  EXPECT_CODE(parse_holder_line(with_word(2, "age1qqqq")), Code::corrupt);
  EXPECT_CODE(parse_holder_line(with_word(3, "custodian-2+00000000")), Code::corrupt);
  EXPECT_CODE(parse_holder_line(with_word(3, "custodian-2+00000000+AAAA")), Code::unsupported) << "another kind of key";
  EXPECT_CODE(parse_holder_line(with_word(3, some_holder().key.text() + " more")), Code::corrupt);
}

TEST(AHoldersLine, CannotTakeTheNameOfTheTrustees) {
  FixedRandom random;
  EXPECT_CODE(parse_holder_line(render_holder_line(HolderKeys::make(kTrustees, random).holder())), Code::corrupt);
}

}  // namespace
}  // namespace muniment
