#include "tlog/proof.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/encoding.h"
#include "tlog/slow_tree.h"

namespace muniment::tlog {
namespace {

template <typename T>
std::optional<Code> code_of(const Result<T>& result) {
  if (result) return std::nullopt;
  return result.error().code();
}

constexpr std::size_t kEdgeSizes[] = {255, 256, 257, 65535, 65536, 65537};

Sha256 hash_of_base64(std::string_view text) {
  const Bytes bytes = from_base64(text).value();
  Sha256 hash;
  std::copy(bytes.begin(), bytes.end(), hash.bytes.begin());
  return hash;
}

Proof proof_of_base64(const std::vector<std::string_view>& texts) {
  Proof proof;
  for (const std::string_view text : texts) proof.push_back(hash_of_base64(text));
  return proof;
}

Sha256 flipped(Sha256 hash, unsigned bit = 0) {
  hash.bytes[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
  return hash;
}

/// All ways to damage a proof by one hash: each one altered, taken out or doubled, and one more at either end.
std::vector<Proof> damaged(const Proof& good) {
  std::vector<Proof> all;
  for (std::size_t i = 0; i < good.size(); ++i) {
    const auto at = static_cast<std::ptrdiff_t>(i);
    all.push_back(good);
    all.back()[i] = flipped(good[i]);
    all.push_back(good);
    all.back().erase(all.back().begin() + at);
    all.push_back(good);
    all.back().insert(all.back().begin() + at, good[i]);
  }
  all.push_back(good);
  all.back().push_back(Sha256{});
  all.push_back(good);
  all.back().insert(all.back().begin(), Sha256{});
  return all;
}

TEST(InclusionProof, IsTheKnownOneForEntry256Of300) {
  const slow::Leaves leaves = slow::make_leaves(300);
  const auto proof = inclusion_proof(256, 300, slow::nodes_of(leaves));
  ASSERT_TRUE(proof);
  EXPECT_EQ(*proof, proof_of_base64({
                        "esKb+hwSZA0n8wGaLqfyLVbGQ+47mZ8j4MtCoNa33c0=",
                        "OYzke+0gPd3Z3lG8Bn9zPbRD5ntlpCapHYdgDNE74ck=",
                        "CgAZV5VwCzI1U+4bfadtxy2zyKP5xR8wwbPqnHtIzsE=",
                        "H3OBkkC7mXie00K6VuqFW5X77rWyJ26L2+WURtmxCe4=",
                        "12Z1BPajpRcMVr7W2e7EX3+/xwCm8lKTvDNG1dInV/I=",
                        "qHK6c4Th/5/0dM2zA13xVe8+ZGLJT8o0VzrT6YTOVCI=",
                        "z17/2xHQknou31Ow5zx4N/ZZQU4AU32l2Q61xMSf8nQ=",
                    }));
}

TEST(InclusionProof, HasTheKnownLengths) {
  const slow::Leaves leaves = slow::make_leaves(300);
  const NodeSource nodes = slow::nodes_of(leaves);
  EXPECT_EQ(inclusion_proof(0, 300, nodes)->size(), 9u);
  EXPECT_EQ(inclusion_proof(255, 300, nodes)->size(), 9u);
  EXPECT_EQ(inclusion_proof(256, 300, nodes)->size(), 7u);
  EXPECT_EQ(inclusion_proof(299, 300, nodes)->size(), 5u);
  EXPECT_EQ(consistency_proof(1, 300, nodes)->size(), 9u);
  EXPECT_EQ(consistency_proof(256, 300, nodes)->size(), 1u);
  EXPECT_EQ(consistency_proof(257, 300, nodes)->size(), 8u);
  EXPECT_EQ(consistency_proof(299, 300, nodes)->size(), 6u);
}

TEST(InclusionProof, AgreesWithTheSlowTreeForEveryLeafOfEveryTreeUpTo70) {
  const slow::Leaves leaves = slow::make_leaves(70);
  const NodeSource nodes = slow::nodes_of(leaves);
  for (std::size_t size = 1; size <= leaves.size(); ++size) {
    const TreeHead head = slow::head(leaves, size);
    for (std::size_t index = 0; index < size; ++index) {
      const auto proof = inclusion_proof(index, size, nodes);
      ASSERT_TRUE(proof);
      ASSERT_EQ(*proof, slow::path(index, slow::LeafSpan(leaves).first(size))) << index << " of " << size;
      ASSERT_TRUE(verify_inclusion(leaves[index], index, *proof, head)) << index << " of " << size;
    }
  }
}

TEST(InclusionProof, AgreesWithTheSlowTreeAtTheEdgesOfTiles) {
  const slow::Leaves leaves = slow::make_leaves(65537);
  const NodeSource nodes = slow::nodes_of(leaves);
  for (const std::size_t size : kEdgeSizes) {
    const TreeHead head = slow::head(leaves, size);
    for (const std::size_t index : {std::size_t{0}, std::size_t{254}, size / 2, size - 1}) {
      const auto proof = inclusion_proof(index, size, nodes);
      ASSERT_TRUE(proof);
      EXPECT_EQ(*proof, slow::path(index, slow::LeafSpan(leaves).first(size))) << index << " of " << size;
      EXPECT_TRUE(verify_inclusion(leaves[index], index, *proof, head)) << index << " of " << size;
    }
  }
}

TEST(InclusionProof, RefusesAnIndexOutsideTheTree) {
  const slow::Leaves leaves = slow::make_leaves(4);
  const NodeSource nodes = slow::nodes_of(leaves);
  EXPECT_EQ(code_of(inclusion_proof(3, 3, nodes)), Code::invalid);
  EXPECT_EQ(code_of(inclusion_proof(0, 0, nodes)), Code::invalid);
  EXPECT_EQ(code_of(inclusion_proof(UINT64_MAX, 3, nodes)), Code::invalid);
}

TEST(InclusionProof, HandsOnTheErrorOfASource) {
  const slow::Leaves leaves = slow::make_leaves(4);
  EXPECT_EQ(code_of(inclusion_proof(0, 5, slow::nodes_of(leaves))), Code::not_found);
  EXPECT_EQ(code_of(consistency_proof(3, 5, slow::nodes_of(leaves))), Code::not_found);
}

TEST(ConsistencyProof, AgreesWithTheSlowTreeForEveryPairUpTo70) {
  const slow::Leaves leaves = slow::make_leaves(70);
  const NodeSource nodes = slow::nodes_of(leaves);
  for (std::size_t size = 0; size <= leaves.size(); ++size) {
    const TreeHead head = slow::head(leaves, size);
    for (std::size_t old_size = 0; old_size <= size; ++old_size) {
      const auto proof = consistency_proof(old_size, size, nodes);
      ASSERT_TRUE(proof);
      ASSERT_EQ(*proof, slow::consistency(old_size, slow::LeafSpan(leaves).first(size))) << old_size << "→" << size;
      ASSERT_TRUE(verify_consistency(slow::head(leaves, old_size), head, *proof)) << old_size << "→" << size;
    }
  }
}

TEST(ConsistencyProof, AgreesWithTheSlowTreeAtTheEdgesOfTiles) {
  const slow::Leaves leaves = slow::make_leaves(65537);
  const NodeSource nodes = slow::nodes_of(leaves);
  for (const std::size_t old_size : kEdgeSizes) {
    const auto proof = consistency_proof(old_size, leaves.size(), nodes);
    ASSERT_TRUE(proof);
    EXPECT_EQ(*proof, slow::consistency(old_size, leaves)) << old_size;
    EXPECT_TRUE(verify_consistency(slow::head(leaves, old_size), slow::head(leaves, leaves.size()), *proof));
  }
}

TEST(ConsistencyProof, RefusesAnOldTreeThatIsLarger) {
  const slow::Leaves leaves = slow::make_leaves(4);
  EXPECT_EQ(code_of(consistency_proof(4, 3, slow::nodes_of(leaves))), Code::invalid);
}

TEST(VerifyInclusion, SaysForgedForEveryDamagedPathUpTo20) {
  const slow::Leaves leaves = slow::make_leaves(20);
  for (std::size_t size = 1; size <= leaves.size(); ++size) {
    const TreeHead head = slow::head(leaves, size);
    for (std::size_t index = 0; index < size; ++index) {
      const Proof good = slow::path(index, slow::LeafSpan(leaves).first(size));
      for (const Proof& bad : damaged(good)) {
        const auto verified = verify_inclusion(leaves[index], index, bad, head);
        ASSERT_FALSE(verified) << index << " of " << size;
        ASSERT_EQ(verified.error().code(), Code::forged);
      }
    }
  }
}

TEST(VerifyInclusion, SaysForgedForAnotherLeafIndexOrRoot) {
  const slow::Leaves leaves = slow::make_leaves(20);
  const TreeHead head = slow::head(leaves, leaves.size());
  for (std::size_t index = 0; index < leaves.size(); ++index) {
    const Proof path = slow::path(index, leaves);
    for (std::size_t other = 0; other < leaves.size(); ++other) {
      if (other == index) continue;
      ASSERT_EQ(code_of(verify_inclusion(leaves[index], other, path, head)), Code::forged);
      ASSERT_EQ(code_of(verify_inclusion(leaves[other], index, path, head)), Code::forged);
    }
    ASSERT_EQ(code_of(verify_inclusion(leaves[index], index, path, {head.size, flipped(head.root)})), Code::forged);
  }
}

TEST(VerifyInclusion, TellsUseAndLimitFromForgery) {
  const slow::Leaves leaves = slow::make_leaves(4);
  const TreeHead head = slow::head(leaves, 4);
  EXPECT_EQ(code_of(verify_inclusion(leaves[0], 4, {}, head)), Code::invalid);
  EXPECT_EQ(code_of(verify_inclusion(leaves[0], 0, {}, TreeHead{})), Code::invalid);
  EXPECT_EQ(code_of(verify_inclusion(leaves[0], 0, Proof(kProofHashesMax), head)), Code::forged);
  EXPECT_EQ(code_of(verify_inclusion(leaves[0], 0, Proof(kProofHashesMax + 1), head)), Code::limit);
}

TEST(VerifyInclusion, SaysWhichLengthIsWrong) {
  const slow::Leaves leaves = slow::make_leaves(4);
  const Proof path = slow::path(0, leaves);
  const TreeHead two{2, slow::root(leaves)}, eight{8, slow::root(leaves)};
  EXPECT_NE(verify_inclusion(leaves[0], 0, path, two).error().sentence().find("too long"), std::string::npos);
  EXPECT_NE(verify_inclusion(leaves[0], 0, path, eight).error().sentence().find("too short"), std::string::npos);
}

TEST(VerifyInclusion, EndsForTheLargestTreeThereIs) {
  const TreeHead head{UINT64_MAX, Sha256{}};
  for (const std::uint64_t index : {std::uint64_t{0}, UINT64_MAX / 2, UINT64_MAX - 1}) {
    EXPECT_EQ(code_of(verify_inclusion({}, index, Proof(kProofHashesMax), head)), Code::forged) << index;
  }
}

// The hashes of the C2SP witness' test session: leaves that nobody hashed, and roots that its log signed.
TEST(VerifyConsistency, AcceptsTheKnownProofs) {
  const TreeHead one{1, hash_of_base64("KgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")};
  const TreeHead three{3, hash_of_base64("RcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0=")};
  const TreeHead five{5, hash_of_base64("QrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY=")};
  const Proof one_to_three =
      proof_of_base64({"KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="});
  const Proof three_to_five =
      proof_of_base64({"KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "KgMAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                       "wgiIFdZfYNv6WU1OllBKsWnLYIS/DBMqt8Uh/S4OukE=", "KgQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="});
  EXPECT_TRUE(verify_consistency(one, three, one_to_three));
  EXPECT_TRUE(verify_consistency(three, five, three_to_five));
  EXPECT_EQ(code_of(verify_consistency(one, five, three_to_five)), Code::forged);
  EXPECT_EQ(code_of(verify_consistency(one, five, one_to_three)), Code::forged);
}

TEST(VerifyConsistency, SaysForgedForEveryDamagedProofUpTo20) {
  const slow::Leaves leaves = slow::make_leaves(20);
  for (std::size_t size = 0; size <= leaves.size(); ++size) {
    const TreeHead head = slow::head(leaves, size);
    for (std::size_t old_size = 0; old_size <= size; ++old_size) {
      const TreeHead old_head = slow::head(leaves, old_size);
      const Proof good = slow::consistency(old_size, slow::LeafSpan(leaves).first(size));
      for (const Proof& bad : damaged(good)) {
        const auto verified = verify_consistency(old_head, head, bad);
        ASSERT_FALSE(verified) << old_size << "→" << size;
        ASSERT_EQ(verified.error().code(), Code::forged);
      }
    }
  }
}

TEST(VerifyConsistency, SaysForgedForAnotherRootOnEitherSide) {
  const slow::Leaves leaves = slow::make_leaves(20);
  for (std::size_t size = 1; size <= leaves.size(); ++size) {
    const TreeHead head = slow::head(leaves, size);
    for (std::size_t old_size = 0; old_size <= size; ++old_size) {
      const TreeHead old_head = slow::head(leaves, old_size);
      const Proof proof = slow::consistency(old_size, slow::LeafSpan(leaves).first(size));
      const TreeHead other_old{old_size, flipped(old_head.root)};
      ASSERT_EQ(code_of(verify_consistency(other_old, head, proof)), Code::forged) << old_size << "→" << size;
      if (old_size == 0) continue;  // the empty tree is the start of any tree
      const TreeHead other_new{size, flipped(head.root)};
      ASSERT_EQ(code_of(verify_consistency(old_head, other_new, proof)), Code::forged) << old_size;
    }
  }
}

// The hashes lead to both roots, but not in a tree of the size that the head states.
TEST(VerifyConsistency, SaysWhichLengthIsWrong) {
  const slow::Leaves leaves = slow::make_leaves(4);
  const TreeHead one = slow::head(leaves, 1);
  const Proof proof = slow::consistency(1, leaves);
  const auto too_long = verify_consistency(one, {2, slow::root(leaves)}, proof);
  EXPECT_EQ(code_of(too_long), Code::forged);
  EXPECT_NE(too_long.error().sentence().find("too long"), std::string::npos);
  const auto too_short = verify_consistency(one, {8, slow::root(leaves)}, proof);
  EXPECT_EQ(code_of(too_short), Code::forged);
  EXPECT_NE(too_short.error().sentence().find("too short"), std::string::npos);
}

TEST(VerifyConsistency, NoticesALogThatForked) {
  const slow::Leaves leaves = slow::make_leaves(12);
  slow::Leaves other = leaves;
  other[6] = flipped(other[6]);
  const Proof proof = slow::consistency(9, other);
  EXPECT_EQ(code_of(verify_consistency(slow::head(leaves, 9), slow::head(other, 12), proof)), Code::forged);
  EXPECT_TRUE(verify_consistency(slow::head(other, 9), slow::head(other, 12), proof));
  EXPECT_EQ(code_of(verify_consistency(slow::head(leaves, 12), slow::head(other, 12), {})), Code::forged);
}

TEST(VerifyConsistency, TellsUseAndLimitFromForgery) {
  const slow::Leaves leaves = slow::make_leaves(4);
  const TreeHead three = slow::head(leaves, 3), four = slow::head(leaves, 4);
  EXPECT_EQ(code_of(verify_consistency(four, three, {})), Code::invalid);
  EXPECT_EQ(code_of(verify_consistency(three, four, {})), Code::forged);
  EXPECT_EQ(code_of(verify_consistency(three, four, Proof(kProofHashesMax))), Code::forged);
  EXPECT_EQ(code_of(verify_consistency(three, four, Proof(kProofHashesMax + 1))), Code::limit);
  EXPECT_EQ(code_of(verify_consistency({0, Sha256{}}, {0, Sha256{}}, {})), Code::forged);
}

TEST(VerifyConsistency, EndsForTheLargestTreesThereAre) {
  for (const std::uint64_t old_size : {std::uint64_t{1}, UINT64_MAX / 2, UINT64_MAX / 2 + 1, UINT64_MAX - 1}) {
    const auto verified = verify_consistency({old_size, Sha256{}}, {UINT64_MAX, Sha256{}}, Proof(kProofHashesMax));
    EXPECT_EQ(verified.error().code(), Code::forged) << old_size;
  }
}

RC_GTEST_PROP(InclusionProof, AgreesWithTheSlowTree, ()) {
  const auto size = *rc::gen::inRange<std::size_t>(1, 1500);
  const auto index = *rc::gen::inRange<std::size_t>(0, size);
  const slow::Leaves leaves = slow::make_leaves(size);
  const auto proof = inclusion_proof(index, size, slow::nodes_of(leaves));
  RC_ASSERT(proof.value() == slow::path(index, leaves));
  RC_ASSERT(verify_inclusion(leaves[index], index, *proof, slow::head(leaves, size)).has_value());
}

RC_GTEST_PROP(ConsistencyProof, AgreesWithTheSlowTree, ()) {
  const auto size = *rc::gen::inRange<std::size_t>(1, 1500);
  const auto old_size = *rc::gen::inRange<std::size_t>(0, size + 1);
  const slow::Leaves leaves = slow::make_leaves(size);
  const auto proof = consistency_proof(old_size, size, slow::nodes_of(leaves));
  RC_ASSERT(proof.value() == slow::consistency(old_size, leaves));
  RC_ASSERT(verify_consistency(slow::head(leaves, old_size), slow::head(leaves, size), *proof).has_value());
}

RC_GTEST_PROP(VerifyInclusion, RejectsAnyFlippedBit, ()) {
  const auto size = *rc::gen::inRange<std::size_t>(2, 300);
  const auto index = *rc::gen::inRange<std::size_t>(0, size);
  const slow::Leaves leaves = slow::make_leaves(size);
  Proof path = slow::path(index, leaves);
  const auto hop = *rc::gen::inRange<std::size_t>(0, path.size());
  path[hop] = flipped(path[hop], *rc::gen::inRange<unsigned>(0, 256));
  const auto verified = verify_inclusion(leaves[index], index, path, slow::head(leaves, size));
  RC_ASSERT(!verified);
  RC_ASSERT(verified.error().code() == Code::forged);
}

RC_GTEST_PROP(VerifyConsistency, RejectsAnyFlippedBit, ()) {
  const auto size = *rc::gen::inRange<std::size_t>(2, 300);
  const auto old_size = *rc::gen::inRange<std::size_t>(1, size);
  const slow::Leaves leaves = slow::make_leaves(size);
  Proof path = slow::consistency(old_size, leaves);
  const auto hop = *rc::gen::inRange<std::size_t>(0, path.size());
  path[hop] = flipped(path[hop], *rc::gen::inRange<unsigned>(0, 256));
  const auto verified = verify_consistency(slow::head(leaves, old_size), slow::head(leaves, size), path);
  RC_ASSERT(!verified);
  RC_ASSERT(verified.error().code() == Code::forged);
}

}  // namespace
}  // namespace muniment::tlog
