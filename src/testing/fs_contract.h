// What every Fs promises, as tests: instantiated for posix_fs() and for MemoryFs, so that the double answers like the
// disk. Only included by test files. Names of errors are checked, not only that there is one.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/fs.h"
#include "testing/expect_code.h"

namespace muniment {

/// A file system with a folder of its own to play in, and the makers of what Fs itself cannot make.
class FsSubject {
 public:
  virtual ~FsSubject() = default;
  virtual Fs& fs() = 0;
  /// A present, empty folder.
  virtual std::string folder() = 0;
  virtual void make_link(const std::string& path, const std::string& target) = 0;
  virtual void make_fifo(const std::string& path) = 0;
};

class FsContract : public ::testing::TestWithParam<std::unique_ptr<FsSubject> (*)()> {
 protected:
  std::string at(std::string_view name) const { return join(subject->folder(), name); }

  void put(std::string_view name, std::string_view text) const {
    const auto written = write_new(fs, at(name), as_view(text));
    ASSERT_TRUE(written) << written.error().sentence();
  }

  std::string read(std::string_view name) const {
    const auto bytes = read_file(fs, at(name), 1000);
    return bytes ? std::string(as_text(*bytes)) : "error: " + bytes.error().sentence();
  }

  std::unique_ptr<FsSubject> subject = GetParam()();
  Fs& fs = subject->fs();
};

TEST_P(FsContract, ReadsWhatWasWritten) {
  auto file = fs.create(at("a"));
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->write(as_view("one ")));
  ASSERT_TRUE((*file)->write({}));
  ASSERT_TRUE((*file)->write(as_view("two")));
  ASSERT_TRUE((*file)->sync());
  EXPECT_EQ(read("a"), "one two");
  EXPECT_EQ(read("./a"), "one two");
  EXPECT_EQ(read("/a"), "one two") << "two slashes are one";
}

TEST_P(FsContract, ReadsInPiecesUntilTheEnd) {
  put("a", "12345");
  const auto file = fs.open(at("a"));
  ASSERT_TRUE(file);
  Bytes buffer(3);
  EXPECT_EQ(*(*file)->read(buffer), 3u);
  EXPECT_EQ(as_text(buffer), "123");
  EXPECT_EQ(*(*file)->read(buffer), 2u);
  EXPECT_EQ(as_text(ByteView(buffer).first(2)), "45");
  EXPECT_EQ(*(*file)->read(buffer), 0u);
  EXPECT_EQ((*file)->info()->size_bytes, 5u);
}

TEST_P(FsContract, OpensRegularFilesOnly) {
  put("file", "");
  ASSERT_TRUE(fs.make_folder(at("folder")));
  subject->make_link(at("link"), "file");
  subject->make_fifo(at("fifo"));
  EXPECT_CODE(fs.open(at("nothing")), Code::not_found);
  EXPECT_CODE(fs.open(at("file/below")), Code::not_found);
  EXPECT_CODE(fs.open(at("folder")), Code::io);
  EXPECT_CODE(fs.open(at("link")), Code::io);
  EXPECT_CODE(fs.open(at("fifo")), Code::io);
  EXPECT_CODE(fs.open(""), Code::not_found);
}

TEST_P(FsContract, AnOpenFileOutlivesItsName) {
  put("a", "still here");
  const auto file = fs.open(at("a"));
  ASSERT_TRUE(file);
  ASSERT_TRUE(fs.remove(at("a")));
  Bytes buffer(10);
  EXPECT_EQ(*(*file)->read(buffer), 10u);
  EXPECT_EQ(as_text(buffer), "still here");
}

TEST_P(FsContract, CreatesNothingOverAnything) {
  put("file", "old");
  ASSERT_TRUE(fs.make_folder(at("folder")));
  subject->make_link(at("dangling"), "nowhere");
  for (const char* taken : {"file", "folder", "dangling"}) {
    EXPECT_CODE(fs.create(at(taken)), Code::conflict);
    EXPECT_CODE(fs.make_folder(at(taken)), Code::conflict);
  }
  EXPECT_EQ(read("file"), "old");
  EXPECT_CODE(fs.create(at("missing/file")), Code::not_found);
  EXPECT_CODE(fs.make_folder(at("missing/folder")), Code::not_found);
  EXPECT_CODE(fs.create(at("file/below")), Code::not_found);
  EXPECT_CODE(fs.create(at(std::string(256, 'n'))), Code::io);
  EXPECT_TRUE(fs.create(at(std::string(255, 'n'))));
}

TEST_P(FsContract, RenameReplacesAFileInOneStep) {
  put("new", "new");
  put("old", "old");
  ASSERT_TRUE(fs.rename(at("new"), at("old")));
  EXPECT_EQ(read("old"), "new");
  EXPECT_EQ(*fs.list(subject->folder()), std::vector<std::string>{"old"});
  EXPECT_TRUE(fs.rename(at("old"), at("old"))) << "a name may be moved onto itself";
  EXPECT_EQ(read("old"), "new");
}

TEST_P(FsContract, RenameMovesAFolderWithAllBelow) {
  ASSERT_TRUE(make_folders(fs, at("a/b")));
  put("a/b/file", "deep");
  ASSERT_TRUE(fs.make_folder(at("c")));
  ASSERT_TRUE(fs.rename(at("a/b"), at("c/moved")));
  EXPECT_EQ(read("c/moved/file"), "deep");
  EXPECT_EQ(fs.list(at("a"))->size(), 0u);
}

TEST_P(FsContract, RenameRefusesWhatWouldLoseThings) {
  put("file", "f");
  ASSERT_TRUE(fs.make_folder(at("folder")));
  put("folder/inside", "i");
  ASSERT_TRUE(fs.make_folder(at("empty")));
  ASSERT_TRUE(fs.make_folder(at("other")));
  EXPECT_CODE(fs.rename(at("nothing"), at("file")), Code::not_found);
  EXPECT_CODE(fs.rename(at("file"), at("missing/file")), Code::not_found);
  EXPECT_CODE(fs.rename(at("file"), at("empty")), Code::io);
  EXPECT_CODE(fs.rename(at("empty"), at("file")), Code::not_found);
  EXPECT_CODE(fs.rename(at("empty"), at("folder")), Code::conflict);
  EXPECT_CODE(fs.rename(at("folder"), at("folder/itself")), Code::io);
  EXPECT_TRUE(fs.rename(at("other"), at("empty"))) << "an empty folder may be replaced by a folder";
  EXPECT_EQ(read("folder/inside"), "i");
}

TEST_P(FsContract, RenameNewNeverReplaces) {
  put("a", "a");
  put("b", "b");
  ASSERT_TRUE(fs.make_folder(at("folder")));
  ASSERT_TRUE(fs.make_folder(at("empty")));
  EXPECT_CODE(fs.rename_new(at("a"), at("b")), Code::conflict);
  EXPECT_CODE(fs.rename_new(at("folder"), at("empty")), Code::conflict);
  EXPECT_CODE(fs.rename_new(at("nothing"), at("c")), Code::not_found);
  EXPECT_CODE(fs.rename_new(at("nothing"), at("b")), Code::not_found);
  ASSERT_TRUE(fs.rename_new(at("a"), at("c")));
  EXPECT_EQ(read("c"), "a");
  EXPECT_EQ(read("b"), "b");
}

TEST_P(FsContract, RemovesFilesLinksAndEmptyFolders) {
  put("file", "f");
  ASSERT_TRUE(fs.make_folder(at("empty")));
  ASSERT_TRUE(fs.make_folder(at("full")));
  put("full/inside", "i");
  subject->make_link(at("link"), "full");
  EXPECT_CODE(fs.remove(at("full")), Code::conflict);
  EXPECT_CODE(fs.remove(at("nothing")), Code::not_found);
  for (const char* name : {"file", "empty", "link"}) EXPECT_TRUE(fs.remove(at(name))) << name;
  EXPECT_EQ(*fs.list(subject->folder()), std::vector<std::string>{"full"});
  EXPECT_EQ(read("full/inside"), "i");
}

TEST_P(FsContract, ListsNamesSortedByBytes) {
  for (const char* name : {"b", "a", "B", "\xc3\xa9", ".hidden"}) put(name, "");
  const std::vector<std::string> sorted{".hidden", "B", "a", "b", "\xc3\xa9"};
  EXPECT_EQ(*fs.list(subject->folder()), sorted);
  EXPECT_CODE(fs.list(at("nothing")), Code::not_found);
  EXPECT_CODE(fs.list(at("a")), Code::not_found);
}

TEST_P(FsContract, InfoSaysWhatANameIsWithoutFollowingLinks) {
  put("file", "12345");
  ASSERT_TRUE(fs.make_folder(at("folder")));
  subject->make_link(at("link"), "file");
  subject->make_fifo(at("fifo"));
  EXPECT_EQ(fs.info(at("file"))->type, FileType::file);
  EXPECT_EQ(fs.info(at("file"))->size_bytes, 5u);
  EXPECT_EQ(fs.info(at("file"))->mode, 0644u);
  EXPECT_EQ(fs.info(at("folder"))->type, FileType::folder);
  EXPECT_EQ(fs.info(at("folder"))->mode, 0755u);
  EXPECT_EQ(fs.info(at("link"))->type, FileType::link);
  EXPECT_EQ(fs.info(at("fifo"))->type, FileType::fifo);
  EXPECT_CODE(fs.info(at("nothing")), Code::not_found);
  EXPECT_TRUE(fs.info("/"));
  EXPECT_TRUE(fs.info("."));
}

TEST_P(FsContract, LinksOnTheWayAreFollowed) {
  ASSERT_TRUE(fs.make_folder(at("folder")));
  put("folder/file", "found");
  put("outside", "up");
  subject->make_link(at("link"), "folder");
  subject->make_link(at("loop"), "loop");
  EXPECT_EQ(read("link/file"), "found");
  EXPECT_EQ(read("link/../outside"), "up");
  EXPECT_EQ(*fs.list(at("link")), std::vector<std::string>{"file"});
  EXPECT_CODE(fs.open(at("loop/file")), Code::io);
}

TEST_P(FsContract, AnAbsoluteLinkStartsAtTheRoot) {
  subject->make_link(at("root"), "/");
  EXPECT_EQ(*fs.list(at("root")), *fs.list("/"));
}

TEST_P(FsContract, ReadLinkGivesTheTargetAsItIs) {
  subject->make_link(at("link"), "../nowhere//at all");
  put("file", "");
  EXPECT_EQ(*fs.read_link(at("link")), "../nowhere//at all");
  EXPECT_CODE(fs.read_link(at("file")), Code::io);
  EXPECT_CODE(fs.read_link(at("nothing")), Code::not_found);
}

TEST_P(FsContract, SyncFolderWantsAFolder) {
  put("file", "");
  EXPECT_TRUE(fs.sync_folder(subject->folder()));
  EXPECT_CODE(fs.sync_folder(at("file")), Code::not_found);
  EXPECT_CODE(fs.sync_folder(at("nothing")), Code::not_found);
}

TEST_P(FsContract, SyncFileSystemWantsAFolder) {
  put("file", "");
  EXPECT_TRUE(fs.sync_file_system(subject->folder()));
  EXPECT_CODE(fs.sync_file_system(at("file")), Code::not_found);
  EXPECT_CODE(fs.sync_file_system(at("nothing")), Code::not_found);
}

TEST_P(FsContract, ALockIsHeldByOneUntilItIsGone) {
  {
    const auto held = fs.lock(at("lock"));
    ASSERT_TRUE(held);
    EXPECT_CODE(fs.lock(at("lock")), Code::conflict);
    EXPECT_TRUE(fs.lock(at("another")));
  }
  EXPECT_TRUE(fs.lock(at("lock")));
  put("file", "kept");
  EXPECT_TRUE(fs.lock(at("file")));
  EXPECT_EQ(read("file"), "kept") << "a present file may serve as a lock";
  EXPECT_CODE(fs.lock(subject->folder()), Code::io);
  EXPECT_CODE(fs.lock(at("missing/lock")), Code::not_found);
}

TEST_P(FsContract, IdentityFollowsAFolderAndIsNotCopied) {
  ASSERT_TRUE(fs.make_folder(at("a")));
  ASSERT_TRUE(fs.make_folder(at("copy")));
  const std::string before = *fs.identity(at("a"));
  EXPECT_EQ(*fs.identity(at("a")), before);
  EXPECT_NE(*fs.identity(at("copy")), before);
  ASSERT_TRUE(fs.rename(at("a"), at("b")));
  EXPECT_EQ(*fs.identity(at("b")), before);
  EXPECT_CODE(fs.identity(at("a")), Code::not_found);
}

TEST_P(FsContract, WhatIsBelowAFolderLiesInItsFileSystem) {
  put("file", "");
  ASSERT_TRUE(fs.make_folder(at("folder")));
  subject->make_link(at("link"), "folder");
  subject->make_link(at("dangling"), "nowhere");
  const auto here = fs.file_system(subject->folder());
  ASSERT_TRUE(here);
  for (const char* name : {"file", "folder", "link", "folder/.."}) {
    const auto system = fs.file_system(at(name));
    ASSERT_TRUE(system) << name;
    EXPECT_EQ(system->number, here->number) << name;
    EXPECT_EQ(system->in_memory, here->in_memory) << name;
  }
  for (const char* name : {"nothing", "dangling", "nothing/..", "file/below"})
    EXPECT_CODE(fs.file_system(at(name)), Code::not_found);
}

TEST_P(FsContract, AnInodeGoesWithTheFileAndNotWithTheName) {
  put("a", "1");
  put("b", "1");
  const std::uint64_t a = fs.info(at("a"))->inode;
  EXPECT_NE(fs.info(at("b"))->inode, a);
  EXPECT_EQ((*fs.open(at("a")))->info()->inode, a);
  ASSERT_TRUE(fs.rename(at("a"), at("b")));
  EXPECT_EQ(fs.info(at("b"))->inode, a);
}

TEST_P(FsContract, ATimeThatIsPutBackIsSeenByTheTimeOfTheChange) {
  put("a", "1");
  const FileInfo before = *fs.info(at("a"));
  EXPECT_EQ((*fs.open(at("a")))->info()->changed_ns, before.changed_ns);
  FileInfo after = before;
  // The system's clock of files may stand still for some milliseconds.
  for (int i = 0; i < 1'000'000 && after.changed_ns == before.changed_ns; ++i) {
    ASSERT_TRUE(fs.set_modified(at("a"), before.modified_ns));
    after = *fs.info(at("a"));
  }
  EXPECT_EQ(after.modified_ns, before.modified_ns);
  EXPECT_GT(after.changed_ns, before.changed_ns);
}

TEST_P(FsContract, SetModifiedIsSeenByInfo) {
  put("file", "");
  for (const std::int64_t time_ns : {1'700'000'000'123'456'789, std::int64_t{0}, std::int64_t{-1}}) {
    ASSERT_TRUE(fs.set_modified(at("file"), time_ns));
    EXPECT_EQ(fs.info(at("file"))->modified_ns, time_ns);
  }
  EXPECT_CODE(fs.set_modified(at("nothing"), 0), Code::not_found);
}

}  // namespace muniment
