#include "archive/found.h"

#include <gtest/gtest.h>

#include "archive/archive_testing.h"
#include "archive/reader.h"
#include "archive/readme.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

class Founding : public ::testing::Test {
 protected:
  Result<Founded> found(Fs& disk, const std::string& root = "archive") {
    return found_archive({disk, random, clock}, root, custodian);
  }
  /// Whole, and appended to by its home; or no archive at all.
  static bool is_whole(MemoryFs& disk, Random& random) {
    FolderStore store(disk, "archive", random);
    const auto report = verify_copy(store, std::nullopt);
    return report && report->findings.empty() && report->view.head.head.size == 1 && report->view.objections.empty();
  }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock;
  HolderKeys custodian = HolderKeys::make("custodian-1", random);
};

TEST_F(Founding, MakesAWholeArchiveAndNothingElse) {
  const auto founded = found(fs);
  ASSERT_TRUE(founded) << founded.error().sentence();
  FolderStore store(fs, "archive", random);
  const auto report = verify_copy(store, IdPin::of(founded->id));
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->findings.empty());
  EXPECT_EQ(report->view.charter.origin, founded->origin);
  EXPECT_EQ(report->view.charter.custodians.size(), 1u);
  EXPECT_EQ(founded->id, sha256(*read_file(fs, "archive/charter/1", kCharterBytesMax)));
  EXPECT_EQ(as_text(*read_file(fs, "archive/README.txt", 100'000)), readme_text());
  EXPECT_EQ(as_text(*read_file(fs, "archive/reader/read_archive.py", 100'000)), reader_text());
  EXPECT_EQ(*fs.list("."), std::vector<std::string>{"archive"});
  EXPECT_EQ(*fs.list("archive"),
            (std::vector<std::string>{"README.txt", "charter", "checkpoint", "home", "keyring", "reader", "tile"}));
  EXPECT_TRUE(open_compartment(store, report->view.charter, "evidence", custodian.opener()));
}

TEST_F(Founding, GivesEveryArchiveItsOwnIdKeysAndOrigin) {
  const auto first = found(fs, "one"), second = found(fs, "two");
  ASSERT_TRUE(first && second);
  EXPECT_NE(first->id, second->id);
  EXPECT_NE(first->origin, second->origin);
  EXPECT_NE(read_file(fs, "one/home/place", 1000).value(), read_file(fs, "two/home/place", 1000).value());
}

TEST_F(Founding, TakesAnEmptyFolderAndNoOther) {
  fs.seed_folder("empty");
  EXPECT_TRUE(found(fs, "empty"));
  fs.seed("full/a", as_view("mine"));
  EXPECT_CODE(found(fs, "full"), Code::conflict);
  EXPECT_CODE(found(fs, "empty"), Code::conflict) << "an archive is not founded over another";
  fs.seed("file", as_view("mine"));
  EXPECT_FALSE(found(fs, "file"));
  EXPECT_EQ(*read_file(fs, "file", 100), bytes_of("mine"));
  EXPECT_EQ(*fs.list("full"), std::vector<std::string>{"a"});
  EXPECT_EQ(*fs.list("."), (std::vector<std::string>{"empty", "file", "full"}));
}

TEST_F(Founding, MakesTheFoldersAboveIt) { EXPECT_TRUE(found(fs, "/media/usb/archives/one")); }

TEST_F(Founding, OnADiskThatFailsAnywhereLeavesNothing) {
  for (std::uint64_t failing = 1;; ++failing) {
    MemoryFs disk;
    disk.fail_at(failing, Code::io, "No space left on device");
    const auto founded = found(disk);
    if (founded && is_whole(disk, random) && disk.operations() < failing) break;
    ASSERT_LT(failing, 500u);
    if (founded) continue;  // something that need not succeed: clearing away
    ASSERT_TRUE(fails_with(founded, Code::io)) << failing;
    const bool present = *exists(disk, "archive");
    EXPECT_TRUE(!present || is_whole(disk, random)) << failing;
    EXPECT_TRUE(present || found(disk)) << "the next run completes, " << failing;
  }
}

TEST_F(Founding, OnAFullDiskLeavesNothingAndWorksOnceThereIsRoom) {
  for (std::uint64_t room = 0;; room += 500) {
    MemoryFs disk;
    disk.limit_bytes(room);
    const auto founded = found(disk);
    if (founded) break;
    EXPECT_TRUE(fails_with(founded, Code::io)) << room;
    EXPECT_TRUE(disk.files().empty()) << room << ": the space was given back";
    disk.limit_bytes(UINT64_MAX);
    EXPECT_TRUE(found(disk));
    ASSERT_LT(room, 1'000'000u);
  }
}

TEST_F(Founding, CutOffAnywhereIsWholeOrNotThereAndTheNextRunCompletes) {
  for (std::uint64_t cut = 1;; ++cut) {
    MemoryFs disk;
    disk.cut_power_at(cut);
    const auto founded = found(disk);
    for (const Unsynced unsynced : kEveryUnsynced) {
      MemoryFs after = disk;
      after.reboot(unsynced);
      const bool present = *exists(after, "archive");
      EXPECT_TRUE(!present || is_whole(after, random)) << "cut at " << cut;
      EXPECT_TRUE(present || !founded) << "reported success, then forgot";
      if (!present) {
        const auto again = found(after);
        EXPECT_TRUE(again) << "cut at " << cut << ": " << again.error().sentence();
      }
      EXPECT_TRUE(is_whole(after, random)) << "cut at " << cut;
    }
    if (founded) break;
    ASSERT_LT(cut, 500u);
  }
}

}  // namespace
}  // namespace muniment
