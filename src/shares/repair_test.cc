#include "shares/repair.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "base/encoding.h"
#include "base/words.h"
#include "shares/shares_testing.h"
#include "shares/split.h"
#include "testing/expect_code.h"
#include "testing/fixed_random.h"

namespace muniment {
namespace {

struct Dealt {
  std::vector<Share> shares;
  std::vector<ShareCommitment> commitments;
};

Dealt deal_3_of_5(std::uint64_t seed = 1) {
  FixedRandom random(seed);
  Secret<32> secret;
  random.fill(secret.expose_mut());
  auto shares = deal(secret, 3, 5, random);
  EXPECT_TRUE(shares);
  Dealt dealt{.shares = std::move(*shares), .commitments = {}};
  for (const Share& share : dealt.shares) dealt.commitments.push_back(commit_share(share, random));
  return dealt;
}

std::vector<std::string> words_as_texts(const Share& share) {
  std::vector<std::string> words;
  const std::string text = text_of(share);
  for (const std::string_view word : split(text, ' ')) words.emplace_back(word);
  return words;
}

Result<RepairedShare> repair(const std::vector<std::string>& words, const Dealt& dealt) {
  return repair_share(secret_text(joined_words(words)), dealt.commitments);
}

/// The repaired share is share `index`, and these words, places from 0, were changed.
void expect_repaired(const Result<RepairedShare>& repaired, const Dealt& dealt, std::size_t index, Slip slip,
                     const std::vector<std::size_t>& places) {
  ASSERT_TRUE(repaired) << repaired.error().sentence();
  const std::vector<std::string> right = words_as_texts(dealt.shares[index]);
  EXPECT_EQ(text_of(repaired->share), joined_words(right));
  EXPECT_EQ(repaired->number, index + 1);
  EXPECT_EQ(repaired->slip, slip);
  ASSERT_EQ(repaired->changed.size(), places.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    EXPECT_EQ(repaired->changed[i].place, places[i] + 1);
    EXPECT_EQ(repaired->changed[i].word, right[places[i]]);
  }
}

TEST(Repair, LeavesARightShareAsItIs) {
  const Dealt dealt = deal_3_of_5();
  for (std::size_t i = 0; i < 5; ++i) {
    expect_repaired(repair(words_as_texts(dealt.shares[i]), dealt), dealt, i, Slip::none, {});
  }
}

TEST(Repair, FindsOneUnreadableWordAtEveryPlaceOfEveryShare) {
  const Dealt dealt = deal_3_of_5();
  for (std::size_t i = 0; i < 5; ++i) {
    for (std::size_t place = 0; place < kDealtWords; ++place) {
      std::vector<std::string> words = words_as_texts(dealt.shares[i]);
      words[place] = place % 2 == 0 ? "?" : "illegible";
      expect_repaired(repair(words, dealt), dealt, i, Slip::unreadable, {place});
    }
  }
}

TEST(Repair, FindsALeftOutWordAtEveryPlace) {
  const Dealt dealt = deal_3_of_5(2);
  for (std::size_t i = 0; i < 2; ++i) {
    const std::vector<std::string> right = words_as_texts(dealt.shares[i]);
    for (std::size_t place = 0; place < kDealtWords; ++place) {
      std::vector<std::string> words = right;
      words.erase(words.begin() + static_cast<std::ptrdiff_t>(place));
      std::size_t first = place;  // of several alike in a row nobody can say which was left out
      while (first > 0 && right[first - 1] == right[place]) --first;
      expect_repaired(repair(words, dealt), dealt, i, Slip::left_out, {first});
    }
  }
}

TEST(Repair, FindsAMisreadWordAtEveryPlace) {
  const Dealt dealt = deal_3_of_5(3);
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t place = 0; place < kDealtWords; ++place) {
      std::vector<std::string> words = words_as_texts(dealt.shares[i]);
      words[place] = words[place] == "academic" ? "zero" : "academic";
      expect_repaired(repair(words, dealt), dealt, i, Slip::misread, {place});
    }
  }
}

// The word that says extendable or not is misread: the check words are those of the other kind.
TEST(Repair, FindsTheWordThatSaysWhichKindOfCheckWordsItIs) {
  const Dealt dealt = deal_3_of_5(4);
  std::vector<std::string> words = words_as_texts(dealt.shares[0]);
  words[1] = word_at(static_cast<std::uint16_t>(*find_word(words[1]) ^ (1u << 4)));
  expect_repaired(repair(words, dealt), dealt, 0, Slip::misread, {1});
}

TEST(Repair, FindsTwoUnreadableWords) {
  const Dealt dealt = deal_3_of_5(5);
  for (const auto& [first, second] :
       {std::pair<std::size_t, std::size_t>{0, 1}, {4, 20}, {15, 16}, {31, 32}, {1, 32}}) {
    std::vector<std::string> words = words_as_texts(dealt.shares[4]);
    words[first] = words[second] = "?";
    expect_repaired(repair(words, dealt), dealt, 4, Slip::unreadable, {first, second});
  }
}

TEST(Repair, FindsAnyTwoExchangedWords) {
  const Dealt dealt = deal_3_of_5(6);
  for (std::size_t place = 1; place < kDealtWords; place += 3) {
    for (std::size_t other = 0; other < place; other += 5) {
      std::vector<std::string> words = words_as_texts(dealt.shares[1]);
      if (words[place] == words[other]) continue;
      std::swap(words[place], words[other]);
      expect_repaired(repair(words, dealt), dealt, 1, Slip::exchanged, {other, place});
    }
  }
}

TEST(Repair, TakesNoShareThatTheLogDoesNotKnow) {
  const Dealt dealt = deal_3_of_5(7);
  const Dealt others = deal_3_of_5(8);
  std::vector<std::string> words = words_as_texts(dealt.shares[2]);
  const auto whole = repair(words, others);
  ASSERT_TRUE(fails_with(whole, Code::denied));
  EXPECT_NE(whole.error().sentence().find("none of the shares that the log knows"), std::string::npos);
  const std::string kept = words[7];
  words[7] = "?";
  EXPECT_CODE(repair(words, others), Code::denied);
  words[7] = kept == "zero" ? "yoga" : "zero";
  EXPECT_CODE(repair(words, others), Code::denied);
  words.erase(words.begin() + 7);
  EXPECT_CODE(repair(words, others), Code::denied);
  Dealt one_less = deal_3_of_5(7);
  one_less.commitments.erase(one_less.commitments.begin() + 2);
  EXPECT_CODE(repair(words_as_texts(dealt.shares[2]), one_less), Code::denied) << "the commitment of just this share";
}

TEST(Repair, SaysWhenTooMuchIsWrong) {
  const Dealt dealt = deal_3_of_5(9);
  const std::vector<std::string> right = words_as_texts(dealt.shares[0]);
  std::vector<std::string> words = right;
  for (const std::size_t place : {3u, 9u, 27u}) words[place] = words[place] == "zero" ? "yoga" : "zero";
  const auto three_wrong = repair(words, dealt);
  ASSERT_TRUE(fails_with(three_wrong, Code::corrupt));
  EXPECT_NE(three_wrong.error().sentence().find("too many words are wrong"), std::string::npos);

  words = right;
  words[3] = words[9] = words[27] = "?";
  const auto three_lost = repair(words, dealt);
  ASSERT_TRUE(fails_with(three_lost, Code::corrupt));
  EXPECT_NE(three_lost.error().sentence().find("3 words cannot be read"), std::string::npos);

  words = right;
  words[3] = "?";
  words[9] = words[9] == "zero" ? "yoga" : "zero";
  EXPECT_CODE(repair(words, dealt), Code::corrupt);

  words = right;
  words.resize(31);
  const auto too_few = repair(words, dealt);
  ASSERT_TRUE(fails_with(too_few, Code::corrupt));
  EXPECT_NE(too_few.error().sentence().find("here are 31"), std::string::npos) << too_few.error().sentence();
  words[3] = "?";
  EXPECT_CODE(repair(words, dealt), Code::corrupt);
}

TEST(Repair, NeedsCommitments) { EXPECT_CODE(repair_share(secret_text(kKnownWords), {}), Code::invalid); }

TEST(Repair, HasTheLimitsOfReading) {
  const Dealt dealt = deal_3_of_5();
  EXPECT_CODE(repair(std::vector<std::string>(81, "?"), dealt), Code::limit);
  EXPECT_CODE(repair(std::vector<std::string>(80, "?"), dealt), Code::corrupt);
}

RC_GTEST_PROP(Repair, FindsOneWrongWordOfAnyShare, ()) {
  const Dealt dealt = deal_3_of_5(*rc::gen::arbitrary<std::uint64_t>());
  const auto index = *rc::gen::inRange<std::size_t>(0, 5);
  const auto place = *rc::gen::inRange<std::size_t>(0, kDealtWords);
  const auto word = *rc::gen::inRange<std::uint16_t>(0, kWordCount);
  std::vector<std::string> words = words_as_texts(dealt.shares[index]);
  const std::string right = joined_words(words);
  words[place] = word_at(word);
  const auto repaired = repair(words, dealt);
  RC_ASSERT(repaired.has_value());
  RC_ASSERT(text_of(repaired->share) == right);
}

}  // namespace
}  // namespace muniment
