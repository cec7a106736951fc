#include "base/words.h"

#include <gtest/gtest.h>

#include <string>

namespace muniment {
namespace {

TEST(Words, AreSortedAndToldApartByFourLetters) {
  for (std::uint16_t i = 1; i < kWordCount; ++i) {
    EXPECT_LT(word_at(static_cast<std::uint16_t>(i - 1)).substr(0, 4), word_at(i).substr(0, 4));
  }
  EXPECT_EQ(word_at(0), "academic");
  EXPECT_EQ(word_at(1023), "zero");
}

TEST(Words, AreFoundWholeAndByFourLetters) {
  for (std::uint16_t i = 0; i < kWordCount; ++i) {
    EXPECT_EQ(find_word(word_at(i)), i);
    EXPECT_EQ(find_word(word_at(i).substr(0, 4)), i);
  }
}

TEST(Words, AreNotFoundWhenMistyped) {
  for (const char* text : {"", "aca", "acadomic", "academi", "academics", "zzzz", "Academic"}) {
    EXPECT_EQ(find_word(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace muniment
