#include "testing/memory_fs.h"

#include <gtest/gtest.h>

namespace muniment {
namespace {

using Files = std::map<std::string, Bytes>;

Bytes bytes_of(std::string_view text) {
  const ByteView view = as_view(text);
  return {view.begin(), view.end()};
}

/// A file that was written and not synced, in a folder that was not synced either; beside it an old file.
MemoryFs with_unsynced_file() {
  MemoryFs fs;
  fs.seed("old", as_view("old"));
  const auto file = fs.create("new");
  EXPECT_TRUE(file);
  EXPECT_TRUE((*file)->write(as_view("12345678")));
  return fs;
}

Files after(MemoryFs fs, Unsynced unsynced) {
  fs.reboot(unsynced);
  return fs.files();
}

TEST(MemoryFs, ARebootForgetsWhatWasNotSynced) {
  const MemoryFs fs = with_unsynced_file();
  const Bytes old = bytes_of("old");
  EXPECT_EQ(after(fs, Unsynced::lost), (Files{{"old", old}}));
  EXPECT_EQ(after(fs, Unsynced::last_name), (Files{{"old", old}, {"new", {}}}));
  EXPECT_EQ(after(fs, Unsynced::names_kept), (Files{{"old", old}, {"new", {}}}));
  EXPECT_EQ(after(fs, Unsynced::torn), (Files{{"old", old}, {"new", bytes_of("1234")}}));
  EXPECT_EQ(after(fs, Unsynced::kept), (Files{{"old", old}, {"new", bytes_of("12345678")}}));
}

TEST(MemoryFs, SyncMakesContentsDurableAndSyncFolderTheirName) {
  MemoryFs fs;
  ASSERT_TRUE(write_new(fs, "a", as_view("a")));
  EXPECT_EQ(after(fs, Unsynced::lost), Files{});
  EXPECT_EQ(after(fs, Unsynced::names_kept), (Files{{"a", bytes_of("a")}}));
  ASSERT_TRUE(fs.sync_folder("."));
  EXPECT_EQ(after(fs, Unsynced::lost), (Files{{"a", bytes_of("a")}}));
}

TEST(MemoryFs, AnUnsyncedRemovalMayComeUndone) {
  MemoryFs fs;
  fs.seed("a", as_view("a"));
  ASSERT_TRUE(fs.remove("a"));
  EXPECT_EQ(after(fs, Unsynced::lost), (Files{{"a", bytes_of("a")}}));
  EXPECT_EQ(after(fs, Unsynced::kept), Files{});
  ASSERT_TRUE(fs.sync_folder("."));
  EXPECT_EQ(after(fs, Unsynced::lost), Files{});
}

TEST(MemoryFs, AMountIsAnotherFileSystemAsLinksLeadThere) {
  MemoryFs fs;
  fs.seed_folder("/home/me");
  fs.seed_mount("/dev/shm", true);
  fs.seed_folder("/dev/shm/new");
  fs.seed_link("/home/me/ram", "/dev/shm/new");
  fs.seed_link("/dev/shm/disk", "/home");
  EXPECT_TRUE(fs.file_system("/dev/shm/new")->in_memory);
  EXPECT_TRUE(fs.file_system("/home/me/ram")->in_memory);
  EXPECT_FALSE(fs.file_system("/home/me")->in_memory);
  EXPECT_FALSE(fs.file_system("/dev/shm/disk")->in_memory);
  EXPECT_FALSE(fs.file_system("/dev/shm/..")->in_memory);
  EXPECT_EQ(fs.file_system("/home/me/ram")->number, fs.file_system("/dev/shm")->number);
  EXPECT_NE(fs.file_system("/home/me")->number, fs.file_system("/dev/shm")->number);
}

TEST(MemoryFs, ARenameIsNeverHalfDoneByTheNewestName) {
  MemoryFs fs;
  fs.seed("from/a", as_view("a"));
  fs.seed_folder("to");
  ASSERT_TRUE(fs.make_folder("earlier"));
  ASSERT_TRUE(fs.rename("from/a", "to/a"));
  fs.reboot(Unsynced::last_name);
  EXPECT_EQ(fs.files(), (Files{{"to/a", bytes_of("a")}}));
  EXPECT_FALSE(*exists(fs, "earlier")) << "an older change was not the newest";
}

TEST(MemoryFs, AFolderWithoutASyncedNameTakesItsFilesAlong) {
  MemoryFs fs;
  ASSERT_TRUE(fs.make_folder("folder"));
  ASSERT_TRUE(write_new(fs, "folder/a", as_view("a")));
  ASSERT_TRUE(fs.sync_folder("folder"));
  EXPECT_EQ(after(fs, Unsynced::lost), Files{});
  ASSERT_TRUE(fs.sync_folder("."));
  EXPECT_EQ(after(fs, Unsynced::lost), (Files{{"folder/a", bytes_of("a")}}));
}

TEST(MemoryFs, APowerCutStopsThatOperationAndAllAfterIt) {
  MemoryFs fs;
  fs.seed("source", as_view("s"));
  const auto source = fs.open("source");
  ASSERT_TRUE(fs.make_folder("a"));
  EXPECT_EQ(fs.operations(), 1u);
  fs.cut_power_at(3);
  const auto file = fs.create("a/b");
  ASSERT_TRUE(file);
  EXPECT_EQ((*file)->write(as_view("1234")).error().code(), Code::io);
  EXPECT_EQ(fs.operations(), 3u);

  Bytes buffer(1);
  EXPECT_EQ((*source)->read(buffer).error().code(), Code::io);
  EXPECT_EQ((*file)->sync().error().code(), Code::io);
  EXPECT_EQ(fs.info("a").error().code(), Code::io);
  EXPECT_EQ(fs.list("a").error().code(), Code::io);
  EXPECT_EQ(fs.open("source").error().code(), Code::io);
  EXPECT_EQ(fs.remove("a").error().code(), Code::io);
  EXPECT_EQ(fs.lock("lock").error().code(), Code::io);

  fs.reboot(Unsynced::kept);
  EXPECT_EQ(fs.files().at("a/b"), bytes_of("12")) << "a write that is cut has written half";
  EXPECT_EQ((*file)->write(as_view("5")).error().code(), Code::io) << "the process that had it open is gone";
  EXPECT_TRUE(fs.remove("a/b"));
}

TEST(MemoryFs, EveryMutatingOperationCountsOnceAndOthersDoNot) {
  MemoryFs fs;
  fs.seed("seeded", as_view("s"));
  std::uint64_t expected = 0;
  const auto counts_one = [&](bool done) { return done && fs.operations() == ++expected; };
  const auto file = fs.create("a");
  EXPECT_TRUE(counts_one(file.has_value()));
  EXPECT_TRUE(counts_one((*file)->write({}).has_value()));
  EXPECT_TRUE(counts_one((*file)->sync().has_value()));
  EXPECT_TRUE(counts_one(fs.make_folder("folder").has_value()));
  EXPECT_TRUE(counts_one(fs.rename("a", "b").has_value()));
  EXPECT_TRUE(counts_one(fs.rename_new("b", "c").has_value()));
  EXPECT_TRUE(counts_one(fs.sync_folder(".").has_value()));
  EXPECT_TRUE(counts_one(fs.set_modified("c", 1).has_value()));
  EXPECT_TRUE(counts_one(fs.lock("lock").has_value()));
  EXPECT_TRUE(counts_one(fs.remove("c").has_value()));
  EXPECT_TRUE(counts_one(!fs.remove("c").has_value())) << "a failed one, too";
  EXPECT_TRUE(fs.info("seeded") && fs.list(".") && fs.open("seeded") && fs.identity("seeded"));
  EXPECT_EQ(fs.operations(), expected);
}

TEST(MemoryFs, FailAtFailsOneOperationOnly) {
  MemoryFs fs;
  fs.fail_at(2, Code::denied, "cannot write a: told so");
  ASSERT_TRUE(fs.make_folder("a"));
  const auto failed = fs.make_folder("b");
  EXPECT_EQ(failed.error().code(), Code::denied);
  EXPECT_EQ(failed.error().sentence(), "cannot write a: told so");
  EXPECT_FALSE(*exists(fs, "b"));
  EXPECT_TRUE(fs.make_folder("b"));
}

TEST(MemoryFs, AFullDiskTakesWhatFits) {
  MemoryFs fs;
  fs.seed("old", as_view("123"));
  fs.limit_bytes(5);
  const auto file = fs.create("a");
  const auto written = (*file)->write(as_view("abcd"));
  EXPECT_EQ(written.error().code(), Code::io);
  EXPECT_EQ(written.error().sentence(), "cannot write a: No space left on device");
  EXPECT_EQ(fs.files().at("a"), bytes_of("ab"));
  ASSERT_TRUE(fs.remove("old"));
  EXPECT_TRUE((*file)->write(as_view("xyz"))) << "removing made room";
}

TEST(MemoryFs, DecayIsSilent) {
  MemoryFs fs;
  fs.seed("a", as_view("abc"));
  fs.corrupt("a", 1);
  EXPECT_EQ(fs.files().at("a"), bytes_of("acc"));
  fs.truncate("a", 1);
  EXPECT_EQ(after(fs, Unsynced::lost).at("a"), bytes_of("a"));
}

TEST(MemoryFs, AHookSeesEachReadAndMayChangeTheSource) {
  MemoryFs fs;
  fs.seed("a", as_view("1234"));
  std::vector<std::uint64_t> offsets;
  fs.on_read("./a", [&](std::uint64_t offset) -> Result<void> {
    offsets.push_back(offset);
    if (offset == 2) fs.seed("a", as_view("1234567"));
    return {};
  });
  const auto file = fs.open("a");
  Bytes buffer(2);
  std::string seen;
  while (const std::size_t count = *(*file)->read(buffer)) seen += as_text(ByteView(buffer).first(count));
  EXPECT_EQ(seen, "1234567");
  EXPECT_EQ(offsets, (std::vector<std::uint64_t>{0, 2, 4, 6, 7}));

  fs.on_read("a", [&](std::uint64_t) -> Result<void> { return Error(Code::io, "bad sector"); });
  EXPECT_EQ(read_file(fs, "a", 100).error().sentence(), "bad sector");
}

TEST(MemoryFs, ALockDiesWithThePower) {
  MemoryFs fs;
  auto before = fs.lock("lock");
  ASSERT_TRUE(before);
  fs.reboot(Unsynced::kept);
  const auto held = fs.lock("lock");
  ASSERT_TRUE(held);
  before->reset();
  EXPECT_EQ(fs.lock("lock").error().code(), Code::conflict) << "a lock of the time before lets go of nothing";
}

TEST(MemoryFs, SpellingsOfAPathAreOne) {
  MemoryFs fs;
  fs.seed("./a//b/", as_view("b"));
  EXPECT_EQ(fs.files().begin()->first, "a/b");
  fs.seed("//c", as_view("c"));
  EXPECT_EQ(fs.files().begin()->first, "/c");
  EXPECT_TRUE(fs.open("a/../a/./b"));
  EXPECT_FALSE(*exists(fs, "/a")) << "the root is not the working folder";
}

TEST(MemoryFs, IdentitiesOfTwoDisksDiffer) {
  MemoryFs one;
  MemoryFs two;
  one.seed_folder("a");
  two.seed_folder("a");
  EXPECT_NE(*one.identity("a"), *two.identity("a"));
  MemoryFs image = one;
  image.reboot(Unsynced::lost);
  EXPECT_EQ(*image.identity("a"), *one.identity("a"));
}

}  // namespace
}  // namespace muniment
