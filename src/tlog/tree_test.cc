#include "tlog/tree.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <bit>
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

Sha256 text_as_hash(std::string_view text) { return sha256(as_view(text)); }

Frontier grown(slow::LeafSpan leaves) {
  Frontier frontier;
  for (const Sha256& leaf : leaves) frontier.append(leaf);
  return frontier;
}

TEST(TreeHash, IsTheKnownOne) {
  EXPECT_EQ(empty_root().hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(leaf_hash({}).hex(), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  EXPECT_EQ(leaf_hash(as_view("L123456")).hex(), "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56");
}

// The known answer for a node is over two texts of four letters; ours takes digests, so the same bytes are hashed here.
TEST(TreeHash, OfANodeIsOverPrefixLeftAndRight) {
  EXPECT_EQ(sha256(as_view("\x01N123N456")).hex(), "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb");
  const Sha256 left = text_as_hash("left");
  const Sha256 right = text_as_hash("right");
  Bytes node = {1};
  append(node, left.bytes);
  append(node, right.bytes);
  EXPECT_EQ(node_hash(left, right), sha256(node));
  EXPECT_NE(node_hash(left, right), node_hash(right, left));
}

TEST(TreeHash, StartsAnewEachTime) {
  const Sha256 first = leaf_hash(as_view("a"));
  leaf_hash(as_view("b"));
  node_hash(first, first);
  EXPECT_EQ(leaf_hash(as_view("a")), first);
}

TEST(Frontier, HasTheRootsOfTheEightCertificateTransparencyLeaves) {
  const char* const entries[] = {
      "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
  const char* const roots[] = {
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  };
  Frontier frontier;
  for (std::size_t i = 0; i < 8; ++i) {
    frontier.append(leaf_hash(from_hex(entries[i]).value()));
    EXPECT_EQ(frontier.root().hex(), roots[i]) << i + 1;
  }
}

TEST(Frontier, HasTheRootsOfTheLogOf300Entries) {
  const slow::Leaves leaves = slow::make_leaves(300);
  EXPECT_EQ(grown(slow::LeafSpan(leaves).first(256)).root().hex(),
            "cf5effdb11d0927a2edf53b0e73c7837f659414e00537da5d90eb5c4c49ff274");
  EXPECT_EQ(grown(slow::LeafSpan(leaves).first(257)).root().hex(),
            "855b936aa00cb98b5114484249ad39d78a6be93623e26c01e8e487dc02184a5a");
  EXPECT_EQ(grown(leaves).root().hex(), "e7afc82d38944fc7930545328091d45823288c1f734cbdac06396713ebd4b5d5");
}

TEST(Frontier, OfNothingIsTheEmptyTree) {
  EXPECT_EQ(Frontier().head(), TreeHead{});
  EXPECT_EQ(Frontier().size(), 0u);
  EXPECT_EQ(Frontier().root(), empty_root());
}

TEST(Frontier, AgreesWithTheSlowTreeUpTo70) {
  const slow::Leaves leaves = slow::make_leaves(70);
  Frontier frontier;
  for (std::size_t size = 0; size < leaves.size(); ++size) {
    EXPECT_EQ(frontier.head(), slow::head(leaves, size)) << size;
    frontier.append(leaves[size]);
  }
}

TEST(Frontier, AgreesWithTheSlowTreeAtTheEdgesOfTiles) {
  const slow::Leaves leaves = slow::make_leaves(65537);
  Frontier frontier;
  for (const std::size_t size : kEdgeSizes) {
    while (frontier.size() < size) frontier.append(leaves[frontier.size()]);
    EXPECT_EQ(frontier.head(), slow::head(leaves, size));
  }
}

TEST(Frontier, ResumesAtEverySizeUpTo70) {
  const slow::Leaves leaves = slow::make_leaves(71);
  const NodeSource nodes = slow::nodes_of(leaves);
  for (std::size_t size = 0; size <= 70; ++size) {
    auto frontier = Frontier::resume(size, nodes);
    ASSERT_TRUE(frontier) << size;
    EXPECT_EQ(frontier->head(), slow::head(leaves, size)) << size;
    frontier->append(leaves[size]);
    EXPECT_EQ(frontier->head(), slow::head(leaves, size + 1)) << size;
  }
}

TEST(Frontier, DoesNotResumeWithoutItsSubtrees) {
  const slow::Leaves leaves = slow::make_leaves(4);
  EXPECT_EQ(code_of(Frontier::resume(5, slow::nodes_of(leaves))), Code::not_found);
}

TEST(Frontier, ResumesAtTheLargestSizeThereIs) {
  std::vector<unsigned> heights;
  const auto frontier = Frontier::resume(UINT64_MAX, [&](unsigned height, std::uint64_t index) -> Result<Sha256> {
    heights.push_back(height);
    EXPECT_EQ(index, (UINT64_MAX >> height) - 1);
    return Sha256{};
  });
  ASSERT_TRUE(frontier);
  EXPECT_EQ(heights.size(), 64u);
  EXPECT_EQ(heights.front(), 63u);
}

TEST(RootOf, AgreesWithTheSlowTree) {
  const slow::Leaves leaves = slow::make_leaves(65537);
  const NodeSource nodes = slow::nodes_of(leaves);
  for (std::size_t size = 0; size <= 70; ++size) {
    EXPECT_EQ(root_of(size, nodes).value(), slow::head(leaves, size).root) << size;
  }
  for (const std::size_t size : kEdgeSizes) EXPECT_EQ(root_of(size, nodes).value(), slow::head(leaves, size).root);
}

TEST(RootOf, HandsOnTheErrorOfASource) {
  const slow::Leaves leaves = slow::make_leaves(6);
  EXPECT_EQ(code_of(root_of(7, slow::nodes_of(leaves))), Code::not_found);
  const NodeSource broken = [](unsigned, std::uint64_t) -> Result<Sha256> { return Error(Code::io, "disk"); };
  EXPECT_EQ(code_of(root_of(4, broken)), Code::io);
  EXPECT_EQ(root_of(0, broken).value(), empty_root());
}

TEST(RootOf, AsksForTheLargestTreeWithoutOverflow) {
  std::size_t asked = 0;
  const NodeSource count = [&asked](unsigned height, std::uint64_t index) -> Result<Sha256> {
    ++asked;
    EXPECT_EQ(index, (UINT64_MAX >> height) - 1);
    return Sha256{};
  };
  EXPECT_TRUE(root_of(UINT64_MAX, count));
  EXPECT_EQ(asked, 64u);
}

TEST(RangeRoot, AgreesWithTheSlowTreeForEveryAlignedRangeUpTo70) {
  const slow::Leaves leaves = slow::make_leaves(70);
  const NodeSource nodes = slow::nodes_of(leaves);
  for (std::size_t count = 0; count <= leaves.size(); ++count) {
    const std::size_t step = std::bit_ceil(count);
    for (std::size_t start = 0; start + count <= leaves.size(); start += step) {
      const auto root = range_root({start, start + count}, nodes);
      ASSERT_TRUE(root) << start << "+" << count;
      EXPECT_EQ(*root, slow::root(slow::LeafSpan(leaves).subspan(start, count))) << start << "+" << count;
    }
  }
}

RC_GTEST_PROP(Frontier, AgreesWithTheSlowTree, ()) {
  const auto size = *rc::gen::inRange<std::size_t>(0, 2000);
  const slow::Leaves leaves = slow::make_leaves(size);
  RC_ASSERT(grown(leaves).root() == slow::root(leaves));
  RC_ASSERT(root_of(size, slow::nodes_of(leaves)).value() == slow::root(leaves));
}

}  // namespace
}  // namespace muniment::tlog
