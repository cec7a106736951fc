#include "shares/split.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>
#include <bit>
#include <set>

#include "crypto/kdf.h"
#include "shares/shares_testing.h"
#include "testing/expect_code.h"
#include "testing/fixed_random.h"

namespace muniment {
namespace {

const std::string kSecret = "sixteen bytes ok";

std::vector<Share> split_or_fail(const SplitPlan& plan, std::string_view passphrase = "", std::uint64_t seed = 1,
                                 std::string_view secret = kSecret) {
  FixedRandom random(seed);
  auto shares = split_secret(as_view(secret), as_view(passphrase), plan, random);
  EXPECT_TRUE(shares) << shares.error().sentence();
  return std::move(*shares);
}

SplitPlan one_group(unsigned threshold, unsigned count) { return {.groups = {{threshold, count}}}; }

std::string combined(std::span<const Share> shares, std::string_view passphrase = "") {
  const auto secret = combine_shares(shares, as_view(passphrase));
  return secret ? std::string(secret->expose_text()) : "refused: " + secret.error().sentence();
}

Secret<32> some_secret() {
  FixedRandom random(77);
  Secret<32> secret;
  random.fill(secret.expose_mut());
  return secret;
}

RC_GTEST_PROP(Split, EverySetOfTheThresholdGivesTheSecretAndNoSmallerOneDoes, ()) {
  const auto count = *rc::gen::inRange<unsigned>(2, 7);
  const auto threshold = *rc::gen::inRange<unsigned>(2, count + 1);
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  SplitPlan plan = one_group(threshold, count);
  plan.extendable = *rc::gen::arbitrary<bool>();
  const std::vector<Share> shares = split_or_fail(plan, "", seed);
  RC_ASSERT(shares.size() == count);
  for (std::uint32_t bits = 1; bits < (1u << count); ++bits) {
    const auto secret = combine_shares(subset(shares, bits), {});
    if (std::popcount(bits) >= static_cast<int>(threshold)) {
      RC_ASSERT(secret.has_value());
      RC_ASSERT(secret->expose_text() == kSecret);
    } else {
      RC_ASSERT(fails_with(secret, Code::denied));
    }
  }
}

// What a program that ignored the threshold would do: of one share less any secret is as likely.
TEST(Split, TooFewSharesRelabelledGiveNothing) {
  std::vector<Share> shares = split_or_fail(one_group(3, 5));
  shares = pick(shares, {0, 1});
  for (Share& share : shares) share.member_threshold = 2;
  EXPECT_CODE(combine_shares(shares, {}), Code::forged);
}

TEST(Split, TakesSecretsOfEveryAllowedLength) {
  for (std::size_t bytes = kSharedBytesMin; bytes <= kSharedBytesMax; bytes += 2) {
    const std::string secret = std::string(bytes - 1, 'x') + "y";
    EXPECT_EQ(combined(pick(split_or_fail(one_group(2, 3), "", 1, secret), {0, 2})), secret);
  }
}

TEST(Split, DependsOnThePassphrase) {
  for (const bool extendable : {false, true}) {
    SplitPlan plan = one_group(2, 2);
    plan.extendable = extendable;
    const std::vector<Share> shares = split_or_fail(plan, "TREZOR and more ~");
    EXPECT_EQ(combined(shares, "TREZOR and more ~"), kSecret);
    const auto other = combine_shares(shares, as_view("TREZOR and more"));
    ASSERT_TRUE(other) << "another passphrase gives another secret";
    EXPECT_NE(other->expose_text(), kSecret);
    EXPECT_NE(combined(shares), kSecret);
    EXPECT_CODE(combine_shares(shares, as_view("na\xc3\xafve")), Code::invalid);
    EXPECT_CODE(combine_shares(shares, as_view("line\n")), Code::invalid);
  }
}

TEST(Split, DependsOnTheIterationExponent) {
  SplitPlan plan = one_group(2, 2);
  plan.iteration_exponent = 2;
  std::vector<Share> shares = split_or_fail(plan);
  EXPECT_EQ(combined(shares), kSecret);
  EXPECT_TRUE(combine_shares(shares, {}, 2));
  EXPECT_CODE(combine_shares(shares, {}, 1), Code::limit);
  for (Share& share : shares) share.set.iteration_exponent = 1;
  EXPECT_NE(combined(shares), kSecret);
}

// The identifier is the salt of the encryption of shares that are not extendable, and of those only.
TEST(Split, OfExtendableSharesDoesNotDependOnTheIdentifier) {
  for (const bool extendable : {false, true}) {
    SplitPlan plan = one_group(2, 2);
    plan.extendable = extendable;
    std::vector<Share> shares = split_or_fail(plan);
    for (Share& share : shares) share.set.identifier ^= 1;
    EXPECT_EQ(combined(shares) == kSecret, extendable);
  }
}

TEST(Split, HidesTheSecretInEveryShareWhereOneShareIsEnough) {
  const std::vector<Share> shares = split_or_fail(one_group(1, 1));
  ASSERT_EQ(shares.size(), 1u);
  EXPECT_NE(shares[0].value.expose_text(), kSecret) << "it is encrypted all the same";
  EXPECT_EQ(combined(shares), kSecret);
}

TEST(Split, MakesANewSetEachTime) {
  std::set<std::uint16_t> identifiers;
  FixedRandom random;
  for (int i = 0; i < 20; ++i) {
    const auto shares = split_secret(as_view(kSecret), {}, one_group(2, 2), random);
    ASSERT_TRUE(shares);
    EXPECT_LT((*shares)[0].set.identifier, 1u << 15);
    identifiers.insert((*shares)[0].set.identifier);
  }
  EXPECT_GT(identifiers.size(), 15u);
}

class CountingRandom final : public Random {
 public:
  void fill(MutableBytes bytes) override {
    count_ += bytes.size();
    random_.fill(bytes);
  }
  std::size_t count() const { return count_; }

 private:
  FixedRandom random_;
  std::size_t count_ = 0;
};

// Two bytes of identifier; of each polynomial all shares but two, and all but four bytes of the value at 254.
TEST(Split, DrawsAsMuchRandomnessAsThePolynomialsHave) {
  for (const unsigned threshold : {2u, 3u, 5u}) {
    CountingRandom random;
    ASSERT_TRUE(split_secret(as_view(kSecret), {}, one_group(threshold, 6), random));
    EXPECT_EQ(random.count(), 2 + (threshold - 2) * 16 + 12);
  }
  CountingRandom random;
  ASSERT_TRUE(split_secret(as_view(kSecret), {}, {.group_threshold = 2, .groups = {{1, 1}, {3, 3}}}, random));
  EXPECT_EQ(random.count(), 2u + 12u + (16u + 12u));
}

// Extendable shares of one secret have the same encrypted secret: all that differs comes from the polynomials.
TEST(Split, MakesOtherSharesOfTheSameSecretEachTime) {
  for (const unsigned threshold : {2u, 3u, 4u}) {
    const std::vector<Share> shares = split_or_fail(one_group(threshold, 4), "", 1);
    const std::vector<Share> others = split_or_fail(one_group(threshold, 4), "", 2);
    for (std::size_t i = 0; i < shares.size(); ++i) {
      for (const Share& share : shares) {
        EXPECT_FALSE(equal(share.value.expose(), others[i].value.expose())) << threshold << " " << i;
      }
    }
  }
}

TEST(Groups, AreNeededAsThePlanSays) {
  // Two of three groups: one share, 2 of 3, 3 of 3. Shares 0; 1 2 3; 4 5 6.
  const SplitPlan plan{.group_threshold = 2, .groups = {{1, 1}, {2, 3}, {3, 3}}};
  const std::vector<Share> shares = split_or_fail(plan, "two levels");
  ASSERT_EQ(shares.size(), 7u);
  for (std::uint32_t bits = 1; bits < (1u << 7); ++bits) {
    const int complete = static_cast<int>(bits & 1) + (std::popcount(bits & 0b1110) >= 2) + (bits >> 4 == 0b111);
    const auto secret = combine_shares(subset(shares, bits), as_view("two levels"));
    if (complete >= 2) {
      ASSERT_TRUE(secret) << bits << ": " << secret.error().sentence();
      EXPECT_EQ(secret->expose_text(), kSecret) << bits;
    } else {
      EXPECT_CODE(secret, Code::denied) << bits;
    }
  }
  EXPECT_EQ(combined(pick(shares, {1, 4, 5})),
            "refused: 2 groups are needed and 0 are complete; group 2 lacks 1 share; group 3 lacks 1 share");
  EXPECT_EQ(combined(pick(shares, {0, 4})), "refused: 2 groups are needed and 1 is complete; group 3 lacks 2 shares");
}

TEST(Groups, OfWhichOneIsEnough) {
  const SplitPlan plan{.group_threshold = 1, .groups = {{1, 1}, {2, 2}}};
  const std::vector<Share> shares = split_or_fail(plan);
  EXPECT_EQ(combined(pick(shares, {0})), kSecret);
  EXPECT_EQ(combined(pick(shares, {1, 2})), kSecret);
  EXPECT_EQ(combined(pick(shares, {0, 1, 2})), kSecret);
  EXPECT_EQ(combined(pick(shares, {1})), "refused: 1 group is needed and 0 are complete; group 2 lacks 1 share");
}

TEST(Combine, SaysHowManySharesAreMissing) {
  const std::vector<Share> shares = split_or_fail(one_group(3, 5));
  EXPECT_EQ(combined(pick(shares, {4})), "refused: 3 shares are needed and 1 share is here: 2 shares are missing");
  EXPECT_EQ(combined(pick(shares, {4, 1})), "refused: 3 shares are needed and 2 shares are here: 1 share is missing");
  EXPECT_CODE(combine_shares({}, {}), Code::denied);
}

TEST(Combine, NamesTheShareOfAnotherSet) {
  const std::vector<Share> shares = split_or_fail(one_group(3, 5));
  const std::vector<Share> others = split_or_fail(one_group(3, 5), "", 2);
  for (const std::size_t stranger : {0u, 1u, 2u}) {
    std::vector<Share> mixed = pick(shares, {0, 1, 2});
    mixed[stranger] = copy_of(others[3]);
    EXPECT_CODE(combine_shares(mixed, {}), Code::invalid);
    EXPECT_EQ(combined(mixed), "refused: share " + std::to_string(stranger + 1) +
                                   " is of another set than the others: the first two words are the same on all shares "
                                   "of a set");
  }
  std::vector<Share> two = pick(shares, {0});
  two.push_back(copy_of(others[1]));
  EXPECT_EQ(combined(two),
            "refused: shares 1 and 2 are of different sets: the first two words are the same on all shares of a set");
}

TEST(Combine, KnowsASetByAllThatItsSharesHaveInCommon) {
  const auto refused = [](auto change) {
    std::vector<Share> shares = split_or_fail({.group_threshold = 1, .groups = {{3, 5}, {3, 5}}});
    shares = pick(shares, {0, 1, 2});
    EXPECT_TRUE(combine_shares(shares, {}));
    change(shares[2]);
    EXPECT_CODE(combine_shares(shares, {}), Code::invalid);
    EXPECT_TRUE(combined(shares).starts_with("refused: share 3 is of another set than the others")) << combined(shares);
  };
  refused([](Share& share) { share.set.identifier ^= 1; });
  refused([](Share& share) { share.set.extendable = false; });
  refused([](Share& share) { share.set.iteration_exponent = 1; });
  refused([](Share& share) { share.set.group_threshold = 2; });
  refused([](Share& share) { share.set.group_count = 3; });
  refused([](Share& share) { share.member_threshold = 2; });
  refused([](Share& share) { share.value = SecretBytes(32); });

  std::vector<Share> groups = split_or_fail({.group_threshold = 2, .groups = {{1, 1}, {2, 3}}});
  groups[3].member_threshold = 1;
  EXPECT_EQ(combined(groups), "refused: share 4 is of another set than the others");
  std::vector<Share> two_of_a_group = pick(groups, {0, 2, 3});
  EXPECT_EQ(combined(two_of_a_group), "refused: share 3 is of another set than the others");
}

TEST(Combine, RefusesAShareGivenTwice) {
  const std::vector<Share> shares = split_or_fail(one_group(3, 5));
  EXPECT_CODE(combine_shares(pick(shares, {0, 3, 0}), {}), Code::invalid);
  EXPECT_EQ(combined(pick(shares, {0, 3, 0})), "refused: shares 1 and 3 are the same share: it counts once");
  std::vector<Share> differing = pick(shares, {0, 3, 3});
  differing[2].value.expose_mut()[5] ^= 1;
  EXPECT_CODE(combine_shares(differing, {}), Code::forged);
}

TEST(Combine, RefusesAnAlteredShareAtEveryByte) {
  const std::vector<Share> shares = split_or_fail(one_group(3, 5));
  for (std::size_t byte = 0; byte < kSecret.size(); ++byte) {
    std::vector<Share> altered = pick(shares, {0, 2, 4});
    altered[byte % 3].value.expose_mut()[byte] ^= 0x80;
    EXPECT_CODE(combine_shares(altered, {}), Code::forged) << byte;
  }
  std::vector<Share> altered = pick(shares, {0, 2, 4});
  std::swap(altered[0].member_index, altered[1].member_index);
  EXPECT_EQ(combined(altered), "refused: the shares do not fit together: one of them is wrong or of another set");
}

TEST(Combine, HoldsTheSharesBeyondTheThresholdToTheOthers) {
  std::vector<Share> shares = split_or_fail(one_group(2, 4));
  EXPECT_EQ(combined(shares), kSecret);
  shares[3].value.expose_mut()[0] ^= 1;
  EXPECT_CODE(combine_shares(shares, {}), Code::forged);

  std::vector<Share> groups = split_or_fail({.group_threshold = 2, .groups = {{1, 1}, {1, 1}, {1, 1}}});
  EXPECT_EQ(combined(groups), kSecret);
  groups[2].value.expose_mut()[0] ^= 1;
  EXPECT_CODE(combine_shares(groups, {}), Code::forged);
}

TEST(Split, RefusesPlansThatSlip39DoesNotAllow) {
  FixedRandom random;
  const auto refused = [&](const SplitPlan& plan) {
    return fails_with(split_secret(as_view(kSecret), {}, plan, random), Code::invalid);
  };
  EXPECT_TRUE(refused({.groups = {}}));
  EXPECT_TRUE(refused({.groups = std::vector<ShareGroup>(17, {1, 1})}));
  EXPECT_TRUE(refused({.group_threshold = 0, .groups = {{1, 1}}}));
  EXPECT_TRUE(refused({.group_threshold = 2, .groups = {{1, 1}}}));
  EXPECT_TRUE(refused(one_group(0, 3)));
  EXPECT_TRUE(refused(one_group(0, 0)));
  EXPECT_TRUE(refused(one_group(4, 3)));
  EXPECT_TRUE(refused(one_group(2, 17)));
  EXPECT_TRUE(refused(one_group(1, 2))) << "copies are not shares";
  EXPECT_TRUE(refused({.groups = {{2, 2}}, .iteration_exponent = 16}));
  for (const std::size_t bytes : {0u, 14u, 17u, 66u}) {
    EXPECT_CODE(split_secret(Bytes(bytes, 1), {}, one_group(2, 2), random), Code::invalid) << bytes;
  }
  EXPECT_CODE(split_secret(as_view(kSecret), as_view("\x7f"), one_group(2, 2), random), Code::invalid);
}

TEST(Deal, IsOneGroupWithoutPassphrase) {
  FixedRandom random;
  const auto shares = deal(some_secret(), 3, 5, random);
  ASSERT_TRUE(shares) << shares.error().sentence();
  ASSERT_EQ(shares->size(), 5u);
  for (const Share& share : *shares) {
    EXPECT_TRUE(share.set.extendable);
    EXPECT_EQ(share.set.iteration_exponent, 0u);
    EXPECT_EQ(share.set.group_count, 1u);
    EXPECT_EQ(share.member_threshold, 3u);
    EXPECT_EQ(words_of(share).size(), kDealtWords);
  }
  EXPECT_TRUE(equal(combine_shares(pick(*shares, {4, 1, 3}), {}, 0)->expose(), some_secret().expose()));
}

TEST(Deal, TakesTheLargestSet) {
  FixedRandom random;
  for (const unsigned threshold : {2u, 16u}) {
    const auto shares = deal(some_secret(), threshold, 16, random);
    ASSERT_TRUE(shares) << shares.error().sentence();
    EXPECT_EQ(shares->size(), 16u);
  }
}

TEST(Deal, RefusesWhatGivesOnePersonEverythingOrNobodyAnything) {
  FixedRandom random;
  EXPECT_CODE(deal(some_secret(), 1, 1, random), Code::invalid);
  EXPECT_CODE(deal(some_secret(), 1, 3, random), Code::invalid);
  EXPECT_CODE(deal(some_secret(), 0, 3, random), Code::invalid);
  EXPECT_CODE(deal(some_secret(), 4, 3, random), Code::invalid);
  EXPECT_CODE(deal(some_secret(), 3, 17, random), Code::invalid);
}

TEST(CheckDeal, SeesAnyOneWrongShare) {
  FixedRandom random;
  auto shares = deal(some_secret(), 3, 5, random);
  ASSERT_TRUE(shares);
  EXPECT_TRUE(check_deal(some_secret(), *shares));
  EXPECT_CODE(check_deal(Secret<32>(), *shares), Code::corrupt);
  for (Share& share : *shares) {
    share.value.expose_mut()[31] ^= 1;
    EXPECT_CODE(check_deal(some_secret(), *shares), Code::corrupt);
    share.value.expose_mut()[31] ^= 1;
    share.set.identifier ^= 1;
    EXPECT_CODE(check_deal(some_secret(), *shares), Code::corrupt);
    share.set.identifier ^= 1;
  }
  EXPECT_CODE(check_deal(some_secret(), pick(*shares, {0, 1})), Code::corrupt) << "fewer than are needed";
  (*shares)[1].member_index = 0;
  EXPECT_CODE(check_deal(some_secret(), *shares), Code::corrupt);
}

// Five shares of which the first three fit and the others were made of another polynomial.
TEST(CheckDeal, TriesEverySetOfShares) {
  FixedRandom random;
  const auto shares = deal(some_secret(), 3, 5, random);
  const auto others = deal(some_secret(), 3, 5, random);
  ASSERT_TRUE(shares && others);
  std::vector<Share> mixed = pick(*shares, {0, 1, 2, 3});
  mixed.push_back(copy_of((*others)[4]));
  mixed[4].set = mixed[0].set;
  EXPECT_TRUE(combine_shares(pick(mixed, {0, 1, 2}), {}));
  EXPECT_CODE(check_deal(some_secret(), mixed), Code::corrupt);
}

}  // namespace
}  // namespace muniment
