#include "mirror/volunteers.h"

#include <gtest/gtest.h>

#include "testing/expect_code.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

MirrorNotice notice_of(const std::string& name, std::uint8_t key, bool has_left = false) {
  MirrorNotice notice;
  notice.has_left = has_left;
  notice.date = has_left ? "2026-12-01" : "2026-11-26";
  notice.address = "http://oak.onion";
  notice.key.name = name;
  notice.key.key.fill(key);
  return notice;
}

TEST(Volunteers, JoinAndLeaveByTheirOwnKey) {
  MemoryFs fs;
  EXPECT_TRUE(read_volunteers(fs, "archive")->empty());
  ASSERT_TRUE(note_volunteer(fs, "archive", notice_of("mirror-a", 1)));
  EXPECT_EQ(read_volunteers(fs, "archive")->at(0).joined, "2026-11-26");
  ASSERT_TRUE(note_volunteer(fs, "archive", notice_of("mirror-a", 1, /*has_left=*/true)));
  const auto all = read_volunteers(fs, "archive");
  ASSERT_EQ(all->size(), 1u);
  EXPECT_EQ(all->at(0).left, "2026-12-01");
  ASSERT_TRUE(note_volunteer(fs, "archive", notice_of("mirror-b", 2))) << "the address is free again";
}

TEST(Volunteers, NobodyElseSaysThatAMirrorHasLeft) {
  MemoryFs fs;
  ASSERT_TRUE(note_volunteer(fs, "archive", notice_of("mirror-a", 1)));
  EXPECT_CODE(note_volunteer(fs, "archive", notice_of("mirror-a", 2, /*has_left=*/true)), Code::denied);
  EXPECT_CODE(note_volunteer(fs, "archive", notice_of("mirror-b", 2)), Code::denied);
  EXPECT_EQ(read_volunteers(fs, "archive")->at(0).left, "");
}

TEST(Volunteers, OfADamagedFileSaysSo) {
  for (const char* wrong : {"x\n", "{}\n", "[]\n",
                            R"({"key":"a","address":"","joined":1,"left":""})"
                            "\n"}) {
    MemoryFs fs;
    ASSERT_TRUE(make_folders(fs, "archive/home") && create_durably(fs, "archive/home/volunteers", as_view(wrong)));
    EXPECT_CODE(note_volunteer(fs, "archive", notice_of("mirror-a", 1)), Code::corrupt) << wrong;
  }
}

TEST(Volunteers, AreTheOldOnesOrTheNewOnesHoweverThePowerGoes) {
  MemoryFs before;
  ASSERT_TRUE(note_volunteer(before, "archive", notice_of("mirror-a", 1)));
  MemoryFs whole = before;
  const std::uint64_t first = whole.operations();
  ASSERT_TRUE(note_volunteer(whole, "archive", notice_of("mirror-a", 1, /*has_left=*/true)));
  for (std::uint64_t cut = first + 1; cut <= whole.operations(); ++cut) {
    for (const Unsynced unsynced : kEveryUnsynced) {
      MemoryFs disk = before;
      disk.cut_power_at(cut);
      const bool is_said_done = note_volunteer(disk, "archive", notice_of("mirror-a", 1, true)).has_value();
      disk.reboot(unsynced);
      const auto all = read_volunteers(disk, "archive");
      ASSERT_TRUE(all && all->size() == 1) << cut;
      EXPECT_TRUE(all->at(0).left == "2026-12-01" || (!is_said_done && all->at(0).left.empty())) << cut;
    }
  }
}

TEST(Volunteers, OneRunWritesAtATime) {
  MemoryFs fs;
  ASSERT_TRUE(make_folders(fs, "archive/home"));
  const auto held = fs.lock("archive/home/volunteers.lock");
  ASSERT_TRUE(held);
  EXPECT_CODE(note_volunteer(fs, "archive", notice_of("mirror-a", 1)), Code::conflict);
}

}  // namespace
}  // namespace muniment
