#include "shares/cyrillic.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "base/encoding.h"
#include "base/words.h"

namespace muniment {
namespace {

std::string_view cyrillic_of(std::string_view word) { return cyrillic_at(find_word(word).value()); }

TEST(Cyrillic, IsNeitherEmptyNorLongForAnyWord) {
  for (std::uint16_t i = 0; i < kWordCount; ++i) {
    const std::string_view text = cyrillic_at(i);
    EXPECT_TRUE(is_utf8(text));
    EXPECT_GE(text.size() / 2, 2u) << word_at(i);
    EXPECT_LE(text.size() / 2, kCyrillicLettersMax) << word_at(i) << " is " << text;
  }
}

TEST(Cyrillic, HasOnlySmallLettersOfRussian) {
  for (std::uint16_t i = 0; i < kWordCount; ++i) {
    const std::string_view text = cyrillic_at(i);
    ASSERT_EQ(text.size() % 2, 0u);
    for (std::size_t at = 0; at < text.size(); at += 2) {
      const std::string_view letter = text.substr(at, 2);
      EXPECT_TRUE((letter >= "а" && letter <= "я") || letter == "ё") << word_at(i) << " is " << text;
    }
  }
}

TEST(Cyrillic, IsDifferentForEveryWord) {
  std::map<std::string_view, std::string_view> seen;
  for (std::uint16_t i = 0; i < kWordCount; ++i) {
    const auto [place, is_new] = seen.emplace(cyrillic_at(i), word_at(i));
    EXPECT_TRUE(is_new) << place->second << " and " << word_at(i) << " are both " << cyrillic_at(i);
  }
}

TEST(Cyrillic, ReadsWordsAsTheyAreSaid) {
  EXPECT_EQ(cyrillic_of("academic"), "академик");
  EXPECT_EQ(cyrillic_of("crystal"), "кристал");
  EXPECT_EQ(cyrillic_of("document"), "документ");
  EXPECT_EQ(cyrillic_of("knife"), "найф") << "k before n is silent at the start, and so is the e";
  EXPECT_EQ(cyrillic_of("unknown"), "анноун");
  EXPECT_EQ(cyrillic_of("station"), "стейшн");
  EXPECT_EQ(cyrillic_of("picture"), "пикчер");
  EXPECT_EQ(cyrillic_of("music"), "музик") << "s between vowels";
  EXPECT_EQ(cyrillic_of("scholar"), "сколар");
  EXPECT_EQ(cyrillic_of("science"), "сайенс");
  EXPECT_EQ(cyrillic_of("canyon"), "каньон") << "y after a consonant";
  EXPECT_EQ(cyrillic_of("yoga"), "йога");
  EXPECT_EQ(cyrillic_of("trust"), "траст");
  EXPECT_EQ(cyrillic_of("mother"), "мотер");
  EXPECT_EQ(cyrillic_of("agree"), "агри");
  EXPECT_EQ(cyrillic_of("brave"), "брейв") << "a vowel before a consonant and a last e";
  EXPECT_EQ(cyrillic_of("zero"), "зеро");
}

}  // namespace
}  // namespace muniment
