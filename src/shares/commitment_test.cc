#include "shares/commitment.h"

#include <gtest/gtest.h>

#include <set>

#include "shares/shares_testing.h"
#include "shares/split.h"
#include "testing/fixed_random.h"

namespace muniment {
namespace {

// Calculated with sha256sum:
//   { printf 'muniment/share/v1\n'; printf '\245%.0s' $(seq 32); printf '%s\n' 'cleanup pecan … domestic'; } |
//   sha256sum
TEST(ShareCommitment, IsTheKnownAnswer) {
  ShareCommitment commitment{.number = 3, .salt = {}, .digest = {}};
  commitment.salt.fill(0xa5);
  commitment.digest = *parse_sha256("685aec8368f1d2c9dfab2825b8d6e0702536eac4eea261047de172bf8194ea4e");
  EXPECT_TRUE(commitment.matches(known_share()));
  commitment.salt[31] ^= 1;
  EXPECT_FALSE(commitment.matches(known_share()));
  commitment.salt[31] ^= 1;
  commitment.number = 2;
  EXPECT_FALSE(commitment.matches(known_share())) << "a list with wrong numbers would name the wrong person";
}

TEST(ShareCommitment, MatchesItsOwnShareOnly) {
  FixedRandom random;
  const Secret<32> secret = Secret<32>::copy_of(std::array<std::uint8_t, 32>{1, 2, 3});
  const auto shares = deal(secret, 3, 5, random);
  ASSERT_TRUE(shares);
  for (const Share& share : *shares) {
    const ShareCommitment commitment = commit_share(share, random);
    EXPECT_EQ(commitment.number, share.member_index + 1);
    for (const Share& other : *shares) {
      EXPECT_EQ(commitment.matches(other), other.member_index == share.member_index);
    }
    Share altered = copy_of(share);
    altered.value.expose_mut()[31] ^= 1;
    EXPECT_FALSE(commitment.matches(altered));
  }
}

TEST(ShareCommitment, IsSaltedAnew) {
  FixedRandom random;
  std::set<std::string> digests;
  for (int i = 0; i < 10; ++i) digests.insert(commit_share(known_share(), random).digest.hex());
  EXPECT_EQ(digests.size(), 10u);
}

}  // namespace
}  // namespace muniment
