#include "base/fs.h"

#include <gtest/gtest.h>

#include "testing/expect_code.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

std::string text_of(Fs& fs, const std::string& path) {
  const auto bytes = read_file(fs, path, 1000);
  return bytes ? std::string(as_text(*bytes)) : "error: " + bytes.error().sentence();
}

TEST(Paths, JoinParentAndNameAgree) {
  EXPECT_EQ(join("a", "b"), "a/b");
  EXPECT_EQ(join("a/", "b"), "a/b");
  EXPECT_EQ(join("/", "b"), "/b");
  EXPECT_EQ(join("", "b"), "b");
  EXPECT_EQ(join(".", "b"), "b");
  EXPECT_EQ(parent_of("a/b"), "a");
  EXPECT_EQ(parent_of("a/b/"), "a");
  EXPECT_EQ(parent_of("a//b"), "a");
  EXPECT_EQ(parent_of("a"), ".");
  EXPECT_EQ(parent_of("/a"), "/");
  EXPECT_EQ(parent_of("/"), "/");
  EXPECT_EQ(name_in("a/b"), "b");
  EXPECT_EQ(name_in("a/b//"), "b");
  EXPECT_EQ(name_in("b"), "b");
  EXPECT_EQ(name_in("/"), "");
}

TEST(Paths, LieInThemselvesAndInFoldersAboveThem) {
  EXPECT_TRUE(lies_in("/a/b", "/a/b"));
  EXPECT_TRUE(lies_in("/a/b/c", "/a"));
  EXPECT_TRUE(lies_in("/a", "/"));
  EXPECT_TRUE(lies_in("a/b", "a"));
  EXPECT_FALSE(lies_in("/ab", "/a"));
  EXPECT_FALSE(lies_in("/a", "/a/b"));
}

TEST(FileTypes, HaveNamesForPeople) {
  EXPECT_EQ(name_of(FileType::file), "file");
  EXPECT_EQ(name_of(FileType::folder), "folder");
  EXPECT_EQ(name_of(FileType::link), "link");
  EXPECT_EQ(name_of(FileType::fifo), "FIFO");
  EXPECT_EQ(name_of(FileType::socket), "socket");
  EXPECT_EQ(name_of(FileType::device), "device");
}

TEST(Exists, TellsAbsenceFromFailure) {
  MemoryFs fs;
  fs.seed_link("dangling", "nowhere");
  EXPECT_TRUE(*exists(fs, "dangling"));
  EXPECT_FALSE(*exists(fs, "nothing"));
  fs.cut_power_at(1);
  EXPECT_CODE(fs.sync_folder("."), Code::io);
  EXPECT_CODE(exists(fs, "nothing"), Code::io);
}

TEST(ReadFile, StopsAtTheLimit) {
  MemoryFs fs;
  fs.seed("a", as_view("12345"));
  EXPECT_EQ(read_file(fs, "a", 5)->size(), 5u);
  EXPECT_CODE(read_file(fs, "a", 4), Code::limit);
  fs.seed("empty", {});
  EXPECT_EQ(read_file(fs, "empty", 0)->size(), 0u);
  EXPECT_CODE(read_file(fs, "nothing", 5), Code::not_found);
}

TEST(ReadFile, IsNotFooledByAFileThatChangesMeanwhile) {
  MemoryFs fs;
  fs.seed("a", as_view("12345"));
  fs.on_read("a", [&](std::uint64_t) -> Result<void> {
    fs.seed("a", Bytes(100, 'x'));
    return {};
  });
  EXPECT_EQ(read_file(fs, "a", 100)->size(), 100u);
  fs.seed("a", as_view("12345"));
  EXPECT_CODE(read_file(fs, "a", 99), Code::limit) << "it grew over the limit after it was measured";

  fs.on_read("a", [&](std::uint64_t) -> Result<void> {
    fs.seed("a", as_view("12"));
    return {};
  });
  EXPECT_EQ(text_of(fs, "a"), "12");
  fs.on_read("a", [](std::uint64_t) -> Result<void> { return Error(Code::io, "bad sector"); });
  EXPECT_CODE(read_file(fs, "a", 100), Code::io);
}

TEST(WriteNew, SurvivesOnceTheFolderIsSynced) {
  MemoryFs fs;
  ASSERT_TRUE(write_new(fs, "a", as_view("new")));
  EXPECT_CODE(write_new(fs, "a", as_view("other")), Code::conflict);
  ASSERT_TRUE(fs.sync_folder("."));
  fs.reboot(Unsynced::lost);
  EXPECT_EQ(text_of(fs, "a"), "new");
}

/// Cuts the power at every operation of `act` in turn and boots in every way; `check` gets each disk and whether
/// `act` had reported success. Gives the count of disks that were looked at.
template <typename Act, typename Check>
int for_every_power_cut(const MemoryFs& before, const Act& act, const Check& check) {
  int looked_at = 0;
  bool finished = false;
  for (std::uint64_t cut = 1; !finished; ++cut) {
    MemoryFs fs = before;
    fs.cut_power_at(before.operations() + cut);
    finished = act(fs).has_value();
    for (const Unsynced unsynced : kEveryUnsynced) {
      SCOPED_TRACE("cut at operation " + std::to_string(cut) + ", reboot " +
                   std::to_string(static_cast<int>(unsynced)));
      MemoryFs disk = fs;
      disk.reboot(unsynced);
      check(disk, finished);
      ++looked_at;
    }
  }
  return looked_at;
}

TEST(ReplaceDurably, LeavesTheOldOrTheNewBytesAtEveryPowerCut) {
  for (const char* path : {"folder/checkpoint", "checkpoint", "/folder/checkpoint"}) {
    MemoryFs before;
    before.seed(path, as_view("old bytes"));
    const auto act = [&](MemoryFs& fs) { return replace_durably(fs, path, as_view("new bytes")); };
    const int disks = for_every_power_cut(before, act, [&](MemoryFs& fs, bool finished) {
      const std::string found = text_of(fs, path);
      EXPECT_TRUE(found == "new bytes" || (found == "old bytes" && !finished)) << "found " << found;
      EXPECT_TRUE(act(fs)) << "whatever the cut left, the next run gets through";
      EXPECT_EQ(text_of(fs, path), "new bytes");
    });
    EXPECT_GE(disks, 30);
  }
}

TEST(ReplaceDurably, MakesAFileThatIsNotThereYet) {
  const auto act = [](MemoryFs& fs) { return replace_durably(fs, "a", as_view("new")); };
  for_every_power_cut(MemoryFs(), act, [](MemoryFs& fs, bool finished) {
    const bool present = *exists(fs, "a");
    EXPECT_TRUE(present || !finished) << "reported success, then forgot";
    EXPECT_TRUE(!present || text_of(fs, "a") == "new");
  });
}

TEST(ReplaceDurably, KeepsTheOldBytesWhenAnythingFails) {
  MemoryFs before;
  before.seed("a", as_view("old"));
  for (std::uint64_t n = 1; n <= 5; ++n) {
    MemoryFs fs = before;
    fs.fail_at(n, Code::io, "told to fail");
    EXPECT_CODE(replace_durably(fs, "a", as_view("new")), Code::io) << n;
    EXPECT_EQ(text_of(fs, "a"), "old") << "failed at operation " << n;
    EXPECT_TRUE(replace_durably(fs, "a", as_view("new"))) << "the next run gets through";
  }
  MemoryFs full = before;
  full.limit_bytes(4);
  EXPECT_CODE(replace_durably(full, "a", as_view("new")), Code::io);
  EXPECT_EQ(text_of(full, "a"), "old");
}

TEST(CreateDurably, IsThereWholeOrNotAtAll) {
  const auto act = [](MemoryFs& fs) { return create_durably(fs, "a", as_view("new")); };
  for_every_power_cut(MemoryFs(), act, [&](MemoryFs& fs, bool finished) {
    const bool present = *exists(fs, "a");
    EXPECT_TRUE(present || !finished) << "reported success, then forgot";
    EXPECT_TRUE(!present || text_of(fs, "a") == "new");
    if (!present) {
      EXPECT_TRUE(act(fs)) << "whatever the cut left, the next run gets through";
    }
  });
}

TEST(CreateDurably, NeverReplacesAndLeavesNothingBeside) {
  MemoryFs fs;
  fs.seed("a", as_view("old"));
  EXPECT_CODE(create_durably(fs, "a", as_view("new")), Code::conflict);
  EXPECT_EQ(text_of(fs, "a"), "old");
  fs.limit_bytes(4);
  EXPECT_CODE(create_durably(fs, "b", as_view("new")), Code::io);
  EXPECT_EQ(fs.files().size(), 1u) << "a full disk gets its space back";
}

TEST(MakeFolders, SurviveEveryPowerCutOnceReported) {
  MemoryFs before;
  before.seed_folder("a");
  const auto act = [](MemoryFs& fs) { return make_folders(fs, "a/b/c"); };
  for_every_power_cut(before, act, [&](MemoryFs& fs, bool finished) {
    EXPECT_TRUE(*exists(fs, "a/b/c") || !finished) << "reported success, then forgot";
    EXPECT_TRUE(act(fs));
    fs.reboot(Unsynced::lost);
    EXPECT_TRUE(*exists(fs, "a/b/c")) << "a second run makes durable what the first one left";
  });
}

TEST(MakeFolders, ASecondRunSyncsTheNamesOfOneThatFailed) {
  for (std::uint64_t n = 1; n <= 5; ++n) {
    MemoryFs fs;
    fs.seed_folder("a");
    fs.fail_at(n, Code::io, "told to fail");
    EXPECT_CODE(make_folders(fs, "a/b/c"), Code::io) << n;
    ASSERT_TRUE(make_folders(fs, "a/b/c"));
    fs.reboot(Unsynced::lost);
    EXPECT_TRUE(*exists(fs, "a/b/c")) << "failed at operation " << n;
  }
}

TEST(MakeFolders, LeavesPresentOnesAlone) {
  MemoryFs fs;
  fs.seed("a/b/file", as_view("kept"));
  EXPECT_TRUE(make_folders(fs, "a/b"));
  EXPECT_TRUE(make_folders(fs, "."));
  EXPECT_TRUE(make_folders(fs, "/"));
  EXPECT_EQ(text_of(fs, "a/b/file"), "kept");
  EXPECT_CODE(make_folders(fs, "a/b/file/c"), Code::not_found);
}

TEST(RemoveTree, RemovesLinksAndNeverFollowsThem) {
  MemoryFs fs;
  fs.seed("outside/precious", as_view("kept"));
  fs.seed("tree/a/b/file", as_view("gone"));
  fs.seed_link("tree/a/link", "../../outside");
  fs.seed_link("tree/loop", ".");
  fs.seed_special("tree/fifo", FileType::fifo);
  ASSERT_TRUE(remove_tree(fs, "tree"));
  EXPECT_FALSE(*exists(fs, "tree"));
  EXPECT_EQ(text_of(fs, "outside/precious"), "kept");

  fs.seed_link("link", "outside");
  ASSERT_TRUE(remove_tree(fs, "link"));
  EXPECT_EQ(text_of(fs, "outside/precious"), "kept");
  EXPECT_CODE(remove_tree(fs, "nothing"), Code::not_found);
}

TEST(RemoveTree, IsNotStoppedByDepth) {
  MemoryFs fs;
  std::string path = "tree";
  for (int depth = 0; depth < 300; ++depth) path += "/d";
  fs.seed(path + "/file", as_view("deep"));
  ASSERT_TRUE(remove_tree(fs, "tree"));
  EXPECT_TRUE(fs.files().empty());
}

}  // namespace
}  // namespace muniment
