#include "shares/typed.h"

#include <gtest/gtest.h>

#include <cctype>

#include "base/words.h"
#include "shares/shares_testing.h"
#include "testing/expect_code.h"

namespace muniment {
namespace {

std::string read_back(std::string_view typed) {
  const auto words = read_words(secret_text(typed), NotOnList::refused);
  return words ? std::string(words->text().expose_text()) : "refused: " + words.error().sentence();
}

TEST(ReadWords, ForgivesHowPeopleWrite) {
  for (const std::string typed :
       {"academic yield zero", "ACADEMIC Yield zERO", "acad yiel zero", "academic, yield, zero.", "academic-yield-zero",
        "  academic   yield\tzero  ", "academic\r\nyield\nzero\n", "1. academic 2. yield 3. zero",
        "1.academic\n2.yield\n3.zero", "1) academic 2) yield 3) zero", "(1) academic; (2) yield; (3) zero",
        "01 academic 02 yield 03 zero"}) {
    EXPECT_EQ(read_back(typed), "academic yield zero") << typed;
  }
  EXPECT_EQ(read_back(""), "");
  EXPECT_EQ(read_back(" 1. 2. - , "), "");
}

TEST(ReadWords, TakesEveryWordWholeAndByItsFirstFourLetters) {
  for (std::uint16_t i = 0; i < kWordCount; ++i) {
    const std::string word(word_at(i));
    ASSERT_EQ(read_back(word), word);
    ASSERT_EQ(read_back(word.substr(0, 4)), word);
  }
}

TEST(ReadWords, NamesTheWordThatIsNotOnTheListAndWhatItMayHaveBeen) {
  const auto sentence_of = [](std::string_view typed) {
    const auto words = read_words(secret_text(typed), NotOnList::refused);
    EXPECT_CODE(words, Code::invalid);
    return words.error().sentence();
  };
  EXPECT_EQ(sentence_of("1. academic 2. acadenic 3. zero"),
            "word 2 of the share, \"acadenic\", is not on the word list: it may have been \"academic\"");
  EXPECT_EQ(sentence_of("Xylophone"),
            "word 1 of the share, \"xylophone\", is not on the word list: look at it again on the page");
  EXPECT_EQ(sentence_of("zero ?"), "word 2 of the share is missing: it stands as \"?\"");
  EXPECT_EQ(sentence_of("zero acad3mic"),
            "word 2 of the share, \"acad3mic\", is not on the word list: it may have been \"academic\"");
  EXPECT_EQ(sentence_of("\x1b[2Jzero").find('\x1b'), std::string::npos) << "a terminal is not to be played with";
}

TEST(ReadWords, KeepsThePlaceOfWhatCannotBeRead) {
  const auto words = read_words(secret_text("academic ? acadenic zero"), NotOnList::unreadable);
  ASSERT_TRUE(words) << words.error().sentence();
  ASSERT_EQ(words->size(), 4u);
  EXPECT_EQ(words->at(0), 0);
  EXPECT_EQ(words->at(1), SecretWords::kUnreadable);
  EXPECT_EQ(words->at(2), SecretWords::kUnreadable);
  EXPECT_EQ(words->at(3), kWordCount - 1);
}

TEST(ReadWords, HasLimits) {
  std::string most;
  for (std::size_t i = 0; i < SecretWords::kMax; ++i) most += "zero ";
  EXPECT_TRUE(read_words(secret_text(most), NotOnList::refused));
  EXPECT_CODE(read_words(secret_text(most + "zero"), NotOnList::refused), Code::limit);
  EXPECT_TRUE(read_words(SecretBytes::copy_of(Bytes(kTypedBytesMax, ' ')), NotOnList::refused));
  EXPECT_CODE(read_words(SecretBytes::copy_of(Bytes(kTypedBytesMax + 1, ' ')), NotOnList::refused), Code::limit);
}

TEST(SecretWords, AreInsertedAtAPlace) {
  SecretWords words;
  words.append(1);
  words.append(3);
  words.insert(1, 2);
  words.insert(0, 0);
  words.set(3, 1023);
  const SecretWords other = words.copy();
  words.set(0, 500);
  EXPECT_EQ(other.text().expose_text(), "academic acid acne zero");
}

TEST(WordsLike, NamesTheNearestWords) {
  EXPECT_EQ(words_like("academik"), "\"academic\"") << "another letter";
  EXPECT_EQ(words_like("academc"), "\"academic\"") << "a letter too few";
  EXPECT_EQ(words_like("accademic"), "\"academic\"") << "a letter too many";
  EXPECT_EQ(words_like("acadmeic"), "\"academic\"") << "two letters exchanged";
  EXPECT_EQ(words_like("hoem"), "\"home\"") << "likewise, where others are as near without an exchange";
  EXPECT_EQ(words_like("academ"), "\"academic\"") << "cut off";
  EXPECT_EQ(words_like("lips"), "\"lips\"");
  EXPECT_EQ(words_like("closs"), "\"class\" or \"clogs\"");
  EXPECT_EQ(words_like("wirel"), "\"wireless\"");
  EXPECT_EQ(words_like("axes"), "\"axis\"");
  EXPECT_EQ(words_like("drug2"), "\"drug\"");
  EXPECT_EQ(words_like("mant"), "") << "eleven words are as near: no hint";
  EXPECT_EQ(words_like("xyxyxyxy"), "");
  EXPECT_EQ(words_like(std::string(17, 'a')), "");
  EXPECT_EQ(words_like(""), "");
}

}  // namespace
}  // namespace muniment
