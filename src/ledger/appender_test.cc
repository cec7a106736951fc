#include "ledger/appender.h"

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

class AppenderTest : public ::testing::Test {
 protected:
  /// Appends in a run of its own.
  Result<SignedHead> append(const std::vector<Bytes>& entries) {
    LogHome home(fs, random);
    return home.appender.append(entries);
  }

  Result<WholeLog> whole_log() {
    LogHome home(fs, random);
    return read_whole_log(home.store, home.log);
  }

  std::optional<Bytes> private_head() { return *FolderHead(fs, "archive/home/head").read(); }

  /// A checkpoint by the log key, put there by whoever has it.
  void publish_by_hand(const tlog::TreeHead& head) {
    LogHome home(fs, random);
    const SignerKey* const signers[] = {&home.signer};
    ASSERT_TRUE(home.store.replace(ObjectName("checkpoint"),
                                   as_view(sign_note(tlog::render_checkpoint({kTestOrigin, head}), signers))));
  }

  MemoryFs fs;
  FixedRandom random;
};

TEST_F(AppenderTest, FoundsALogAndGivesTheHeadThatItPublished) {
  const auto head = append(numbered_entries(0, 1));
  ASSERT_TRUE(head) << head.error().sentence();
  EXPECT_EQ(head->head, (tlog::TreeHead{1, slow::root(slow::make_leaves(1))}));
  const auto log = whole_log();
  ASSERT_TRUE(log) << log.error().sentence();
  EXPECT_EQ(log->signed_head.note, head->note);
  EXPECT_EQ(as_text(*private_head()), head->note);
}

TEST_F(AppenderTest, LeavesNothingButTheLogAndTheHead) {
  ASSERT_TRUE(append(numbered_entries(0, 3)));
  ASSERT_TRUE(append(numbered_entries(3, 1)));
  std::vector<std::string> paths;
  for (const auto& [path, bytes] : fs.files()) paths.push_back(path);
  const std::vector<std::string> expected = {"archive/checkpoint",          "archive/home/head",
                                             "archive/home/head.lock",      "archive/tile/0/000.p/3",
                                             "archive/tile/0/000.p/4",      "archive/tile/entries/000.p/3",
                                             "archive/tile/entries/000.p/4"};
  EXPECT_EQ(paths, expected);
}

// Growth against the slow model.

TEST_F(AppenderTest, GrowsOneEntryAtATimeToSixHundred) {
  const slow::Leaves leaves = slow::make_leaves(600);
  for (std::uint64_t size = 1; size <= 600; ++size) {
    const auto head = append(numbered_entries(size - 1, 1));
    ASSERT_TRUE(head) << size << ": " << head.error().sentence();
    ASSERT_EQ(head->head, slow::head(leaves, size)) << size;
  }
  const auto log = whole_log();
  ASSERT_TRUE(log) << log.error().sentence();
  EXPECT_EQ(log->entries, numbered_entries(0, 600));
  for (std::uint64_t size = 1; size <= 600; ++size) {
    // Every older state can still be read: nothing that a published head needs is ever taken away.
    LogHome home(fs, random);
    TileReader tiles(home.store, size);
    ASSERT_EQ(*tlog::root_of(size, tiles.source()), slow::head(leaves, size).root) << size;
  }
}

RC_GTEST_PROP(Appender, GrowsInAnyBatchesAcrossTheWidthOfATile, ()) {
  MemoryFs fs;
  FixedRandom random;
  const auto batches =
      *rc::gen::resize(4, rc::gen::nonEmpty(rc::gen::container<std::vector<std::uint64_t>>(
                              rc::gen::element<std::uint64_t>(1, 2, 3, 100, 254, 255, 256, 257, 300))));
  std::uint64_t size = 0;
  for (const std::uint64_t count : batches) {
    LogHome home(fs, random);
    RC_ASSERT(home.appender.append(numbered_entries(size, count)).has_value());
    size += count;
    const auto log = read_whole_log(home.store, home.log);
    RC_ASSERT(log.has_value());
    RC_ASSERT(log->signed_head.head == (tlog::TreeHead{size, slow::root(slow::make_leaves(size))}));
  }
}

TEST_F(AppenderTest, GrowsAcrossTheSecondLevelOfTiles) {
  const slow::Leaves leaves = slow::make_leaves(65'540);
  std::uint64_t size = 0;
  for (const std::uint64_t count : {65'534u, 1u, 1u, 1u, 3u}) {
    const auto head = append(numbered_entries(size, count));
    ASSERT_TRUE(head) << head.error().sentence();
    size += count;
    ASSERT_EQ(head->head, slow::head(leaves, size)) << size;
    const auto log = whole_log();
    ASSERT_TRUE(log) << size << ": " << log.error().sentence();
  }
}

// What is refused.

TEST_F(AppenderTest, RefusesAnEntryThatNoBundleHoldsAndLeavesNothing) {
  ASSERT_TRUE(append(numbered_entries(0, 1)));
  const auto before = fs.files();
  EXPECT_CODE(append({entry_of("fits"), Bytes(65'536)}), Code::limit);
  EXPECT_EQ(fs.files(), before);
}

TEST_F(AppenderTest, AKeyThatTheLogDoesNotNameSignsNothing) {
  ASSERT_TRUE(append(numbered_entries(0, 1)));
  const auto before = private_head();
  LogHome home(fs, random);
  const SignerKey thief = log_key(8);
  EXPECT_CODE(Appender(home.store, home.head, home.log, thief).append(numbered_entries(1, 1)), Code::forged);
  EXPECT_EQ(private_head(), before);
  EXPECT_EQ(whole_log()->entries.size(), 1u);
}

TEST_F(AppenderTest, RefusesWhereThePublishedCheckpointIsNewerThanThePrivateHead) {
  ASSERT_TRUE(append(numbered_entries(0, 3)));
  const auto before = private_head();
  publish_by_hand({5, slow::root(slow::make_leaves(5))});
  const auto refused = append(numbered_entries(3, 1));
  EXPECT_CODE(refused, Code::forged);
  EXPECT_NE(refused.error().sentence().find("Nothing was appended"), std::string::npos);
  EXPECT_EQ(private_head(), before);
}

TEST_F(AppenderTest, RefusesWhereThePublishedCheckpointIsAnotherOfTheSameSize) {
  ASSERT_TRUE(append(numbered_entries(0, 3)));
  publish_by_hand({3, slow::root(slow::make_leaves(2))});
  EXPECT_CODE(append(numbered_entries(3, 1)), Code::forged);
}

TEST_F(AppenderTest, RefusesWhereThePrivateHeadIsLostAndTheLogIsNot) {
  ASSERT_TRUE(append(numbered_entries(0, 3)));
  ASSERT_TRUE(fs.remove("archive/home/head"));
  // A log begun anew under the same key would be a fork.
  EXPECT_CODE(append(numbered_entries(0, 1)), Code::forged);
  EXPECT_EQ(whole_log()->entries.size(), 3u);
  EXPECT_EQ(private_head(), std::nullopt);
}

TEST_F(AppenderTest, RefusesToBuildOnTilesThatAreNotThoseOfTheCheckpoint) {
  for (const char* tile : {"archive/tile/0/000.p/3", "archive/tile/entries/000.p/3"}) {
    fs = MemoryFs();
    ASSERT_TRUE(append(numbered_entries(0, 3)));
    const auto before = private_head();
    fs.corrupt(tile, 5);
    EXPECT_CODE(append(numbered_entries(3, 1)), Code::corrupt) << tile;
    EXPECT_EQ(private_head(), before) << tile;
  }
}

TEST_F(AppenderTest, WithoutAPrivateHeadAnUnreadableCheckpointIsNoEmptyLog) {
  ASSERT_TRUE(append(numbered_entries(0, 3)));
  fs.truncate("archive/checkpoint", 50);
  ASSERT_TRUE(fs.remove("archive/home/head"));
  EXPECT_CODE(append(numbered_entries(0, 1)), Code::corrupt);
}

// What an earlier run has left.

TEST_F(AppenderTest, PublishesAgainACheckpointThatWasLostDamagedOrPutBack) {
  ASSERT_TRUE(append(numbered_entries(0, 3)));
  const Bytes old = fs.files().at("archive/checkpoint");
  ASSERT_TRUE(append(numbered_entries(3, 2)));
  fs.seed("archive/checkpoint", old);
  EXPECT_TRUE(append(numbered_entries(5, 1))) << "put back to an older one";
  ASSERT_TRUE(fs.remove("archive/checkpoint"));
  EXPECT_TRUE(append(numbered_entries(6, 1))) << "lost";
  fs.truncate("archive/checkpoint", 50);
  EXPECT_TRUE(append(numbered_entries(7, 1))) << "damaged";
  EXPECT_EQ(whole_log()->entries, numbered_entries(0, 8));
}

TEST_F(AppenderTest, FinishesWhatWasSwappedInButNotPublished) {
  ASSERT_TRUE(append(numbered_entries(0, 3)));
  {
    LogHome home(fs, random);
    FaultyStore store(home.store);
    store.on_call([](const FaultyStore::Call& call) -> Result<void> {
      if (call.operation == FaultyStore::Operation::replace) return Error(Code::io, "cut off");
      return {};
    });
    EXPECT_CODE(Appender(store, home.head, home.log, home.signer).append(numbered_entries(3, 2)), Code::io);
  }
  EXPECT_EQ(whole_log()->entries.size(), 3u);
  LogHome home(fs, random);
  const auto finished = home.appender.finish_earlier();
  ASSERT_TRUE(finished) << finished.error().sentence();
  EXPECT_EQ((*finished)->head.size, 5u);
  EXPECT_EQ(whole_log()->entries, numbered_entries(0, 5));
  EXPECT_EQ(home.appender.finish_earlier()->value().note, (*finished)->note) << "once more changes nothing";
}

TEST_F(AppenderTest, ABatchThatRottedBeforeItWasPublishedIsNotPublished) {
  ASSERT_TRUE(append(numbered_entries(0, 3)));
  {
    LogHome home(fs, random);
    FaultyStore store(home.store);
    store.on_call([&](const FaultyStore::Call& call) -> Result<void> {
      const bool publishes = call.operation == FaultyStore::Operation::put && call.name.starts_with("tile/");
      return publishes ? Result<void>(Error(Code::io, "cut off")) : Result<void>();
    });
    EXPECT_CODE(Appender(store, home.head, home.log, home.signer).append(numbered_entries(3, 2)), Code::io);
  }
  const MemoryFs left = fs;
  int staged = 0;
  for (const auto& [path, bytes] : left.files()) {
    if (!path.starts_with("archive/home/staged/")) continue;
    ++staged;
    fs = left;
    fs.corrupt(path, bytes.size() - 1);
    EXPECT_CODE(append(numbered_entries(5, 1)), Code::corrupt) << path;
    EXPECT_EQ(whole_log()->entries, numbered_entries(0, 3)) << path;
    fs.corrupt(path, bytes.size() - 1);
    EXPECT_TRUE(append(numbered_entries(5, 1))) << path << ": the disk can be read again";
    EXPECT_EQ(whole_log()->entries, numbered_entries(0, 6)) << path;
  }
  EXPECT_EQ(staged, 2);
}

TEST_F(AppenderTest, ALogWithoutEntriesHasNothingToFinish) {
  LogHome home(fs, random);
  EXPECT_EQ(home.appender.finish_earlier()->has_value(), false);
  EXPECT_TRUE(fs.files().empty());
}

}  // namespace
}  // namespace muniment
