#include "shares/checksum.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "shares/shares_testing.h"

namespace muniment {
namespace {

SecretWords known_words() { return std::move(*read_words(secret_text(kKnownWords), NotOnList::refused)); }

TEST(Checksum, OfTheKnownShareIsRightForItsKindOnly) {
  EXPECT_EQ(checksum_residue(known_words(), true), 0u);
  EXPECT_NE(checksum_residue(known_words(), false), 0u);
}

TEST(Checksum, IsSetInTheLastThreeWords) {
  SecretWords words = known_words();
  for (std::size_t place = 30; place < 33; ++place) words.set(place, 7);
  set_checksum(words, true);
  EXPECT_EQ(words.text().expose_text(), kKnownWords);
  set_checksum(words, false);
  EXPECT_EQ(checksum_residue(words, false), 0u);
  EXPECT_NE(words.text().expose_text(), kKnownWords);
}

RC_GTEST_PROP(Checksum, SeesAnyThreeWrongWords, ()) {
  SecretWords words = known_words();
  const auto wrong = *rc::gen::inRange<std::size_t>(1, 4);
  const auto places = *rc::gen::unique<std::vector<std::size_t>>(wrong, rc::gen::inRange<std::size_t>(0, 33));
  for (const std::size_t place : places) {
    const auto change = *rc::gen::inRange<std::uint16_t>(1, kWordCount);
    words.set(place, words.at(place) ^ change);
  }
  RC_ASSERT(checksum_residue(words, true) != 0u);
}

TEST(Checksum, SeesAnyTwoWordsExchanged) {
  for (std::size_t i = 0; i < 33; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      SecretWords words = known_words();
      if (words.at(i) == words.at(j)) continue;
      const std::uint16_t kept = words.at(i);
      words.set(i, words.at(j));
      words.set(j, kept);
      EXPECT_NE(checksum_residue(words, true), 0u) << i << " and " << j;
    }
  }
}

TEST(ResidueChanges, AreTheChangesOfTheResidue) {
  for (const std::size_t place : {0u, 1u, 17u, 29u, 30u, 32u}) {
    const ResidueChanges changes = residue_changes(32 - place);
    SecretWords words = known_words();
    const std::uint16_t kept = words.at(place);
    for (std::uint16_t change = 0; change < kWordCount; ++change) {
      words.set(place, kept ^ change);
      ASSERT_EQ(checksum_residue(words, true), changes[change]) << place << " " << change;
    }
  }
}

}  // namespace
}  // namespace muniment
