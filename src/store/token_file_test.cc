#include "store/token_file.h"

#include <gtest/gtest.h>

#include "testing/expect_code.h"

namespace muniment {
namespace {

const std::string kOne(32, '1');
const std::string kTwo(128, 'b');

TEST(TokenFileTest, ReadsWhatEachTokenIsGoodForAndWhere) {
  const auto tokens = parse_tokens("# of two mirrors\n\nread " + kOne + "\ndeposit " + kTwo + "\nread " + kTwo +
                                   " https://mirror.example/a/\n");
  ASSERT_TRUE(tokens) << tokens.error().sentence();
  ASSERT_EQ(tokens->size(), 3u);
  EXPECT_EQ(token_for(*tokens, Token::Right::read, "")->text.expose_text(), kOne);
  EXPECT_EQ(token_for(*tokens, Token::Right::deposit, "")->text.expose_text(), kTwo);
  EXPECT_EQ(token_for(*tokens, Token::Right::read, "https://mirror.example/a")->text.expose_text(), kTwo);
  EXPECT_EQ(token_for(*tokens, Token::Right::deposit, "https://mirror.example/a"), nullptr);
  EXPECT_EQ(token_for(*tokens, Token::Right::read, "https://other.example"), nullptr) << "no mirror gets another's";
}

TEST(TokenFileTest, RefusesOtherLinesWithoutShowingThem) {
  for (const char* text : {"read\n", "read short\n", "write 11111111111111111111111111111111\n",
                           "read 1111111111111111111111111111111\xc3\xa9\n", "read  11111111111111111111111111111111\n",
                           "read 11111111111111111111111111111111 a b\n", "11111111111111111111111111111111\n",
                           "read 11111111111111111111111111111111"}) {
    const auto tokens = parse_tokens(text);
    ASSERT_TRUE(fails_with(tokens, Code::corrupt)) << text;
    EXPECT_EQ(tokens.error().sentence().find("1111"), std::string::npos) << tokens.error().sentence();
  }
  EXPECT_CODE(parse_tokens("read " + std::string(129, 'a') + "\n"), Code::corrupt);
  std::string many;
  for (int i = 0; i < 1001; ++i) many += "\n";
  EXPECT_CODE(parse_tokens(many), Code::limit);
}

}  // namespace
}  // namespace muniment
