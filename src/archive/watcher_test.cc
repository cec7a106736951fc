#include "archive/watcher.h"

#include <gtest/gtest.h>

#include "testing/expect_code.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"
#include "testing/scripted_watch.h"

namespace muniment {
namespace {

using Paths = std::vector<std::string>;

class WatcherTest : public ::testing::Test {
 protected:
  void SetUp() override {
    fs.seed_folder("dir");
    watch.end_at(100'000);
  }

  /// A file appears at that moment and is closed at once, unless it is still open.
  void write_at(std::int64_t ms, const std::string& path, std::string_view text, bool is_open = false) {
    watch.at(ms, [=, this] {
      fs.seed(path, as_view(text));
      const auto kind = is_open ? FolderEvent::Kind::appeared : FolderEvent::Kind::closed;
      return std::vector<FolderEvent>{{kind, path}};
    });
  }
  /// The next files and the moment at which they came; empty at the end.
  Paths next() {
    while (!watch.is_ended()) {
      auto items = watcher.next();
      if (!items) return {items.error().sentence()};
      if (items->empty()) continue;
      last = std::move(*items);
      Paths paths;
      for (const SourceItem& item : last) paths.push_back(item.true_path);
      return paths;
    }
    return {};
  }
  void seal_last() {
    for (const SourceItem& item : last) watcher.set_sealed(item);
  }

  MemoryFs fs;
  FixedRandom random;
  ScriptedWatch watch;
  WatchedRecord record{random};
  Watcher watcher{fs, watch, record, "dir"};
  std::vector<SourceItem> last;
};

TEST_F(WatcherTest, GivesAFileWithinSecondsOfItsBeingClosed) {
  write_at(5'000, "dir/a", "1");
  EXPECT_EQ(next(), Paths{"dir/a"});
  EXPECT_GE(watch.now_ms(), 7'000);
  EXPECT_LE(watch.now_ms(), 8'000);
  EXPECT_EQ(last[0].info.size_bytes, 1u);
  seal_last();
  EXPECT_EQ(next(), Paths{}) << "once";
}

TEST_F(WatcherTest, GivesTogetherWhatIsClosedWithinAShortWhile) {
  write_at(1'000, "dir/b", "1");
  write_at(2'000, "dir/a", "1");
  write_at(3'500, "dir/c", "1");
  write_at(20'000, "dir/d", "1");
  EXPECT_EQ(next(), (Paths{"dir/a", "dir/b", "dir/c"}));
  seal_last();
  EXPECT_EQ(next(), Paths{"dir/d"});
}

TEST_F(WatcherTest, DoesNotLetAStreamOfFilesHoldUpTheFirst) {
  for (int i = 0; i < 40; ++i) write_at(1'000 + i * 1'000, "dir/" + std::to_string(100 + i), "1");
  EXPECT_FALSE(next().empty());
  EXPECT_LE(watch.now_ms(), 1'000 + 2'000 + 10'000 + 1'000);
}

TEST_F(WatcherTest, WaitsForAFileThatIsBeingWrittenAndNotForItWithOthers) {
  watch.set_being_written("dir/film", true);
  write_at(1'000, "dir/film", "1", /*is_open=*/true);
  write_at(2'000, "dir/note", "1");
  for (int i = 0; i < 30; ++i) {  // it grows, and nobody tells of it
    watch.at(2'000 + i * 1'000, [this, i] {
      fs.seed("dir/film", Bytes(static_cast<std::size_t>(i + 2)));
      return std::vector<FolderEvent>{};
    });
  }
  watch.at(40'000, [this] {
    watch.set_being_written("dir/film", false);
    return std::vector<FolderEvent>{{FolderEvent::Kind::closed, "dir/film"}};
  });
  EXPECT_EQ(next(), Paths{"dir/note"});
  EXPECT_LE(watch.now_ms(), 15'000);
  seal_last();
  EXPECT_EQ(next(), Paths{"dir/film"});
  EXPECT_GE(watch.now_ms(), 42'000);
  EXPECT_EQ(last[0].info.size_bytes, 31u);
}

TEST_F(WatcherTest, WhereNobodyCanSayWhoWritesGoesByBeingClosedOrByALongQuiet) {
  watch.set_being_written("dir/closed", std::nullopt);
  watch.set_being_written("dir/open", std::nullopt);
  write_at(1'000, "dir/open", "1", /*is_open=*/true);
  write_at(1'000, "dir/closed", "1");
  EXPECT_EQ(next(), Paths{"dir/closed"});
  EXPECT_LE(watch.now_ms(), 4'000);
  seal_last();
  EXPECT_EQ(next(), Paths{"dir/open"});
  EXPECT_GE(watch.now_ms(), 16'000);
}

TEST_F(WatcherTest, GivesAtTheStartWhatIsThereAndNotYetSealed) {
  fs.seed("dir/old", as_view("1"));
  fs.seed("dir/deep/new", as_view("2"));
  record.add(record.tag_of("dir/old", *fs.info("dir/old")));
  EXPECT_EQ(next(), Paths{"dir/deep/new"});
  EXPECT_LE(watch.now_ms(), 3'000);
  EXPECT_EQ(watcher.present().size(), 1u);
  EXPECT_EQ(watch.watched(), (std::set<std::string>{"dir", "dir/deep"}));
}

TEST_F(WatcherTest, GivesAFileAgainOnceItHasChanged) {
  write_at(1'000, "dir/a", "1");
  EXPECT_EQ(next(), Paths{"dir/a"});
  seal_last();
  write_at(10'000, "dir/a", "2");
  EXPECT_EQ(next(), Paths{"dir/a"});
}

TEST_F(WatcherTest, LooksIntoNewFoldersForWhatCameBeforeTheyWereWatched) {
  watch.at(1'000, [this] {
    fs.seed("dir/card/DCIM/a", as_view("1"));
    return std::vector<FolderEvent>{{FolderEvent::Kind::appeared, "dir/card"}};
  });
  EXPECT_EQ(next(), Paths{"dir/card/DCIM/a"});
  EXPECT_TRUE(watch.watched().contains("dir/card/DCIM"));
}

TEST_F(WatcherTest, LooksThroughEverythingWhenMoreHasHappenedThanWasNoted) {
  watch.at(1'000, [this] {
    fs.seed("dir/a", as_view("1"));
    fs.seed("dir/deep/b", as_view("1"));
    return std::vector<FolderEvent>{{FolderEvent::Kind::overlooked, ""}};
  });
  EXPECT_EQ(next(), (Paths{"dir/a", "dir/deep/b"}));
  EXPECT_LE(watch.now_ms(), 4'000);
}

TEST_F(WatcherTest, FindsWhatNobodyTellsOf) {
  watch.at(1'000, [this] {
    fs.seed("dir/a", as_view("1"));
    return std::vector<FolderEvent>{};
  });
  EXPECT_EQ(next(), Paths{"dir/a"});
  EXPECT_LE(watch.now_ms(), 35'000);
}

TEST_F(WatcherTest, SaysOnceWhatItCannotWatchAndLooksThereFromTimeToTime) {
  fs.seed_folder("dir/deep");
  watch.watch_at_most(1);
  watch.at(1'000, [this] {
    fs.seed("dir/deep/a", as_view("1"));
    return std::vector<FolderEvent>{};
  });
  EXPECT_EQ(next(), Paths{"dir/deep/a"});
  seal_last();
  EXPECT_EQ(watcher.take_troubles(), Paths{"no more is watched: it is looked at every 30 seconds instead"});
  EXPECT_EQ(next(), Paths{});
  EXPECT_EQ(watcher.take_troubles(), Paths{});
}

TEST_F(WatcherTest, PassesOverUnfinishedAndHiddenNamesUntilTheyGetTheirOwn) {
  for (const char* name : {"dir/a.part", "dir/b.TMP", "dir/c~", "dir/d.crdownload", "dir/.e", "dir/.trash/f"})
    fs.seed(name, as_view("1"));
  fs.seed_link("dir/link", "a.part");
  fs.seed_special("dir/fifo", FileType::fifo);
  watch.at(10'000, [this] {
    EXPECT_TRUE(fs.rename("dir/a.part", "dir/a"));
    return std::vector<FolderEvent>{{FolderEvent::Kind::closed, "dir/a"}};
  });
  EXPECT_EQ(next(), Paths{"dir/a"});
  seal_last();
  EXPECT_EQ(next(), Paths{});
  EXPECT_EQ(watcher.passed_over(), (std::set<std::string>{"dir/.e", "dir/.trash", "dir/b.TMP", "dir/c~",
                                                          "dir/d.crdownload", "dir/fifo", "dir/link"}));
}

TEST_F(WatcherTest, DoesNotMissWhatVanishes) {
  write_at(1'000, "dir/a", "1");
  write_at(1'000, "dir/b", "1");
  watch.at(2'000, [this] {
    EXPECT_TRUE(fs.remove("dir/a"));
    return std::vector<FolderEvent>{{FolderEvent::Kind::closed, "dir/never"}};
  });
  EXPECT_EQ(next(), Paths{"dir/b"});
  EXPECT_TRUE(watcher.waiting().empty());
}

TEST_F(WatcherTest, EndsWhenTheFolderIsGone) {
  watch.at(1'000, [] { return std::vector<FolderEvent>{{FolderEvent::Kind::gone, "dir"}}; });
  EXPECT_EQ(next(), Paths{"dir is no longer there"});
}

TEST_F(WatcherTest, GivesAgainWhatWasPutOffAndNotBefore) {
  write_at(1'000, "dir/a", "1");
  EXPECT_EQ(next(), Paths{"dir/a"});
  EXPECT_TRUE(watcher.waiting().empty());
  watcher.put_off(last, 20'000);
  EXPECT_EQ(watcher.waiting(), Paths{"dir/a"});
  const std::int64_t before_ms = watch.now_ms();
  EXPECT_EQ(next(), Paths{"dir/a"});
  EXPECT_GE(watch.now_ms(), before_ms + 20'000);
  EXPECT_LE(watch.now_ms(), before_ms + 21'000);
}

TEST_F(WatcherTest, DoesNotTryOverAndOverWhatIsAsGoodAsItGets) {
  write_at(1'000, "dir/a", "1");
  EXPECT_EQ(next(), Paths{"dir/a"});
  for (const SourceItem& item : last) watcher.set_tried(item);
  EXPECT_EQ(next(), Paths{});
  EXPECT_EQ(record.size(), 0u) << "the next run tries again";
}

TEST_F(WatcherTest, RemembersNothingOfWhatIsGone) {
  write_at(1'000, "dir/a", "1");
  EXPECT_EQ(next(), Paths{"dir/a"});
  ASSERT_TRUE(fs.remove("dir/a"));
  seal_last();
  EXPECT_EQ(record.size(), 0u);
  EXPECT_TRUE(watcher.present().empty());
}

TEST_F(WatcherTest, GivesOnlySoManyTogether) {
  for (int i = 0; i < 5; ++i) fs.seed("dir/" + std::to_string(i), as_view("1"));
  Watcher few(fs, watch, record, "dir", {.files_max = 3});
  EXPECT_EQ(few.next()->size(), 3u);
  EXPECT_EQ(few.next()->size(), 2u);
}

TEST_F(WatcherTest, ShowsWhatWaitsWhenItEnds) {
  watch.end_at(2'000);
  write_at(1'000, "dir/a", "1");
  EXPECT_EQ(next(), Paths{});
  EXPECT_EQ(watcher.waiting(), Paths{"dir/a"});
}

}  // namespace
}  // namespace muniment
