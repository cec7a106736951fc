#include "tlog/slow_tree.h"

#include <gtest/gtest.h>

namespace muniment::tlog::slow {
namespace {

// The example of RFC 6962 section 2.1.3, node by node under the names that it has there.
class SevenLeaves : public testing::Test {
 protected:
  const Leaves leaves = make_leaves(7);
  const Sha256 a = leaves[0], b = leaves[1], c = leaves[2], d = leaves[3], e = leaves[4], f = leaves[5], j = leaves[6];
  const Sha256 g = node_hash(a, b), h = node_hash(c, d), i = node_hash(e, f);
  const Sha256 k = node_hash(g, h), l = node_hash(i, j);

  LeafSpan first(std::size_t size) const { return LeafSpan(leaves).first(size); }
};

TEST_F(SevenLeaves, HaveTheRootsOfTheRfc) {
  EXPECT_EQ(root({}), empty_root());
  EXPECT_EQ(root(first(1)), a);
  EXPECT_EQ(root(first(3)), node_hash(g, c));
  EXPECT_EQ(root(first(4)), k);
  EXPECT_EQ(root(first(6)), node_hash(k, i));
  EXPECT_EQ(root(leaves), node_hash(k, l));
}

TEST_F(SevenLeaves, HaveTheAuditPathsOfTheRfc) {
  EXPECT_EQ(path(0, leaves), (Proof{b, h, l}));
  EXPECT_EQ(path(3, leaves), (Proof{c, g, l}));
  EXPECT_EQ(path(4, leaves), (Proof{f, j, k}));
  EXPECT_EQ(path(6, leaves), (Proof{i, k}));
}

TEST_F(SevenLeaves, HaveTheConsistencyProofsOfTheRfc) {
  EXPECT_EQ(consistency(3, leaves), (Proof{c, d, g, l}));
  EXPECT_EQ(consistency(4, leaves), (Proof{l}));
  EXPECT_EQ(consistency(6, leaves), (Proof{i, j, k}));
  EXPECT_EQ(consistency(7, leaves), Proof{});
  EXPECT_EQ(consistency(0, leaves), Proof{});
}

TEST_F(SevenLeaves, HaveNoSubtreesButTheCompleteOnes) {
  const NodeSource nodes = nodes_of(leaves);
  EXPECT_EQ(nodes(0, 6).value(), j);
  EXPECT_EQ(nodes(1, 2).value(), i);
  EXPECT_EQ(nodes(2, 0).value(), k);
  for (const unsigned height : {0u, 1u, 2u, 3u, 64u, 100u}) {
    const auto missing = nodes(height, height < 64 ? 7u >> height : 0u);
    ASSERT_FALSE(missing) << height;
    EXPECT_EQ(missing.error().code(), Code::not_found);
  }
}

}  // namespace
}  // namespace muniment::tlog::slow
