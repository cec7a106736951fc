#include "tlog/tile.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
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

constexpr unsigned kBundles = TileId::kEntries;

std::vector<std::string> paths_of(const std::vector<TileId>& tiles) {
  std::vector<std::string> paths;
  for (const TileId& id : tiles) paths.push_back(id.path());
  return paths;
}

/// Hash i of a tile in the words of tlog-tiles: MTH(D[(n * 256 + i) * 256**l : (n * 256 + i + 1) * 256**l]).
std::vector<Sha256> slow_tile(const TileId& id, slow::LeafSpan leaves) {
  std::size_t leaves_each = 1;
  for (unsigned level = 0; level < id.level; ++level) leaves_each *= 256;
  std::vector<Sha256> hashes;
  for (std::uint64_t i = 0; i < id.width; ++i) {
    hashes.push_back(slow::root(leaves.subspan((id.index * 256 + i) * leaves_each, leaves_each)));
  }
  return hashes;
}

Bytes slow_bundle(const TileId& id) {
  Bytes bundle;
  for (std::uint64_t i = 0; i < id.width; ++i) {
    const std::string entry = "leaf " + std::to_string(id.index * 256 + i);
    EXPECT_TRUE(append_entry(bundle, as_view(entry)));
  }
  return bundle;
}

TEST(TilePath, IsTheOneOfTheStandard) {
  EXPECT_EQ((TileId{0, 1234067}.path()), "tile/0/x001/x234/067");
  EXPECT_EQ((TileId{0, 273, 112}.path()), "tile/0/273.p/112");
  EXPECT_EQ((TileId{1, 0, 17}.path()), "tile/1/000.p/17");
  EXPECT_EQ((TileId{kBundles, 0}.path()), "tile/entries/000");
  EXPECT_EQ((TileId{kBundles, 1000, 1}.path()), "tile/entries/x001/000.p/1");
  EXPECT_EQ((TileId{7, 999}.path()), "tile/7/999");
}

TEST(TilePath, RoundTripsForEveryLevelAndItsLargestIndex) {
  std::vector<unsigned> levels = {0, 1, 2, 3, 4, 5, 6, 7, kBundles};
  for (const unsigned level : levels) {
    const unsigned shift = level == kBundles ? 8 : 8 * (level + 1);
    const std::uint64_t index_max = shift == 64 ? 0 : UINT64_MAX >> shift;
    for (const std::uint64_t index : {std::uint64_t{0}, index_max / 2, index_max}) {
      const TileId id{level, index, 255};
      const auto parsed = parse_tile_path(id.path());
      ASSERT_TRUE(parsed) << id.path();
      EXPECT_EQ(*parsed, id);
    }
    // A tile beyond it would hold hashes of more than 2^64 leaves.
    const auto beyond = parse_tile_path(TileId{level, index_max + 1}.path());
    ASSERT_FALSE(beyond);
    EXPECT_EQ(beyond.error().code(), Code::corrupt);
  }
}

TEST(TilePath, RefusesWhatIsNotOne) {
  const std::vector<std::string> bad = {
      "",
      "tile",
      "tile/",
      "tile/0",
      "tile/0/",
      "tile//000",
      "/tile/0/000",
      "tile/0/000/",
      "tile/0//000",
      "tiles/0/000",
      "TILE/0/000",
      "tile/00/000",
      "tile/01/000",
      "tile/-1/000",
      "tile/8/000",
      "tile/64/000",
      "tile/data/000",
      "tile/Entries/000",
      "tile/entries",
      "tile/0/0",
      "tile/0/00",
      "tile/0/0000",
      "tile/0/x000",
      "tile/0/x000/000",
      "tile/0/x00/000",
      "tile/0/001/000",
      "tile/0/X001/000",
      "tile/0/xx01/000",
      "tile/0/x001/x000",
      "tile/0/x001/x234/67",
      "tile/0/+12",
      "tile/0/ 12",
      "tile/0/1e2",
      "tile/0/000.p",
      "tile/0/000.p/",
      "tile/0/000.p/0",
      "tile/0/000.p/00",
      "tile/0/000.p/01",
      "tile/0/000.p/256",
      "tile/0/000.p/-1",
      "tile/0/000.p/1/",
      "tile/0/000.p/1/1",
      "tile/0/000/1",
      "tile/0/.p/1",
      "tile/0.p/1",
      "tile/0/x001.p/000",
      "tile/0/000.P/1",
      "tile/0/000\n",
      "tile/0/../000",
      "../tile/0/000",
      "tile/0/x999/x999/x999/x999/x999/x999/999",
      "tile/0/x018/x446/x744/x073/x709/x551/616",  // 2^64
      "tile/entries/" + std::string(1000, '0'),
      std::string("tile/0/000\0", 11),
      std::string("tile/0/00\0", 10),
  };
  for (const std::string& path : bad) {
    const auto id = parse_tile_path(path);
    ASSERT_FALSE(id) << path;
    EXPECT_EQ(id.error().code(), Code::corrupt) << path;
  }
}

RC_GTEST_PROP(TilePath, RoundTrips, ()) {
  const auto level = *rc::gen::element<unsigned>(0, 1, 2, 3, 4, 5, 6, 7, kBundles);
  const unsigned shift = level == kBundles ? 8 : 8 * (level + 1);
  const auto any = *rc::gen::arbitrary<std::uint64_t>();
  const TileId id{level, shift == 64 ? 0 : any >> shift, *rc::gen::inRange<std::uint64_t>(1, 257)};
  RC_ASSERT(parse_tile_path(id.path()).value() == id);
}

TEST(TileWidth, IsTheOneOfTheStandardFor70000) {
  EXPECT_EQ(tile_width(0, 0, 70000), 256u);
  EXPECT_EQ(tile_width(0, 272, 70000), 256u);
  EXPECT_EQ(tile_width(0, 273, 70000), 112u);
  EXPECT_EQ(tile_width(0, 274, 70000), 0u);
  EXPECT_EQ(tile_width(1, 0, 70000), 256u);
  EXPECT_EQ(tile_width(1, 1, 70000), 17u);
  EXPECT_EQ(tile_width(2, 0, 70000), 1u);
  EXPECT_EQ(tile_width(2, 1, 70000), 0u);
  EXPECT_EQ(tile_width(3, 0, 70000), 0u);
  EXPECT_EQ(tile_width(kBundles, 273, 70000), 112u);
  EXPECT_EQ(tile_width(1, 0, 256), 1u);
  EXPECT_EQ(tile_width(0, 1, 256), 0u);
  EXPECT_EQ(tile_width(0, 0, 0), 0u);
  EXPECT_EQ(tile_width(7, 0, UINT64_MAX), 255u);
  EXPECT_EQ(tile_width(8, 0, UINT64_MAX), 0u);
  EXPECT_EQ(tile_width(63, 0, UINT64_MAX), 0u);
  EXPECT_EQ(tile_width(65, 0, UINT64_MAX), 0u);
}

TEST(NewTiles, AreBundlesFirstThenLevelByLevel) {
  const std::vector<std::string> expected = {"tile/entries/000", "tile/entries/001.p/44", "tile/0/000",
                                             "tile/0/001.p/44", "tile/1/000.p/1"};
  EXPECT_EQ(paths_of(new_tiles(0, 300)), expected);
  const std::vector<std::string> grown = {"tile/entries/001.p/45", "tile/0/001.p/45"};
  EXPECT_EQ(paths_of(new_tiles(300, 301)), grown);
  const std::vector<std::string> filled = {"tile/entries/000", "tile/0/000", "tile/1/000.p/1"};
  EXPECT_EQ(paths_of(new_tiles(255, 256)), filled);
  const std::vector<std::string> fresh = {"tile/entries/001.p/1", "tile/0/001.p/1"};
  EXPECT_EQ(paths_of(new_tiles(256, 257)), fresh);
  EXPECT_TRUE(new_tiles(300, 300).empty());
  EXPECT_TRUE(new_tiles(0, 0).empty());
}

TEST(NewTiles, Of70000AreThoseOfTheStandard) {
  std::map<unsigned, std::vector<std::uint64_t>> widths;
  for (const TileId& id : new_tiles(0, 70000)) widths[id.level].push_back(id.width);
  EXPECT_EQ(widths[0].size(), 274u);
  EXPECT_EQ(widths[0].back(), 112u);
  EXPECT_EQ(widths[1], (std::vector<std::uint64_t>{256, 17}));
  EXPECT_EQ(widths[2], (std::vector<std::uint64_t>{1}));
  EXPECT_EQ(widths[kBundles], widths[0]);
}

TEST(NewTiles, EndAtTheLargestSizeThereIs) {
  const std::vector<std::string> last = paths_of(new_tiles(UINT64_MAX - 1, UINT64_MAX));
  const std::vector<std::string> expected = {"tile/entries/x072/x057/x594/x037/x927/935.p/255",
                                             "tile/0/x072/x057/x594/x037/x927/935.p/255"};
  EXPECT_EQ(last, expected);
}

RC_GTEST_PROP(NewTiles, AreExactlyWhatTheNewTreeHasAndTheOldOneHasNot, ()) {
  const auto new_size = *rc::gen::inRange<std::uint64_t>(0, 200000);
  const auto old_size = *rc::gen::inRange<std::uint64_t>(0, new_size + 1);
  const auto all_paths = [](std::uint64_t size) {
    std::set<std::string> paths;
    for (const unsigned level : {kBundles, 0u, 1u, 2u, 3u}) {
      for (std::uint64_t index = 0; tile_width(level, index, size) != 0; ++index) {
        paths.insert(TileId{level, index, tile_width(level, index, size)}.path());
      }
    }
    return paths;
  };
  const std::set<std::string> before = all_paths(old_size);
  std::set<std::string> expected = all_paths(new_size);
  std::erase_if(expected, [&](const std::string& path) { return before.contains(path); });
  const std::vector<std::string> listed = paths_of(new_tiles(old_size, new_size));
  RC_ASSERT(std::set<std::string>(listed.begin(), listed.end()) == expected);
  RC_ASSERT(listed.size() == expected.size());
}

TEST(PlaceOf, FindsEveryNodeOfATreeInItsTile) {
  const slow::Leaves leaves = slow::make_leaves(600);
  for (unsigned height = 0; height <= 9; ++height) {
    for (std::uint64_t index = 0; index < leaves.size() >> height; ++index) {
      const NodePlace place = place_of(height, index);
      const TileId id{place.level, place.tile, tile_width(place.level, place.tile, leaves.size())};
      ASSERT_LE(place.first + place.count, id.width);
      const std::vector<Sha256> tile = slow_tile(id, leaves);
      const Sha256 expected = slow::root(slow::LeafSpan(leaves).subspan(index << height, std::size_t{1} << height));
      ASSERT_EQ(fold(std::span(tile).subspan(place.first, place.count)), expected) << height << "/" << index;
    }
  }
}

TEST(PlaceOf, HoldsAtTheEdgesOfTiles) {
  const NodePlace in_second = place_of(3, 33);
  EXPECT_EQ(in_second.tile, 1u);
  EXPECT_EQ(in_second.first, 8u);
  EXPECT_EQ(in_second.count, 8u);
  const NodePlace next_level = place_of(8, 257);
  EXPECT_EQ(next_level.level, 1u);
  EXPECT_EQ(next_level.tile, 1u);
  EXPECT_EQ(next_level.first, 1u);
  EXPECT_EQ(next_level.count, 1u);
  const NodePlace top = place_of(63, 0);
  EXPECT_EQ(top.level, 7u);
  EXPECT_EQ(top.tile, 0u);
  EXPECT_EQ(top.count, 128u);
}

TEST(Fold, AgreesWithTheSlowTree) {
  const slow::Leaves leaves = slow::make_leaves(256);
  for (std::size_t count = 1; count <= 256; count *= 2) {
    const slow::LeafSpan part = slow::LeafSpan(leaves).first(count);
    EXPECT_EQ(fold(part), slow::root(part)) << count;
  }
}

TEST(FoldDeathTest, RefusesCountsThatAreNoSubtree) {
  const std::vector<Sha256> hashes(512);
  EXPECT_DEATH(fold({}), "has_single_bit");
  EXPECT_DEATH(fold(std::span(hashes).first(3)), "has_single_bit");
  EXPECT_DEATH(fold(hashes), "kTileWidth");
}

TEST(Tile, HasTheKnownBytesInTheLogOf300) {
  const slow::Leaves leaves = slow::make_leaves(300);
  const std::map<std::string, std::string> digests = {
      {"tile/0/000", "3658d44ebeb979b996b87ac966392dffbe9a628e34cb70bbff0ba844e74c31c6"},
      {"tile/0/001.p/44", "ef8b7a16b7e780e5fb0b989e370461025cbd238507fc673d21936f362db54ab9"},
      {"tile/entries/000", "a14c635e736c61c708522df30dabd9606ebc7bc14b9de94ead044c9530e2fac5"},
      {"tile/entries/001.p/44", "2732d32efe403c78699e6db4fc12a2780cce0c513d643307a246d9e9c3083c75"},
  };
  for (const auto& [path, digest] : digests) {
    const TileId id = parse_tile_path(path).value();
    const Bytes bytes = id.level == kBundles ? slow_bundle(id) : render_tile(slow_tile(id, leaves));
    EXPECT_EQ(sha256(bytes).hex(), digest) << path;
  }
  const Bytes top = render_tile(slow_tile({1, 0, 1}, leaves));
  EXPECT_EQ(to_hex(top), "cf5effdb11d0927a2edf53b0e73c7837f659414e00537da5d90eb5c4c49ff274");
}

TEST(Tile, RoundTrips) {
  const slow::Leaves leaves = slow::make_leaves(256);
  for (const std::size_t width : {1u, 2u, 44u, 255u, 256u}) {
    const slow::LeafSpan hashes = slow::LeafSpan(leaves).first(width);
    const auto parsed = parse_tile(render_tile(hashes), width);
    ASSERT_TRUE(parsed);
    EXPECT_TRUE(std::equal(parsed->begin(), parsed->end(), hashes.begin(), hashes.end()));
  }
}

TEST(Tile, IsExactlyAsWideAsAskedFor) {
  const Bytes bytes(64);
  EXPECT_TRUE(parse_tile(bytes, 2));
  for (const std::uint64_t width : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{3}, UINT64_MAX,
                                    (UINT64_MAX / 32) + 3}) {  // 32 times the last one wraps to 64
    EXPECT_EQ(code_of(parse_tile(bytes, width)), Code::corrupt) << width;
  }
  EXPECT_EQ(code_of(parse_tile(Bytes(63), 2)), Code::corrupt);
  EXPECT_EQ(code_of(parse_tile({}, 0)), Code::corrupt);
  EXPECT_EQ(code_of(parse_tile(Bytes(257 * 32), 257)), Code::corrupt);
}

TEST(Bundle, RoundTripsEntriesOfAnySize) {
  const std::vector<Bytes> entries = {{}, {0}, Bytes(256, 7), Bytes(kEntryBytesMax, 255)};
  Bytes bundle;
  for (const Bytes& entry : entries) ASSERT_TRUE(append_entry(bundle, entry));
  const auto parsed = parse_bundle(bundle, entries.size());
  ASSERT_TRUE(parsed);
  ASSERT_EQ(parsed->size(), entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) EXPECT_TRUE(equal((*parsed)[i], entries[i])) << i;
}

TEST(Bundle, TakesNoEntryAboveItsLimit) {
  Bytes bundle;
  EXPECT_EQ(code_of(append_entry(bundle, Bytes(kEntryBytesMax + 1))), Code::limit);
  EXPECT_TRUE(bundle.empty());
}

TEST(Bundle, HasExactlyTheEntriesAskedFor) {
  const Bytes bundle = slow_bundle({kBundles, 0, 3});
  EXPECT_TRUE(parse_bundle(bundle, 3));
  for (const std::uint64_t width : {std::uint64_t{0}, std::uint64_t{2}, std::uint64_t{4}, std::uint64_t{257}}) {
    EXPECT_EQ(code_of(parse_bundle(bundle, width)), Code::corrupt) << width;
  }
  EXPECT_EQ(code_of(parse_bundle({}, 0)), Code::corrupt);
  EXPECT_EQ(code_of(parse_bundle(Bytes(2 * 257), 257)), Code::corrupt);
  EXPECT_TRUE(parse_bundle(Bytes(2 * 256), 256));
}

TEST(Bundle, SaysCorruptWhereverItIsCut) {
  const Bytes bundle = slow_bundle({kBundles, 0, 3});
  for (std::size_t size = 0; size < bundle.size(); ++size) {
    EXPECT_EQ(code_of(parse_bundle(ByteView(bundle).first(size), 3)), Code::corrupt) << size;
  }
}

}  // namespace
}  // namespace muniment::tlog
