#include "ledger/log.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ledger/log_testing.h"
#include "testing/expect_code.h"
#include "testing/faulty_store.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"
#include "tlog/slow_tree.h"

namespace muniment {
namespace {

namespace slow = tlog::slow;

constexpr std::uint64_t kBytesMax = tlog::kBundleBytesMax;

/// The log of the entries "leaf 0", "leaf 1" … as files, made by TileBuilder, without an appender.
class LogFiles {
 public:
  explicit LogFiles(std::uint64_t size) : leaves(slow::make_leaves(size)) {
    TileBuilder builder(
        [&](const tlog::TileId& tile, ByteView bytes) { return store.put(ObjectName(tile.path()), bytes); });
    for (const Bytes& entry : numbered_entries(0, size)) MUNIMENT_CHECK(builder.append(entry));
    MUNIMENT_CHECK(builder.finish() && builder.size() == size);
    head = {size, slow::root(leaves)};
  }

  Result<std::uint64_t> count_entries() {
    std::uint64_t count = 0;
    TRY(replay(store, head, [&](std::uint64_t index, ByteView entry) -> Result<void> {
      EXPECT_EQ(index, count++);
      EXPECT_EQ(as_text(entry), "leaf " + std::to_string(index));
      return {};
    }));
    return count;
  }

  /// Whether the entries still pass as those of the head; what they are is the head's business.
  Result<void> replay_blindly() {
    return replay(store, head, [](std::uint64_t, ByteView) { return Result<void>(); });
  }

  /// In a log of 600 whose partial tiles were cleared away where there is a full one, as the standard allows: the tile
  /// above them, which is partial still, as the tree of 300 needs it.
  void keep_partial_top_of_300() {
    const Bytes top = *store.get(ObjectName("tile/1/000.p/2"), kBytesMax);
    MUNIMENT_CHECK(store.put(ObjectName("tile/1/000.p/1"), ByteView(top).first(32)));
  }

  MemoryFs fs;
  FixedRandom random;
  FolderStore store{fs, "log", random};
  slow::Leaves leaves;
  tlog::TreeHead head;
};

std::string signed_checkpoint(const SignerKey& signer, const std::string& origin, const tlog::TreeHead& head) {
  const SignerKey* const signers[] = {&signer};
  return sign_note(tlog::render_checkpoint({origin, head}), signers);
}

const tlog::TreeHead kHead{3, slow::root(slow::make_leaves(3))};

TEST(VerifyHead, AcceptsACheckpointOfThisLogByItsKey) {
  const LogIdentity log{kTestOrigin, {{log_key().verifier(), 0}}};
  const std::string note = signed_checkpoint(log_key(), kTestOrigin, kHead);
  const auto head = verify_head(note, log);
  ASSERT_TRUE(head) << head.error().sentence();
  EXPECT_EQ(head->head, kHead);
  EXPECT_EQ(head->note, note);
}

TEST(VerifyHead, RefusesAnotherLogAnotherKeyAndAnAlteredNote) {
  const LogIdentity log{kTestOrigin, {{log_key().verifier(), 0}}};
  const std::string note = signed_checkpoint(log_key(), kTestOrigin, kHead);
  const std::string elsewhere = "f" + std::string(kTestOrigin).substr(1);
  EXPECT_CODE(verify_head(signed_checkpoint(log_key(), elsewhere, kHead), log), Code::forged);
  EXPECT_CODE(verify_head(signed_checkpoint(log_key(8), kTestOrigin, kHead), log), Code::forged);
  std::string larger = note;
  larger[larger.find("\n3\n") + 1] = '4';
  EXPECT_CODE(verify_head(larger, log), Code::forged);
  EXPECT_CODE(verify_head(note.substr(0, note.size() - 2), log), Code::corrupt);
  EXPECT_CODE(verify_head("", log), Code::corrupt);
}

/// Three keys: from entry 0, 5 and 6 on.
LogIdentity log_of_three_keys() {
  return {kTestOrigin, {{log_key(1).verifier(), 0}, {log_key(2).verifier(), 5}, {log_key(3).verifier(), 6}}};
}

TEST(LogKeys, CountFromTheirEntryUpToTheNextOnes) {
  const LogIdentity log = log_of_three_keys();
  // A tree of s entries ends with entry s - 1, and that one's key signs it.
  const std::map<std::uint64_t, std::uint8_t> by_size = {{0, 1}, {1, 1}, {4, 1}, {5, 1},         {6, 2},
                                                         {7, 3}, {8, 3}, {9, 3}, {UINT64_MAX, 3}};
  for (const auto& [size, byte] : by_size) EXPECT_EQ(log.key_for(size), log_key(byte).verifier()) << size;
  const LogIdentity one{kTestOrigin, {{log_key(1).verifier(), 0}}};
  for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{1}, UINT64_MAX})
    EXPECT_EQ(one.key_for(size), log_key(1).verifier());
}

TEST(LogKeys, SignTheHeadsOfTheirTimeAndNoOthers) {
  const LogIdentity log = log_of_three_keys();
  for (std::uint64_t size = 1; size < 10; ++size) {
    const tlog::TreeHead head{size, slow::root(slow::make_leaves(size))};
    for (std::uint8_t byte = 1; byte <= 3; ++byte) {
      const auto verified = verify_head(signed_checkpoint(log_key(byte), kTestOrigin, head), log);
      EXPECT_EQ(verified.has_value(), log.key_for(size) == log_key(byte).verifier()) << size << " by key " << int{byte};
      EXPECT_TRUE(verified || fails_with(verified, Code::forged));
    }
  }
}

TEST(LogKeys, WhoseTimeIsOverAreNamedAsSuch) {
  const LogIdentity log = log_of_three_keys();
  const auto sentence = [&](std::uint8_t byte, std::uint64_t size) {
    const tlog::TreeHead head{size, slow::root(slow::make_leaves(size))};
    return verify_head(signed_checkpoint(log_key(byte), kTestOrigin, head), log).error().sentence();
  };
  EXPECT_NE(sentence(1, 6).find("counts up to entry 5 only"), std::string::npos) << sentence(1, 6);
  EXPECT_NE(sentence(1, 9).find("counts up to entry 5 only"), std::string::npos) << sentence(1, 9);
  EXPECT_NE(sentence(2, 7).find("counts up to entry 6 only"), std::string::npos) << sentence(2, 7);
  const std::string nobody = "no key of this log has signed the checkpoint";
  EXPECT_EQ(sentence(9, 9), nobody);
  EXPECT_EQ(sentence(3, 6), nobody) << "its time has not come";
  EXPECT_EQ(sentence(2, 5), nobody);
}

TEST(ReadHead, SaysWhichStoreItIsOf) {
  LogFiles files(3);
  const LogIdentity log{kTestOrigin, {{log_key().verifier(), 0}}};
  EXPECT_CODE(read_head(files.store, log), Code::not_found);
  ASSERT_TRUE(
      files.store.replace(ObjectName("checkpoint"), as_view(signed_checkpoint(log_key(8), kTestOrigin, kHead))));
  const auto forged = read_head(files.store, log);
  EXPECT_CODE(forged, Code::forged);
  EXPECT_NE(forged.error().sentence().find("checkpoint of log"), std::string::npos) << forged.error().sentence();
  ASSERT_TRUE(files.store.replace(ObjectName("checkpoint"), Bytes((1 << 20) + 1)));
  EXPECT_CODE(read_head(files.store, log), Code::limit);
  ASSERT_TRUE(files.store.replace(ObjectName("checkpoint"), as_view(signed_checkpoint(log_key(), kTestOrigin, kHead))));
  EXPECT_EQ(read_head(files.store, log)->head, kHead);
}

TEST(Replay, VisitsEveryEntryInOrder) {
  for (const std::uint64_t size : {0u, 1u, 2u, 255u, 256u, 257u, 600u}) {
    LogFiles files(size);
    const auto count = files.count_entries();
    ASSERT_TRUE(count) << count.error().sentence();
    EXPECT_EQ(*count, size);
  }
}

TEST(Replay, ReadsAnOlderHeadOfALongerLog) {
  LogFiles files(300);
  for (const std::uint64_t size : {0u, 1u, 255u, 256u}) {
    files.head = slow::head(files.leaves, size);
    EXPECT_EQ(*files.count_entries(), size) << "the full bundle stands in for the partial one";
  }
}

TEST(Replay, NamesTheBundleThatIsMissing) {
  LogFiles files(300);
  ASSERT_TRUE(files.fs.remove("log/tile/entries/001.p/44"));
  const auto missing = files.replay_blindly();
  EXPECT_CODE(missing, Code::corrupt);
  EXPECT_EQ(missing.error().sentence(), "log entries from 256 on are missing");
}

TEST(Replay, DetectsABundleThatIsCutAtAnyByte) {
  LogFiles files(3);
  const std::string path = "log/tile/entries/000.p/3";
  const std::size_t size = files.fs.files().at(path).size();
  for (std::size_t left = 0; left < size; ++left) {
    LogFiles cut(3);
    cut.fs.truncate(path, left);
    EXPECT_CODE(cut.replay_blindly(), Code::corrupt) << left;
  }
}

TEST(Replay, DetectsAFlippedBitInAnyByte) {
  const std::string path = "log/tile/entries/000.p/3";
  const std::size_t size = LogFiles(3).fs.files().at(path).size();
  for (std::size_t offset = 0; offset < size; ++offset) {
    LogFiles flipped(3);
    flipped.fs.corrupt(path, offset);
    EXPECT_CODE(flipped.replay_blindly(), Code::corrupt) << offset;
  }
}

TEST(Replay, DetectsBytesBehindTheLastEntry) {
  for (const std::uint64_t size : {3u, 256u}) {
    LogFiles files(size);
    const std::string path = size == 3 ? "log/tile/entries/000.p/3" : "log/tile/entries/000";
    Bytes longer = files.fs.files().at(path);
    append(longer, as_view(std::string_view("\0\4more", 6)));
    files.fs.seed(path, longer);
    EXPECT_CODE(files.replay_blindly(), Code::corrupt) << size;
  }
}

TEST(Replay, DetectsEntriesInAnotherOrder) {
  LogFiles files(2);
  files.fs.seed("log/tile/entries/000.p/2", as_view(std::string_view("\0\6leaf 1\0\6leaf 0", 16)));
  EXPECT_CODE(files.replay_blindly(), Code::corrupt);
}

TEST(Replay, GivesTheVisitorsErrorAndTheStoresOwn) {
  LogFiles files(5);
  int visits = 0;
  const auto stopped = replay(files.store, files.head, [&](std::uint64_t index, ByteView) -> Result<void> {
    ++visits;
    if (index == 2) return Error(Code::denied, "enough");
    return {};
  });
  EXPECT_CODE(stopped, Code::denied);
  EXPECT_EQ(visits, 3);
  FaultyStore gone(files.store);
  gone.refuse_from(1, Code::unavailable);
  EXPECT_CODE(replay(gone, files.head, [](std::uint64_t, ByteView) { return Result<void>(); }), Code::unavailable)
      << "a store that cannot be reached is not a damaged log";
}

TEST(Replay, AHeadThatClaimsAlmostAnyNumberOfEntriesEndsAtTheFirstMissingBundle) {
  LogFiles files(256);
  for (const std::uint64_t size : {std::uint64_t{257}, std::uint64_t{1} << 40, UINT64_MAX}) {
    files.head.size = size;
    EXPECT_CODE(files.replay_blindly(), Code::corrupt) << size;
  }
}

// Tiles.

TEST(TileReader, GivesEveryCompleteSubtree) {
  for (const std::uint64_t size : {1u, 2u, 3u, 7u, 255u, 256u, 257u, 515u}) {
    LogFiles files(size);
    TileReader reader(files.store, size);
    const auto slow_nodes = slow::nodes_of(files.leaves);
    for (unsigned height = 0; (size >> height) > 0; ++height) {
      for (std::uint64_t index = 0; index < size >> height; ++index) {
        const auto node = reader.node(height, index);
        ASSERT_TRUE(node) << size << "/" << height << "/" << index << ": " << node.error().sentence();
        EXPECT_EQ(*node, *slow_nodes(height, index)) << size << "/" << height << "/" << index;
      }
    }
  }
}

TEST(TileReader, FallsBackToTheFullTileWhereThePartialOneIsGone) {
  LogFiles files(600);
  files.keep_partial_top_of_300();
  TileReader reader(files.store, 300);
  for (std::uint64_t index = 256; index < 300; ++index) {
    EXPECT_EQ(*reader.node(0, index), files.leaves[index]);
  }
  EXPECT_EQ(*tlog::root_of(300, reader.source()), slow::root(std::span(files.leaves).first(300)));
  EXPECT_CODE(reader.node(0, 300), Code::corrupt) << "what is beyond the tree is not shown";
}

TEST(TileReader, SaysWhichTileIsMissingShortOrNotThere) {
  LogFiles files(300);
  ASSERT_TRUE(files.fs.remove("log/tile/0/001.p/44"));
  const auto missing = TileReader(files.store, 300).node(0, 256);
  EXPECT_CODE(missing, Code::not_found);
  EXPECT_TRUE(missing.error().sentence().starts_with("tile/0/001.p/44: ")) << missing.error().sentence();
  files.fs.truncate("log/tile/0/000", 255 * 32);
  EXPECT_CODE(TileReader(files.store, 300).node(0, 0), Code::corrupt);
  EXPECT_CODE(TileReader(files.store, 300).node(0, 600), Code::invalid);
}

TEST(TileReader, PrefersWhatABatchHasStaged) {
  LogFiles files(3);
  const Bytes other = tlog::render_tile(std::vector<Sha256>(3, tlog::empty_root()));
  ASSERT_TRUE(files.store.put(ObjectName("home/staged/x"), other));
  TileReader reader(files.store, 3);
  reader.prefer({{"tile/0/000.p/3", ObjectName("home/staged/x")}});
  EXPECT_EQ(*reader.node(0, 1), tlog::empty_root());
}

TEST(ReadBundle, TakesTheFullBundleWhereThePartialOneIsGone) {
  LogFiles files(300);
  EXPECT_EQ(*read_bundle(files.store, 0, 300), *read_bundle(files.store, 0, 7));
  EXPECT_CODE(read_bundle(files.store, 1, 299), Code::not_found) << "another partial one will not do";
}

/// The hash at a place of a tile, by the definition.
Sha256 slow_hash(slow::LeafSpan leaves, const tlog::TileId& tile, std::uint64_t place) {
  const std::uint64_t span = std::uint64_t{1} << (8 * tile.level);
  return slow::root(leaves.subspan((tile.index * tlog::kTileWidth + place) * span, span));
}

void expect_tiles_of(const std::map<std::string, Bytes>& tiles, slow::LeafSpan leaves) {
  std::size_t expected = 0;
  for (const tlog::TileId& tile : tlog::new_tiles(0, leaves.size())) {
    ++expected;
    const auto found = tiles.find(tile.path());
    ASSERT_NE(found, tiles.end()) << tile.path();
    if (tile.level == tlog::TileId::kEntries) continue;
    const auto hashes = tlog::parse_tile(found->second, tile.width);
    ASSERT_TRUE(hashes) << tile.path();
    for (std::uint64_t i = 0; i < tile.width; ++i) EXPECT_EQ((*hashes)[i], slow_hash(leaves, tile, i)) << tile.path();
  }
  EXPECT_EQ(tiles.size(), expected) << "and no other";
}

TEST(TileBuilder, MakesTheTilesOfTheDefinition) {
  for (const std::uint64_t size : {0u, 1u, 255u, 256u, 257u, 511u, 512u, 513u, 65'535u, 65'536u, 65'537u}) {
    std::map<std::string, Bytes> tiles;
    TileBuilder builder([&](const tlog::TileId& tile, ByteView bytes) -> Result<void> {
      EXPECT_TRUE(tiles.emplace(tile.path(), Bytes(bytes.begin(), bytes.end())).second) << "twice: " << tile.path();
      return {};
    });
    for (const Bytes& entry : numbered_entries(0, size)) ASSERT_TRUE(builder.append(entry));
    ASSERT_TRUE(builder.finish());
    expect_tiles_of(tiles, slow::make_leaves(size));
  }
}

TEST(TileBuilder, RefusesAnEntryThatNoBundleCanHold) {
  TileBuilder builder([](const tlog::TileId&, ByteView) { return Result<void>(); });
  EXPECT_TRUE(builder.append(Bytes(65'535)));
  EXPECT_CODE(builder.append(Bytes(65'536)), Code::limit);
  EXPECT_EQ(builder.size(), 1u);
}

TEST(TileBuilder, PassesOnTheErrorOfItsTaker) {
  TileBuilder builder([](const tlog::TileId&, ByteView) -> Result<void> { return Error(Code::io, "full"); });
  ASSERT_TRUE(builder.append(entry_of("1")));
  EXPECT_CODE(builder.finish(), Code::io);
}

RC_GTEST_PROP(TileBuilder, ResumesAtAnySizeAsIfItHadNeverStopped, ()) {
  const auto near = *rc::gen::element<std::uint64_t>(1, 256, 512);
  const auto first = near - 1 + *rc::gen::inRange<std::uint64_t>(0, 3);
  const auto more = *rc::gen::element<std::uint64_t>(0, 1, 255, 256, 300);
  LogFiles resumed(first);
  TileBuilder builder(
      [&](const tlog::TileId& tile, ByteView bytes) { return resumed.store.put(ObjectName(tile.path()), bytes); });
  RC_ASSERT(builder.resume(resumed.store, first).has_value());
  for (const Bytes& entry : numbered_entries(first, more)) RC_ASSERT(builder.append(entry).has_value());
  RC_ASSERT(builder.finish().has_value());
  LogFiles straight(first + more);
  for (const tlog::TileId& tile : tlog::new_tiles(0, first + more)) {
    const ObjectName name(tile.path());
    const auto bytes = resumed.store.get(name, kBytesMax);
    RC_ASSERT(bytes.has_value());
    RC_ASSERT(equal(*bytes, *straight.store.get(name, kBytesMax)));
  }
}

TEST(TileBuilder, ResumesWherePartialTilesWereClearedAway) {
  LogFiles files(600);
  files.keep_partial_top_of_300();
  std::map<std::string, Bytes> tiles;
  TileBuilder builder([&](const tlog::TileId& tile, ByteView bytes) -> Result<void> {
    tiles.emplace(tile.path(), Bytes(bytes.begin(), bytes.end()));
    return {};
  });
  ASSERT_TRUE(builder.resume(files.store, 300));
  for (const Bytes& entry : numbered_entries(300, 300)) ASSERT_TRUE(builder.append(entry));
  ASSERT_TRUE(builder.finish());
  for (const auto& [path, bytes] : tiles) {
    EXPECT_EQ(bytes, *files.store.get(ObjectName(path), kBytesMax)) << path;
  }
}

}  // namespace
}  // namespace muniment
