#include "shares/share_lines.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/encoding.h"
#include "base/words.h"
#include "shares/cyrillic.h"
#include "testing/expect_code.h"

namespace muniment {
namespace {

SecretBytes secret_of(std::string_view text) { return SecretBytes::copy_of(as_view(text)); }

SecretBytes some_words(std::size_t count, std::size_t first = 0) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) text += ' ';
    text += word_at(static_cast<std::uint16_t>((first + i) % kWordCount));
  }
  return secret_of(text);
}

TEST(ShareLines, AreRowsOfNumbersWordsAndCyrillic) {
  const auto lines = share_lines(secret_of("academic acid acne acquire"));
  ASSERT_TRUE(lines) << lines.error().sentence();
  EXPECT_EQ(lines->expose_text(),
            "  1 academic  академик     2 acid      асид         3 acne      акн\n"
            "  4 acquire   акквайр\n");
}

TEST(ShareLines, FitATerminalWhateverTheWords) {
  for (std::size_t first = 0; first < kWordCount; first += 50) {
    const auto lines = share_lines(some_words(kShareWordsMax, first));
    ASSERT_TRUE(lines) << lines.error().sentence();
    const auto rows = split_lines(lines->expose_text(), 100);
    ASSERT_TRUE(rows);
    EXPECT_EQ(rows->size(), (kShareWordsMax + 2) / 3);
    for (const std::string_view row : *rows) {
      const auto columns =
          std::ranges::count_if(row, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
      EXPECT_LE(columns, 76) << row;
      EXPECT_FALSE(row.ends_with(' ')) << row;
    }
  }
}

TEST(ShareLines, RefuseWhatIsNotTheProgramsOwnForm) {
  EXPECT_CODE(share_lines(secret_of("")), Code::invalid);
  EXPECT_CODE(share_lines(secret_of("academic  acid")), Code::invalid) << "two spaces";
  EXPECT_CODE(share_lines(secret_of("academic Acid")), Code::invalid);
  EXPECT_CODE(share_lines(secret_of("acad acid")), Code::invalid) << "a word by its first letters";
  EXPECT_CODE(share_lines(secret_of("academic nonsense")), Code::invalid);
  EXPECT_CODE(share_lines(some_words(kShareWordsMax + 1)), Code::limit);
}

TEST(ShareLines, DoNotRepeatAWordOfTheShareInAnError) {
  EXPECT_EQ(count_share_words(secret_of("academic nonsense")).error().sentence(),
            "word 2 of the share is not a word of the list");
  EXPECT_EQ(count_share_words(some_words(33)).value(), 33u);
}

}  // namespace
}  // namespace muniment
