#include "archive/dealing.h"

#include <gtest/gtest.h>

#include "testing/expect_code.h"
#include "testing/fixed_random.h"

namespace muniment {
namespace {

class Dealing : public ::testing::Test {
 protected:
  std::vector<Share> shares(std::initializer_list<std::size_t> places) {
    std::vector<Share> chosen;
    for (const std::size_t place : places) chosen.push_back(*parse_share(words_of(deal.shares[place]).text()));
    return chosen;
  }
  static Charter charter_of(const Deal& dealt) {
    Charter charter;
    charter.trustees = dealt.trustees;
    return charter;
  }

  FixedRandom random;
  Deal deal = *deal_secret(2, 3, 1, /*hybrid=*/false, random);
  Charter charter = charter_of(deal);
};

TEST_F(Dealing, CommitsToEveryShare) {
  EXPECT_EQ(deal.trustees.threshold, 2u);
  EXPECT_EQ(deal.trustees.count, 3u);
  EXPECT_EQ(deal.trustees.set, 1u);
  ASSERT_EQ(deal.trustees.shares.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(find_commitment(shares({i})[0], charter), static_cast<unsigned>(i + 1));
  }
  EXPECT_EQ(deal.trustees.key.name, kTrustees);
  EXPECT_TRUE(deal.trustees.recipient.starts_with("age1"));
}

TEST_F(Dealing, AnyTwoSharesGiveTheKeysThatTheCharterNames) {
  for (const auto& pair : {shares({0, 1}), shares({2, 0}), shares({1, 2})}) {
    const auto keys = combine_trustees(pair, charter);
    ASSERT_TRUE(keys) << keys.error().sentence();
    EXPECT_EQ(keys->signer().verifier(), deal.trustees.key);
    EXPECT_EQ(keys->recipient(), deal.trustees.recipient);
  }
}

TEST_F(Dealing, OneShareOrTheSameOneTwiceGivesNothing) {
  EXPECT_CODE(combine_trustees(shares({0}), charter), Code::denied);
  EXPECT_CODE(combine_trustees(shares({1, 1}), charter), Code::invalid);
  EXPECT_CODE(combine_trustees({}, charter), Code::denied);
}

TEST_F(Dealing, SharesOfASetThatIsNotInForceAreDenied) {
  const Deal later = *deal_secret(2, 3, 2, /*hybrid=*/false, random);
  const auto denied = combine_trustees(shares({0, 1}), charter_of(later));
  ASSERT_TRUE(fails_with(denied, Code::denied));
  EXPECT_NE(denied.error().sentence().find("share 1 of those given is none of set 2"), std::string::npos);
  EXPECT_EQ(find_commitment(shares({0})[0], charter_of(later)), std::nullopt);
  EXPECT_CODE(combine_trustees(shares({0, 1}), Charter{}), Code::denied);
}

/// The commitments alone do not say which keys the secret gives: the charter's keys are held against it.
TEST_F(Dealing, SharesWhoseKeysTheCharterDoesNotNameAreDenied) {
  charter.trustees->key = deal_secret(2, 3, 1, false, random)->trustees.key;
  EXPECT_CODE(combine_trustees(shares({0, 1}), charter), Code::denied);
}

TEST_F(Dealing, RefusesAQuorumThatIsNone) {
  EXPECT_CODE(deal_secret(1, 3, 1, false, random), Code::invalid);
  EXPECT_CODE(deal_secret(3, 2, 1, false, random), Code::invalid);
  EXPECT_CODE(deal_secret(2, 17, 1, false, random), Code::invalid);
}

}  // namespace
}  // namespace muniment
