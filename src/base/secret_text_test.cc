#include "base/secret_text.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace muniment {
namespace {

TEST(SecretText, IsWhatWasAddedInOrder) {
  SecretText text(100);
  text.add("share ");
  text.add(2);
  text.add("");
  text.add(" of ");
  text.add(std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(text.expose_text(), "share 2 of -9223372036854775808");
  EXPECT_EQ(std::move(text).take().expose_text(), "share 2 of -9223372036854775808");
}

TEST(SecretText, GrowsBeyondItsFirstPages) {
  SecretText text(200'000);
  std::string expected;
  for (int i = 0; i < 30'000; ++i) {
    text.add(i % 7);
    expected += static_cast<char>('0' + i % 7);
  }
  const std::string piece(100'000, 'x');
  text.add(piece);
  EXPECT_EQ(std::move(text).take().expose_text(), expected + piece);
}

TEST(SecretText, WritesBase64AsRfc4648Does) {
  for (const auto& [plain, encoded] : {std::pair("", ""),
                                       {"f", "Zg=="},
                                       {"fo", "Zm8="},
                                       {"foo", "Zm9v"},
                                       {"foob", "Zm9vYg=="},
                                       {"fooba", "Zm9vYmE="},
                                       {"foobar", "Zm9vYmFy"}}) {
    SecretText text(100);
    text.add_base64(as_view(std::string_view(plain)));
    EXPECT_EQ(text.expose_text(), encoded);
  }
}

TEST(SecretText, IsEmptyWhenNothingWasAdded) { EXPECT_TRUE(SecretText(10).take().empty()); }

TEST(SecretText, TakesItsLimitAndNotAByteMore) {
  SecretText text(5);
  text.add("abc");
  text.add("de");
  EXPECT_EQ(text.expose_text(), "abcde");
  EXPECT_DEATH(text.add("f"), "bytes_max_");
}

}  // namespace
}  // namespace muniment
