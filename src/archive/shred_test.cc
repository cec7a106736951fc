#include "archive/shred.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "archive/shred_testing.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_eraser.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

/// What became of "case" and what was said of it.
class Shredding : public ::testing::Test {
 protected:
  void SetUp() override {
    disk.seed("case/a", as_view("first"));
    disk.seed("case/deep/b", noise(3000));
    disk.seed("case/deep/c", as_view("third"));
  }

  Doors doors_on(Fs& fs) { return {fs, random, clock}; }
  Result<ShredReport> shred(MemoryFs& fs, Eraser& own, const std::function<void(SealedDeposit&)>& between) {
    return shred_case_into_field(doors_on(fs), own, key.recipient().text(), between);
  }
  static void nothing_between(SealedDeposit&) {}
  ShredReport shred_case(const std::function<void(SealedDeposit&)>& between = nothing_between) {
    auto done = shred(disk, eraser, between);
    EXPECT_TRUE(done) << done.error().sentence();
    return done ? *done : ShredReport{};
  }
  /// What is said of a path that stays; its bytes are still there.
  std::string why_left(const ShredReport& report, const std::string& path) {
    EXPECT_TRUE(*exists(disk, path)) << path;
    for (const LeftOriginal& left : report.left) {
      if (left.path == path) return left.why;
    }
    return "it is not named";
  }

  MemoryFs disk;
  MemoryEraser eraser{disk};
  FixedRandom random;
  FixedClock clock;
  age::X25519Identity key = age::X25519Identity::make(random);
};

TEST_F(Shredding, RemovesWhatWasReadBackAndTheFoldersThatItEmpties) {
  disk.seed_folder("case/deep/empty");
  const ShredReport report = shred_case();
  EXPECT_TRUE(report.left.empty());
  EXPECT_EQ(report.removed,
            (std::vector<std::string>{"case/a", "case/deep/b", "case/deep/c", "case/deep/empty", "case/deep", "case"}));
  EXPECT_EQ(report.removed_files, 3u);
  EXPECT_EQ(report.removed_bytes, 3010u);
  EXPECT_TRUE(report.from_disk);
  EXPECT_FALSE(*exists(disk, "case"));
  EXPECT_EQ(files_sealed_in(disk, "field", key).size(), 3u);
}

TEST_F(Shredding, ReadsEachObjectFromTheDiskAndSaysWhereItCannot) {
  std::vector<std::string> objects;
  shred_case([&](SealedDeposit& deposit) {
    const std::vector<std::string> names = *disk.list(deposit.folder);
    for (const std::string& name : names) objects.push_back(join(deposit.folder, name));
  });
  std::vector<std::string> dropped = eraser.dropped();
  std::ranges::sort(objects);
  std::ranges::sort(dropped);
  EXPECT_EQ(dropped, objects);

  disk.seed("case/again", as_view("x"));
  eraser.keep_cached();
  EXPECT_FALSE(shred_case().from_disk);
}

TEST_F(Shredding, RemovesNothingWhenAnyObjectIsNotOnTheDiskAsItWasWritten) {
  for (const char* object : {"receipt", "header-0", "contents-0.age", "SHA256SUMS", "part-0000000"}) {
    for (const bool is_cut : {false, true}) {
      MemoryFs fs = disk;
      MemoryEraser own(fs);
      const auto done = shred(fs, own, [&](SealedDeposit& deposit) {
        const std::string path = join(deposit.folder, object);
        is_cut ? fs.truncate(path, fs.info(path)->size_bytes - 1) : fs.corrupt(path, fs.info(path)->size_bytes / 2);
      });
      EXPECT_CODE(done, Code::corrupt) << object;
      EXPECT_NE(done.error().sentence().find("no original of it was removed"), std::string::npos);
      for (const char* path : {"case/a", "case/deep/b", "case/deep/c"})
        EXPECT_EQ(fs.files()[path], disk.files()[path]) << object;
    }
  }
}

TEST_F(Shredding, IsNotFooledByADepositThatFitsItself) {
  // The receipt and all the objects of another deposit: whole, but not what was sealed.
  MemoryFs other = disk;
  std::map<std::string, Bytes> of_other;
  MemoryEraser other_eraser(other);
  other.seed("case/a", as_view("other"));
  ASSERT_TRUE(shred(other, other_eraser, [&](SealedDeposit& deposit) {
    const std::vector<std::string> names = *other.list(deposit.folder);
    for (const std::string& name : names) of_other[name] = *read_file(other, join(deposit.folder, name), 1 << 24);
  }));
  const auto done = shred(disk, eraser, [&](SealedDeposit& deposit) {
    for (const auto& [name, bytes] : of_other) disk.seed(join(deposit.folder, name), bytes);
  });
  EXPECT_CODE(done, Code::corrupt);
  EXPECT_TRUE(*exists(disk, "case/a"));
}

TEST_F(Shredding, LeavesWhatWasChangedAfterItWasRead) {
  const auto modified_ns = disk.info("case/deep/c")->modified_ns;
  const ShredReport report = shred_case([&, is_first = true](SealedDeposit&) mutable {
    if (std::exchange(is_first, false)) {
      disk.seed("case/a", as_view("grown by a sentence"));
      return;
    }
    // The same size and the same time: only its bytes tell.
    disk.seed("case/deep/c", as_view("THIRD"));
    ASSERT_TRUE(disk.set_modified("case/deep/c", modified_ns));
  });
  EXPECT_EQ(why_left(report, "case/a"), "was changed after it was read");
  EXPECT_EQ(why_left(report, "case/deep/c"), "was changed after it was read");
  EXPECT_EQ(disk.files()["case/deep/c"], bytes_of("THIRD"));
  EXPECT_FALSE(*exists(disk, "case/deep/b"));
}

TEST_F(Shredding, LeavesAnotherFileUnderTheSameName) {
  bool is_first = true;
  const ShredReport report = shred_case([&](SealedDeposit&) {
    if (!std::exchange(is_first, false)) return;
    const auto modified_ns = disk.info("case/a")->modified_ns;
    ASSERT_TRUE(disk.rename("case/a", "elsewhere"));
    ASSERT_TRUE(write_new(disk, "case/a", as_view("first")));
    ASSERT_TRUE(disk.set_modified("case/a", modified_ns));
  });
  EXPECT_EQ(why_left(report, "case/a"), "was changed after it was read");
  EXPECT_EQ(disk.files()["elsewhere"], bytes_of("first"));
}

TEST_F(Shredding, LeavesWhatDidNotGoInWholeAndDoesNotFollowLinks) {
  disk.seed("outside/file", as_view("stays"));
  disk.seed_link("case/link", "../outside/file");
  disk.seed_link("case/way", "../outside");
  disk.seed_special("case/fifo", FileType::fifo);
  disk.on_read("case/a", [&](std::uint64_t offset) -> Result<void> {
    return offset == 0 ? Result<void>() : Error(Code::io, "cannot read case/a: Input/output error");
  });
  std::size_t size = 2;
  disk.seed("case/growing", Bytes(size, '1'));
  disk.on_read("case/growing", [&](std::uint64_t) -> Result<void> {
    disk.seed("case/growing", Bytes(++size, '1'));
    return {};
  });
  const ShredReport report = shred_case();
  EXPECT_NE(why_left(report, "case/growing").find("grew"), std::string::npos);
  EXPECT_EQ(why_left(report, "case/link"), "is a link: it was recorded and not followed");
  EXPECT_EQ(why_left(report, "case/way"), "is a link: it was recorded and not followed");
  EXPECT_EQ(why_left(report, "case/fifo"), "was left out: is a FIFO and not a file");
  EXPECT_EQ(disk.files()["outside/file"], bytes_of("stays"));
  EXPECT_FALSE(*exists(disk, "case/deep"));
}

TEST_F(Shredding, IsDurableOnceItIsReportedAlsoInAFolderThatStays) {
  disk.seed_link("case/link", "a");
  disk.seed_link("case/deep/link", "b");
  EXPECT_EQ(shred_case().left.size(), 2u);
  disk.reboot(Unsynced::lost);
  EXPECT_FALSE(*exists(disk, "case/a")) << "its name came back";
  EXPECT_FALSE(*exists(disk, "case/deep/b")) << "its name came back";
  EXPECT_TRUE(*exists(disk, "case/link"));
}

TEST_F(Shredding, LeavesFilesOfSeveralNamesReadOnlyOnesAndThoseInUse) {
  eraser.set_links("case/a", 2);
  disk.seed_mode("case/deep/b", 0444);
  eraser.set_in_use("case/deep/c");
  const ShredReport report = shred_case();
  EXPECT_EQ(why_left(report, "case/a"), "has 2 names (hard links): it would still be there under the others");
  EXPECT_EQ(why_left(report, "case/deep/b"), "is read-only");
  EXPECT_EQ(why_left(report, "case/deep/c"), "is in use by another program");
  EXPECT_EQ(report.left.size(), 3u);
  EXPECT_TRUE(report.removed.empty());
  EXPECT_EQ(disk.files()["case/deep/b"], noise(3000));
}

TEST_F(Shredding, NamesWhatVanishedByItself) {
  const ShredReport report = shred_case([&](SealedDeposit&) {
    if (disk.files().contains("case/a")) {
      ASSERT_TRUE(disk.remove("case/a"));
    }
  });
  ASSERT_EQ(report.left.size(), 1u);
  EXPECT_EQ(report.left[0].path, "case/a");
}

TEST_F(Shredding, RemovesAFileThatWasGivenByItselfAndNotItsFolder) {
  const Doors doors = doors_on(disk);
  Shredder shredder(doors, eraser);
  shredder.remove_emptied_folders("case/a");
  shredder.remove_emptied_folders(".");
  EXPECT_TRUE(shredder.report().removed.empty());
  EXPECT_TRUE(*exists(disk, "case/a"));
}

TEST_F(Shredding, ForgetsWhatWasNotedForADepositThatDidNotComeAbout) {
  const Doors doors = doors_on(disk);
  Shredder shredder(doors, eraser);
  const SourceItem item{
      .kind = SourceItem::Kind::file, .fs_path = "case/a", .true_path = "case/a", .info = {}, .reason = {}};
  shredder.note({item, sha256(as_view("first")), ""});
  shredder.forget_noted();
  ASSERT_TRUE(shredder.remove_originals({}));
  EXPECT_TRUE(shredder.report().removed.empty());
  EXPECT_TRUE(*exists(disk, "case/a"));
}

TEST(CheckLasts, RefusesAFolderThatIsGoneWithThePower) {
  MemoryFs fs;
  fs.seed_mount("shm", /*in_memory=*/true);
  fs.seed_mount("disk", /*in_memory=*/false);
  fs.seed_folder("shm/sealed");
  EXPECT_CODE(check_lasts(fs, "shm/sealed"), Code::invalid);
  EXPECT_TRUE(check_lasts(fs, "disk"));
}

}  // namespace
}  // namespace muniment
