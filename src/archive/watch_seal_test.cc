#include "archive/watch_seal.h"

#include <gtest/gtest.h>

#include <optional>
#include <utility>

#include "archive/shred_testing.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_eraser.h"
#include "testing/memory_fs.h"
#include "testing/scripted_watch.h"

namespace muniment {
namespace {

class WatchSealTest : public ::testing::Test {
 protected:
  void SetUp() override {
    disk.seed_folder("dir");
    disk.seed_folder("field");
    card.compartment = "evidence";
    card.recipient = key.recipient().text();
    card.expires = "2026-06-01";
  }

  void write_at(ScriptedWatch& watch, std::int64_t ms, const std::string& path, std::string_view text) {
    watch.at(ms, [=, this] {
      disk.seed(path, as_view(text));
      return std::vector<FolderEvent>{{FolderEvent::Kind::closed, path}};
    });
  }
  Result<void> run(ScriptedWatch& watch, bool shred = false) {
    report = {};
    troubles.clear();
    const Doors doors{disk, random, clock};
    shredder.emplace(doors, eraser);
    const WatchHooks hooks{.on_sealed = [](const SealedDeposit&) {},
                           .on_trouble = [&](const std::string& sentence) { troubles.push_back(sentence); },
                           .on_bytes = {}};
    const auto done = watch_and_seal(doors, watch, shred ? &*shredder : nullptr,
                                     {.root = "dir", .output = "field", .card = card}, hooks, report);
    removal = shredder->report();
    shredder.reset();
    return done;
  }
  /// What is in each deposit that this run has made.
  std::vector<std::map<std::string, Bytes>> sealed() {
    std::vector<std::map<std::string, Bytes>> found;
    for (const SealedDeposit& deposit : report.sealed.deposits) {
      const auto opened = open_folder(disk, deposit.folder, key);
      EXPECT_TRUE(opened) << opened.error().sentence();
      if (opened) found.push_back(opened->files);
    }
    return found;
  }

  using Files = std::map<std::string, Bytes>;

  MemoryFs disk;
  FixedRandom random;
  FixedClock clock;
  MemoryEraser eraser{disk};
  std::optional<Shredder> shredder;
  age::X25519Identity key = age::X25519Identity::make(random);
  Card card;
  WatchReport report;
  ShredReport removal;
  std::vector<std::string> troubles;
};

TEST_F(WatchSealTest, SealsWhatAppearsAndAfterARestartOnlyWhatIsNew) {
  ScriptedWatch watch;
  write_at(watch, 1'000, "dir/a", "1");
  write_at(watch, 1'500, "dir/deep/b", "2");
  watch.at(1'600, [] { return std::vector<FolderEvent>{{FolderEvent::Kind::appeared, "dir/deep"}}; });
  write_at(watch, 30'000, "dir/c", "3");
  watch.end_at(60'000);
  ASSERT_TRUE(run(watch));
  EXPECT_EQ(sealed(), (std::vector<Files>{{{"dir/a", bytes_of("1")}, {"dir/deep/b", bytes_of("2")}},
                                          {{"dir/c", bytes_of("3")}}}));
  EXPECT_TRUE(report.waiting.empty());
  EXPECT_TRUE(*exists(disk, "dir/a"));

  disk.reboot(Unsynced::lost);
  disk.seed("dir/while-it-was-off", as_view("4"));
  ScriptedWatch again;
  again.end_at(60'000);
  ASSERT_TRUE(run(again));
  EXPECT_EQ(sealed(), (std::vector<Files>{{{"dir/while-it-was-off", bytes_of("4")}}}));
}

TEST_F(WatchSealTest, ForgetsWhatIsNoLongerInTheFolder) {
  ScriptedWatch watch;
  write_at(watch, 1'000, "dir/a", "1");
  watch.at(10'000, [this] {
    EXPECT_TRUE(disk.remove("dir/a"));
    return std::vector<FolderEvent>{};
  });
  write_at(watch, 50'000, "dir/b", "2");
  watch.end_at(60'000);
  ASSERT_TRUE(run(watch));
  const Bytes record = disk.files().at("field/watched/record");
  EXPECT_EQ(WatchedRecord::parse(as_text(record))->size(), 1u);
}

TEST_F(WatchSealTest, OnAFullDiskSaysSoAndSealsOnceThereIsRoom) {
  std::uint64_t used = 0;
  for (const auto& [path, bytes] : disk.files()) used += bytes.size();
  disk.limit_bytes(used + 2'000);
  ScriptedWatch watch;
  write_at(watch, 1'000, "dir/a", "1");
  watch.at(30'000, [this] {
    disk.limit_bytes(UINT64_MAX);
    return std::vector<FolderEvent>{};
  });
  watch.end_at(120'000);
  ASSERT_TRUE(run(watch));
  ASSERT_FALSE(troubles.empty());
  EXPECT_NE(troubles[0].find("tried again in 5 seconds"), std::string::npos) << troubles[0];
  EXPECT_NE(troubles[0].find("No space left on device"), std::string::npos) << troubles[0];
  EXPECT_EQ(sealed(), (std::vector<Files>{{{"dir/a", bytes_of("1")}}}));
  EXPECT_FALSE(*exists(disk, "field/staging"));
}

TEST_F(WatchSealTest, OnADiskThatStaysFullShowsWhatWaits) {
  disk.limit_bytes(3'000);
  ScriptedWatch watch;
  write_at(watch, 1'000, "dir/a", "1");
  watch.end_at(1'000'000);
  ASSERT_TRUE(run(watch));
  EXPECT_EQ(report.waiting, std::vector<std::string>{"dir/a"});
  EXPECT_LT(troubles.size(), 30u) << "it tries less and less often";
}

TEST_F(WatchSealTest, RemovesWhatItHasSealedAndEmptiedFoldersAfterAWhile) {
  ScriptedWatch watch;
  write_at(watch, 1'000, "dir/deep/a", "1");
  watch.at(1'100, [] { return std::vector<FolderEvent>{{FolderEvent::Kind::appeared, "dir/deep"}}; });
  bool still_there = false;
  watch.at(20'000, [&] {
    still_there = *exists(disk, "dir/deep") && !*exists(disk, "dir/deep/a");
    return std::vector<FolderEvent>{};
  });
  bool gone = false;
  watch.at(199'000, [&] {
    gone = !*exists(disk, "dir/deep");
    return std::vector<FolderEvent>{};
  });
  write_at(watch, 199'000, "dir/other/b", "2");
  watch.at(199'100, [] { return std::vector<FolderEvent>{{FolderEvent::Kind::appeared, "dir/other"}}; });
  watch.end_at(210'000);
  ASSERT_TRUE(run(watch, /*shred=*/true));
  EXPECT_TRUE(still_there) << "somebody may be about to write into it";
  EXPECT_TRUE(gone);
  EXPECT_FALSE(*exists(disk, "dir/other")) << "at the end none is left";
  EXPECT_TRUE(*exists(disk, "dir"));
  EXPECT_EQ(sealed(), (std::vector<Files>{{{"dir/deep/a", bytes_of("1")}}, {{"dir/other/b", bytes_of("2")}}}));
  EXPECT_TRUE(removal.left.empty());
  EXPECT_EQ(WatchedRecord::parse(as_text(disk.files().at("field/watched/record")))->size(), 0u);
}

TEST_F(WatchSealTest, SealsOnceWhatItCannotRemove) {
  ScriptedWatch watch;
  write_at(watch, 1'000, "dir/a", "1");
  eraser.set_links("dir/a", 2);
  watch.end_at(100'000);
  ASSERT_TRUE(run(watch, /*shred=*/true));
  EXPECT_EQ(report.sealed.deposits.size(), 1u);
  EXPECT_EQ(removal.left.size(), 1u);
  ScriptedWatch again;
  again.end_at(60'000);
  ASSERT_TRUE(run(again, /*shred=*/true));
  EXPECT_TRUE(report.sealed.deposits.empty());
}

TEST_F(WatchSealTest, SealsAgainWhatChangedWhileItWasReadOnceItIsWhole) {
  ScriptedWatch watch;
  write_at(watch, 1'000, "dir/a", "12");
  std::string text = "12";
  disk.on_read("dir/a", [&](std::uint64_t) -> Result<void> {
    if (sealed().empty()) disk.seed("dir/a", as_view(text += "3"));
    return {};
  });
  watch.end_at(100'000);
  ASSERT_TRUE(run(watch));
  const auto all = sealed();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[1], (Files{{"dir/a", bytes_of(text)}}));
  EXPECT_EQ(report.sealed.not_whole.size(), 1u);
}

TEST_F(WatchSealTest, DoesNotRemoveWhatWasNotedForADepositThatFailed) {
  // The first attempt ends after the file was read; then it is open for writing, and others are sealed without it.
  ScriptedWatch watch;
  write_at(watch, 1'000, "dir/a", "1");
  disk.limit_bytes(2'000);
  watch.at(5'000, [&] {
    disk.limit_bytes(UINT64_MAX);
    watch.set_being_written("dir/a", true);
    disk.seed("dir/b", as_view("2"));
    return std::vector<FolderEvent>{{FolderEvent::Kind::closed, "dir/b"}};
  });
  watch.end_at(60'000);
  ASSERT_TRUE(run(watch, /*shred=*/true));
  EXPECT_EQ(sealed(), (std::vector<Files>{{{"dir/b", bytes_of("2")}}}));
  EXPECT_TRUE(*exists(disk, "dir/a"));
}

TEST_F(WatchSealTest, EndsWhenTheCardHasExpired) {
  ScriptedWatch watch;
  write_at(watch, 1'000, "dir/a", "1");
  watch.at(20'000, [this] {
    clock.advance_s(400 * 86'400LL);
    disk.seed("dir/b", as_view("2"));
    return std::vector<FolderEvent>{{FolderEvent::Kind::closed, "dir/b"}};
  });
  EXPECT_CODE(run(watch), Code::denied);
  EXPECT_EQ(sealed(), (std::vector<Files>{{{"dir/a", bytes_of("1")}}}));
  EXPECT_EQ(report.waiting, std::vector<std::string>{"dir/b"});
}

TEST_F(WatchSealTest, SealsNothingIntoWhatIsUnderTheNameOfADiskThatWasPulledOut) {
  disk.seed_mount("field", /*in_memory=*/false);
  ScriptedWatch watch;
  write_at(watch, 1'000, "dir/a", "1");
  watch.at(20'000, [this] {
    disk.seed_mount("field", /*in_memory=*/false);  // another one
    disk.seed("dir/b", as_view("2"));
    return std::vector<FolderEvent>{{FolderEvent::Kind::closed, "dir/b"}};
  });
  watch.end_at(60'000);
  ASSERT_TRUE(run(watch));
  EXPECT_EQ(report.sealed.deposits.size(), 1u);
  EXPECT_EQ(report.waiting, std::vector<std::string>{"dir/b"});
  ASSERT_FALSE(troubles.empty());
  EXPECT_NE(troubles[0].find("was its disk removed?"), std::string::npos) << troubles[0];
}

TEST_F(WatchSealTest, RemovesNothingForCopiesInMemory) {
  disk.seed_mount("field", /*in_memory=*/true);
  ScriptedWatch watch;
  write_at(watch, 1'000, "dir/a", "1");
  EXPECT_CODE(run(watch, /*shred=*/true), Code::invalid);
}

TEST_F(WatchSealTest, CutOffAnywhereLosesNothingAndTheNextRunSealsAgain) {
  disk.seed("dir/a", as_view("first"));
  disk.seed("dir/deep/b", noise(3000));
  const Files originals = {{"dir/a", bytes_of("first")}, {"dir/deep/b", noise(3000)}};
  const MemoryFs before = disk;
  for (const bool shred : {false, true}) {
    for (std::uint64_t cut = 1;; ++cut) {
      disk = before;
      disk.cut_power_at(disk.operations() + cut);
      ScriptedWatch watch;
      watch.end_at(8'000);
      const auto done = run(watch, shred);
      const bool is_last = done && report.sealed.deposits.size() == 1 && troubles.empty() && removal.left.empty();
      for (const Unsynced unsynced : {Unsynced::lost, Unsynced::last_name, Unsynced::torn}) {
        MemoryFs after = disk;
        after.reboot(unsynced);
        Files kept = files_sealed_in(after, "field", key);
        for (const auto& [path, bytes] : originals) {
          const auto files = after.files();
          const bool is_there = files.contains(path) && files.at(path) == bytes;
          EXPECT_TRUE(is_there || (kept.contains(path) && kept[path] == bytes)) << path << " cut at " << cut;
          EXPECT_TRUE(!is_last || kept[path] == bytes) << "reported as sealed, then forgot";
        }
      }
      if (HasFailure()) return;
      if (is_last) break;
      ASSERT_LT(cut, 2'000u);
    }
  }
}

}  // namespace
}  // namespace muniment
