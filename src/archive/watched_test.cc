#include "archive/watched.h"

#include <gtest/gtest.h>

#include "testing/expect_code.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

class WatchedTest : public ::testing::Test {
 protected:
  static FileInfo info_of(std::uint64_t size_bytes, std::int64_t modified_ns) {
    return {.size_bytes = size_bytes, .modified_ns = modified_ns};
  }
  FixedRandom random;
};

TEST_F(WatchedTest, KnowsAFileByPathSizeAndTime) {
  const WatchedRecord record(random);
  const WatchedTag tag = record.tag_of("/dir/a", info_of(1, 23));
  EXPECT_EQ(record.tag_of("/dir/a", info_of(1, 23)), tag);
  EXPECT_NE(record.tag_of("/dir/b", info_of(1, 23)), tag);
  EXPECT_NE(record.tag_of("/dir/a", info_of(2, 23)), tag);
  EXPECT_NE(record.tag_of("/dir/a", info_of(1, 24)), tag);
  EXPECT_NE(record.tag_of("/dir/a", info_of(12, 3)), tag) << "they run into each other";
}

TEST_F(WatchedTest, OfAnotherFolderOfSealedDepositsSaysNothing) {
  const WatchedRecord one(random);
  const WatchedRecord other(random);
  EXPECT_NE(one.tag_of("/dir/a", info_of(1, 23)), other.tag_of("/dir/a", info_of(1, 23)));
}

TEST_F(WatchedTest, HasNoNameInTheClear) {
  WatchedRecord record(random);
  record.add(record.tag_of("/dir/Interview with an invented person.wav", info_of(123456, 23)));
  const std::string text = record.render();
  EXPECT_EQ(text.find("Interview"), std::string::npos);
  EXPECT_EQ(text.find("123456"), std::string::npos);
}

TEST_F(WatchedTest, IsReadAsItWasWrittenAndForgetsWhatIsGone) {
  WatchedRecord record(random);
  const WatchedTag a = record.tag_of("a", info_of(1, 1));
  const WatchedTag b = record.tag_of("b", info_of(1, 1));
  record.add(a);
  record.add(b);
  auto again = *WatchedRecord::parse(record.render());
  EXPECT_TRUE(again.contains(a));
  EXPECT_EQ(again.tag_of("b", info_of(1, 1)), b) << "under the same salt";
  again.keep_only({b});
  EXPECT_FALSE(again.contains(a));
  EXPECT_TRUE(again.contains(b));
  EXPECT_EQ(again.size(), 1u);
}

TEST_F(WatchedTest, RefusesWhatIsNoRecord) {
  const std::string salt(64, 'a');
  const std::string start = "muniment/watched/v1\nsalt " + salt + "\n";
  EXPECT_TRUE(WatchedRecord::parse(start));
  for (const std::string& wrong :
       {std::string(), std::string("muniment/watched/v2\nsalt ") + salt + "\n", std::string("muniment/watched/v1\n"),
        start + "00\n", start + std::string(32, 'g') + "\n", start + std::string(32, '0'),
        start + std::string(32, '1') + "\n" + std::string(32, '0') + "\n",
        start + std::string(32, '0') + "\n" + std::string(32, '0') + "\n"})
    EXPECT_CODE(WatchedRecord::parse(wrong), Code::corrupt) << wrong;
}

TEST_F(WatchedTest, IsHeldByOneRunAtATime) {
  MemoryFs fs;
  auto first = WatchedFile::open(fs, random, "sealed");
  ASSERT_TRUE(first);
  EXPECT_CODE(WatchedFile::open(fs, random, "sealed"), Code::conflict);
  EXPECT_TRUE(is_watched_folder(fs, "sealed/watched"));
}

TEST_F(WatchedTest, IsNotTakenForAFolderOfTheSameName) {
  MemoryFs fs;
  fs.seed("a/watched/record", as_view("a list of what was observed"));
  fs.seed("b/watched/film", as_view("x"));
  fs.seed("c/other/record", as_view("muniment/watched/v1\n"));
  EXPECT_FALSE(is_watched_folder(fs, "a/watched"));
  EXPECT_FALSE(is_watched_folder(fs, "b/watched"));
  EXPECT_FALSE(is_watched_folder(fs, "c/other"));
}

TEST_F(WatchedTest, ThatIsDamagedSaysWhatToDo) {
  MemoryFs fs;
  fs.seed("sealed/watched/record", as_view("scribble\n"));
  const auto opened = WatchedFile::open(fs, random, "sealed");
  EXPECT_CODE(opened, Code::corrupt);
  EXPECT_NE(opened.error().sentence().find("remove it"), std::string::npos);
}

TEST_F(WatchedTest, CutOffAnywhereHoldsWhatWasSavedAndNeverHalfOfIt) {
  MemoryFs disk;
  WatchedTag before{};
  WatchedTag fresh{};
  {
    auto file = *WatchedFile::open(disk, random, "sealed");
    before = file.record().tag_of("before", info_of(1, 1));
    fresh = file.record().tag_of("fresh", info_of(1, 1));
    file.record().add(before);
    ASSERT_TRUE(file.save());
  }
  disk.reboot(Unsynced::lost);
  for (std::uint64_t cut = 1;; ++cut) {
    MemoryFs fs = disk;
    fs.cut_power_at(fs.operations() + cut);
    const auto saved = [&]() -> Result<void> {
      TRY_ASSIGN(auto file, WatchedFile::open(fs, random, "sealed"));
      file.record().add(fresh);
      return file.save();
    }();
    for (const Unsynced unsynced : kEveryUnsynced) {
      MemoryFs after = fs;
      after.reboot(unsynced);
      auto file = WatchedFile::open(after, random, "sealed");
      ASSERT_TRUE(file) << "cut at " << cut << ": " << file.error().sentence();
      EXPECT_TRUE(file->record().contains(before)) << "cut at " << cut;
      EXPECT_TRUE(!saved || file->record().contains(fresh)) << "reported success, then forgot";
    }
    if (saved) break;
    ASSERT_LT(cut, 100u);
  }
}

}  // namespace
}  // namespace muniment
