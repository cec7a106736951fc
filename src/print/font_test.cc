#include "print/font.h"

#include <gtest/gtest.h>

namespace muniment {
namespace {

TEST(Font, HasTheLettersOfFourLanguages) {
  constexpr std::string_view kLetters =
      "abcxyzABCXYZ0123456789абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґўАБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯІЇЄҐЎ«»„“”’–—…•";
  for (const Font* font : {&regular_font(), &bold_font()}) {
    for (const char32_t character : characters_of(kLetters)) {
      EXPECT_TRUE(font->has(character)) << static_cast<unsigned>(character);
      EXPECT_GT(font->advance(font->glyph(character)), 100);
      EXPECT_LT(font->advance(font->glyph(character)), 1500);
    }
    EXPECT_FALSE(font->has(U'字'));
  }
}

TEST(Font, TellsHowWideATextIs) {
  EXPECT_EQ(regular_font().width(""), 0);
  EXPECT_GT(regular_font().width("mmm"), regular_font().width("iii"));
  EXPECT_EQ(regular_font().width("да"), regular_font().width("д") + regular_font().width("а"));
  EXPECT_GT(bold_font().width("evidence"), regular_font().width("evidence"));
}

TEST(Font, ReadsCharactersOfUtf8) { EXPECT_EQ(characters_of("aд…"), (std::vector<char32_t>{U'a', U'д', U'…'})); }

}  // namespace
}  // namespace muniment
