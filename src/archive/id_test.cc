#include "archive/id.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>
#include <algorithm>

#include "base/words.h"
#include "testing/expect_code.h"

namespace muniment {
namespace {

Sha256 some_id() {
  Sha256 id;
  for (std::size_t i = 0; i < id.bytes.size(); ++i) id.bytes[i] = static_cast<std::uint8_t>(i * 37 + 11);
  return id;
}

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (c == ' ') words.emplace_back();
    if (c != ' ') words.back() += c;
  }
  return words;
}

std::string joined(const std::vector<std::string>& words, const std::string& gap = " ") {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : gap) + word;
  return text;
}

TEST(IdWords, AreTheKnownAnswers) {
  EXPECT_EQ(id_words(Sha256{}), joined(std::vector<std::string>(12, "academic")));
  Sha256 ones;
  ones.bytes.fill(0xff);
  EXPECT_EQ(id_words(ones), joined(std::vector<std::string>(12, std::string(word_at(1023)))));
  Sha256 first;  // bits 0000000001 0000000010 …
  first.bytes[1] = 0b01000000;
  first.bytes[2] = 0b00100000;
  EXPECT_TRUE(id_words(first).starts_with(std::string(word_at(1)) + " " + std::string(word_at(2)) + " academic"));
}

RC_GTEST_PROP(IdWords, ArePinsOfTheirId, ()) {
  Sha256 id;
  for (std::uint8_t& byte : id.bytes) byte = *rc::gen::arbitrary<std::uint8_t>();
  const auto pin = IdPin::parse(id_words(id));
  RC_ASSERT(pin.has_value());
  RC_ASSERT(pin->check(id).has_value());
  const auto bit = *rc::gen::inRange<std::size_t>(0, 120);
  id.bytes[bit / 8] ^= static_cast<std::uint8_t>(0x80u >> (bit % 8));
  RC_ASSERT(fails_with(pin->check(id), Code::forged));
}

TEST(IdPin, ForgivesHowPeopleWrite) {
  const std::vector<std::string> words = words_of(id_words(some_id()));
  std::string capitals = joined(words);
  for (char& c : capitals) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  std::vector<std::string> short_words;
  for (const std::string& word : words) short_words.push_back(word.substr(0, 4));
  for (const std::string& text : {capitals, joined(words, ", "), joined(words, "-"), joined(words, "   "),
                                  "  " + joined(words, "\n") + "\r\n", joined(words, "\t"), joined(short_words)}) {
    const auto pin = IdPin::parse(text);
    ASSERT_TRUE(pin) << text << ": " << pin.error().sentence();
    EXPECT_TRUE(pin->check(some_id())) << text;
  }
}

TEST(IdPin, TakesAllTheDigitsToo) {
  const auto pin = IdPin::parse(some_id().hex() + "\n");
  ASSERT_TRUE(pin);
  EXPECT_TRUE(pin->check(some_id()));
  Sha256 other = some_id();
  other.bytes[31] ^= 1;  // beyond the bits of the words
  EXPECT_CODE(pin->check(other), Code::forged);
  EXPECT_TRUE(IdPin::parse(id_words(some_id()))->check(other)) << "the words cannot see that bit";
  EXPECT_CODE(IdPin::of(some_id()).check(other), Code::forged);
}

TEST(IdPin, NamesTheWordThatIsNotOnTheList) {
  std::vector<std::string> words = words_of(id_words(some_id()));
  words[4] = "muniment";
  const auto pin = IdPin::parse(joined(words));
  ASSERT_TRUE(fails_with(pin, Code::invalid));
  EXPECT_NE(pin.error().sentence().find("word 5"), std::string::npos) << pin.error().sentence();
  EXPECT_NE(pin.error().sentence().find("\"muniment\""), std::string::npos);
  words[4] = "\x1b[2Jmuni";
  const auto hostile = IdPin::parse(joined(words));
  ASSERT_TRUE(fails_with(hostile, Code::invalid));
  EXPECT_EQ(hostile.error().sentence().find('\x1b'), std::string::npos) << "a terminal is not to be played with";
}

TEST(IdPin, SaysHowManyWordsThereAre) {
  std::vector<std::string> words = words_of(id_words(some_id()));
  words.pop_back();
  const auto few = IdPin::parse(joined(words));
  ASSERT_TRUE(fails_with(few, Code::invalid));
  EXPECT_NE(few.error().sentence().find("11"), std::string::npos);
  EXPECT_CODE(IdPin::parse(""), Code::invalid);
  EXPECT_CODE(IdPin::parse(" , -"), Code::invalid);
  EXPECT_CODE(IdPin::parse(std::string(64, 'g')), Code::invalid);
  EXPECT_CODE(IdPin::parse(some_id().hex().substr(1)), Code::invalid);
}

TEST(IdPin, MistypedByOneWordNamesTheWord) {
  for (std::size_t i = 0; i < kIdWords; ++i) {
    std::vector<std::string> words = words_of(id_words(some_id()));
    const std::string right = words[i];
    words[i] = right == "academic" ? "acid" : "academic";
    const auto checked = IdPin::parse(joined(words))->check(some_id());
    ASSERT_TRUE(fails_with(checked, Code::forged));
    const std::string& sentence = checked.error().sentence();
    EXPECT_NE(sentence.find("word " + std::to_string(i + 1) + ":"), std::string::npos) << sentence;
    EXPECT_NE(sentence.find('"' + words[i] + '"'), std::string::npos) << sentence;
    EXPECT_NE(sentence.find('"' + right + '"'), std::string::npos) << sentence;
  }
}

TEST(IdPin, OfAnotherArchiveSaysWhichItIs) {
  Sha256 other = some_id();
  std::ranges::reverse(other.bytes);
  const auto checked = IdPin::of(some_id()).check(other);
  ASSERT_TRUE(fails_with(checked, Code::forged));
  EXPECT_NE(checked.error().sentence().find(id_words(other)), std::string::npos);
}

}  // namespace
}  // namespace muniment
