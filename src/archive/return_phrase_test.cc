#include "archive/return_phrase.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/encoding.h"
#include "base/words.h"
#include "testing/expect_code.h"
#include "testing/fixed_random.h"

namespace muniment {
namespace {

constexpr unsigned kLittleWork = 4;

SecretBytes typed(std::string_view text) { return SecretBytes::copy_of(as_view(text)); }

TEST(ReturnPhrase, IsSixWordsOfTheListAndAnotherEachTime) {
  FixedRandom random;
  std::set<std::string> phrases;
  for (int i = 0; i < 50; ++i) {
    const SecretBytes phrase = make_return_phrase(random);
    const auto words = split(phrase.expose_text(), ' ');
    EXPECT_EQ(words.size(), kReturnPhraseWords);
    for (const std::string_view word : words) EXPECT_TRUE(find_word(word)) << word;
    phrases.insert(std::string(phrase.expose_text()));
  }
  EXPECT_EQ(phrases.size(), 50u);
}

TEST(ReturnPhrase, IsKnownAgainHoweverItIsTyped) {
  FixedRandom random;
  const SecretBytes phrase = make_return_phrase(random);
  const auto verifier = make_phrase_verifier(phrase, random, kLittleWork);
  ASSERT_TRUE(verifier);
  EXPECT_TRUE(verify_return_phrase(phrase, *verifier));
  std::string loud(phrase.expose_text()), numbered, short_words;
  std::ranges::transform(loud, loud.begin(), [](char c) { return c == ' ' ? ',' : static_cast<char>(c & ~0x20); });
  int number = 0;
  for (const std::string_view word : split(phrase.expose_text(), ' ')) {
    numbered += std::to_string(++number) + ". " + std::string(word) + " ";
    short_words += std::string(word.substr(0, 4)) + " ";
  }
  for (const std::string& text : {loud, numbered, short_words})
    EXPECT_TRUE(verify_return_phrase(typed(text), *verifier)) << text;
}

TEST(ReturnPhrase, IsDeniedToAnyOther) {
  FixedRandom random;
  const SecretBytes phrase = make_return_phrase(random);
  const auto verifier = make_phrase_verifier(phrase, random, kLittleWork);
  ASSERT_TRUE(verifier);
  auto words = split(phrase.expose_text(), ' ');
  std::ranges::rotate(words, words.begin() + 1);
  std::string rotated;
  for (const std::string_view word : words) rotated += std::string(word) + " ";
  EXPECT_CODE(verify_return_phrase(typed(rotated), *verifier), Code::denied) << "the order counts";
  EXPECT_CODE(verify_return_phrase(make_return_phrase(random), *verifier), Code::denied);
  EXPECT_CODE(verify_return_phrase(typed("academic acid acne"), *verifier), Code::invalid) << "too few words";
  EXPECT_CODE(verify_return_phrase(typed("academic acid acne acquire acrobat nonsense"), *verifier), Code::invalid);
  EXPECT_CODE(verify_return_phrase(typed(""), *verifier), Code::invalid);
}

TEST(ReturnPhrase, OfTheSameWordsTwiceHasTwoVerifiers) {
  FixedRandom random;
  const SecretBytes phrase = make_return_phrase(random);
  const auto first = make_phrase_verifier(phrase, random, kLittleWork);
  const auto second = make_phrase_verifier(phrase, random, kLittleWork);
  ASSERT_TRUE(first && second);
  EXPECT_NE(first->hash, second->hash) << "whoever has two verifiers does not see that it is one person";
}

TEST(ReturnPhrase, CostsAGuesserAsMuchAsItSays) {
  FixedRandom random;
  const auto verifier = make_phrase_verifier(make_return_phrase(random), random);
  ASSERT_TRUE(verifier);
  EXPECT_EQ(verifier->log2_n, kPhraseWork);
}

}  // namespace
}  // namespace muniment
