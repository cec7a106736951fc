#include "shares/share.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "base/encoding.h"
#include "base/words.h"
#include "shares/checksum.h"
#include "shares/shares_testing.h"
#include "testing/expect_code.h"

namespace muniment {
namespace {

std::vector<std::string> known_word_list() {
  std::vector<std::string> words;
  for (const std::string_view word : split(kKnownWords, ' ')) words.emplace_back(word);
  return words;
}

Result<Share> parse_text(std::string_view typed) { return parse_share(secret_text(typed)); }

TEST(Share, HasTheKnownWords) {
  EXPECT_EQ(text_of(known_share()), kKnownWords);
  // Every field at its end; calculated likewise.
  const Share last{.set = {.identifier = 0x7fff,
                           .extendable = false,
                           .iteration_exponent = 15,
                           .group_threshold = 16,
                           .group_count = 16},
                   .group_index = 15,
                   .member_index = 15,
                   .member_threshold = 16,
                   .value = SecretBytes::copy_of(Bytes(16, 0xff))};
  EXPECT_EQ(text_of(last),
            "zero wireless zero zero easel zero zero zero zero zero zero zero zero zero zero zero zero artwork rebuild "
            "aviation");
}

TEST(Share, IsReadFromItsWords) {
  const auto share = parse_text(kKnownWords);
  ASSERT_TRUE(share) << share.error().sentence();
  const Share wanted = known_share();
  EXPECT_EQ(share->set, wanted.set);
  EXPECT_EQ(share->group_index, wanted.group_index);
  EXPECT_EQ(share->member_index, wanted.member_index);
  EXPECT_EQ(share->member_threshold, wanted.member_threshold);
  EXPECT_TRUE(equal(share->value.expose(), wanted.value.expose()));
}

RC_GTEST_PROP(Share, IsTheSameAfterItsWords, ()) {
  const auto below = [](unsigned end) { return *rc::gen::inRange<unsigned>(0, end); };
  Share share;
  share.set.identifier = static_cast<std::uint16_t>(below(1u << 15));
  share.set.extendable = *rc::gen::arbitrary<bool>();
  share.set.iteration_exponent = below(16);
  share.set.group_count = 1 + below(16);
  share.set.group_threshold = 1 + below(share.set.group_count);
  share.group_index = below(16);
  share.member_index = below(16);
  share.member_threshold = 1 + below(16);
  share.value = SecretBytes(kSharedBytesMin + 2 * below(25));
  for (std::uint8_t& byte : share.value.expose_mut()) byte = *rc::gen::arbitrary<std::uint8_t>();

  const auto again = parse_text(text_of(share));
  RC_ASSERT(again.has_value());
  RC_ASSERT(again->set == share.set);
  RC_ASSERT(again->group_index == share.group_index);
  RC_ASSERT(again->member_index == share.member_index);
  RC_ASSERT(again->member_threshold == share.member_threshold);
  RC_ASSERT(equal(again->value.expose(), share.value.expose()));
}

TEST(Share, IsRefusedWithAnyOneWordAltered) {
  const SecretWords right = words_of(known_share());
  for (std::size_t place = 0; place < right.size(); ++place) {
    SecretWords words = right.copy();
    for (std::uint16_t word = 0; word < kWordCount; ++word) {
      if (word == right.at(place)) continue;
      words.set(place, word);
      ASSERT_TRUE(fails_with(share_of_words(words), Code::corrupt)) << place << " " << word;
    }
  }
}

TEST(Share, WithTwoWordsExchangedIsRefused) {
  std::vector<std::string> words = known_word_list();
  std::swap(words[5], words[6]);
  const auto share = parse_text(joined_words(words));
  ASSERT_TRUE(fails_with(share, Code::corrupt));
  EXPECT_EQ(share.error().sentence(), "a word of the share is wrong, or two are exchanged: its check words do not fit");
}

TEST(Share, OfAWrongCountOfWordsSaysHowManyThereAre) {
  std::vector<std::string> words = known_word_list();
  words.pop_back();
  const auto short_by_one = parse_text(joined_words(words));
  ASSERT_TRUE(fails_with(short_by_one, Code::invalid));
  EXPECT_EQ(short_by_one.error().sentence(), "a share has 33 words, and one is missing here");
  words.resize(31);  // a share of 30 bytes has as many
  const auto short_by_two = parse_text(joined_words(words));
  ASSERT_TRUE(fails_with(short_by_two, Code::corrupt));
  EXPECT_NE(short_by_two.error().sentence().find("have 33 words, and here are 31"), std::string::npos);
  words.resize(29);
  const auto short_by_four = parse_text(joined_words(words));
  ASSERT_TRUE(fails_with(short_by_four, Code::invalid));
  EXPECT_NE(short_by_four.error().sentence().find("have 33 words, and here are 29"), std::string::npos);
  EXPECT_CODE(parse_text(std::string(kKnownWords) + " zero"), Code::invalid);
  EXPECT_CODE(parse_text(""), Code::invalid);
}

// SLIP-0039: a secret has an even number of bytes, 16 at least, and the padding is at most 8 bits.
TEST(Share, HasTheCountsOfWordsThatSlip39Allows) {
  std::string allowed;
  for (std::size_t words = 0; words <= SecretWords::kMax; ++words) {
    if (is_share_length(words)) allowed += std::to_string(words) + " ";
  }
  EXPECT_EQ(allowed, "20 22 23 25 27 28 30 31 33 35 36 38 39 41 43 44 46 47 49 51 52 54 55 57 59 ");
}

TEST(Share, WithBitsInThePaddingIsRefused) {
  for (const unsigned bit : {9u, 6u}) {  // 260 bits hold 256
    SecretWords words = words_of(known_share());
    words.set(4, static_cast<std::uint16_t>(words.at(4) | (1u << bit)));
    set_checksum(words, true);
    const auto share = share_of_words(words);
    ASSERT_TRUE(fails_with(share, Code::corrupt));
    EXPECT_NE(share.error().sentence().find("bits where none belong"), std::string::npos);
  }
  SecretWords words = words_of(known_share());
  words.set(4, static_cast<std::uint16_t>(words.at(4) | (1u << 5)));  // the first bit of the value
  set_checksum(words, true);
  EXPECT_TRUE(share_of_words(words));
}

TEST(Share, ThatAsksForMoreGroupsThanThereAreIsRefused) {
  SecretWords words = words_of(known_share());
  words.set(2, words.at(2) ^ (1u << 2));  // four bits of index, four of threshold, two of count
  set_checksum(words, true);
  const auto share = share_of_words(words);
  ASSERT_TRUE(fails_with(share, Code::corrupt));
  EXPECT_NE(share.error().sentence().find("2 groups of 1"), std::string::npos) << share.error().sentence();
}

TEST(Share, IsReadAsPeopleTypeIt) {
  std::string typed;
  std::size_t number = 0;
  for (const std::string& word : known_word_list()) {
    ++number;
    typed += std::to_string(number) + ". " + word.substr(0, number % 2 == 0 ? 4 : word.size()) + ",\n";
  }
  for (char& c : typed) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  const auto share = parse_text(typed);
  ASSERT_TRUE(share) << share.error().sentence();
  EXPECT_EQ(text_of(*share), kKnownWords);
  EXPECT_CODE(parse_text(typed + " muniment"), Code::invalid);
}

}  // namespace
}  // namespace muniment
