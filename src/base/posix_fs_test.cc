// What only the real file system can show; what every Fs promises is in testing/fs_contract.h.
#include "base/posix_fs.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "base/piece.h"
#include "testing/expect_code.h"
#include "testing/temporary_folder.h"

namespace muniment {
namespace {

class PosixFs : public ::testing::Test {
 protected:
  std::string at(std::string_view name) const { return join(folder.path(), name); }

  TemporaryFolder folder;
  Fs& fs = posix_fs();
};

TEST_F(PosixFs, AFullDiskIsAnErrorOfWriting) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{1000, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto written = write_new(fs, at("large"), Bytes(2000));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, SIG_DFL);
  EXPECT_CODE(written, Code::io);
  EXPECT_EQ(written.error().sentence(), "cannot write " + at("large") + ": File too large");
}

/// Whole pages in whole pages of memory go past the page cache, what is not does not, and one file may have both.
TEST_F(PosixFs, LargePiecesOfEveryKindAreWrittenInOrder) {
  Piece piece;
  Bytes pattern(Piece::kBytes);
  for (std::size_t i = 0; i < pattern.size(); ++i) pattern[i] = static_cast<std::uint8_t>(i * 7 + i / 4096);
  piece.fill(pattern);
  const std::array<ByteView, 6> written = {
      piece.view(),           piece.view(), as_view("an odd end"), piece.view(), piece.view().first(4096),
      piece.view().subspan(1)};
  Bytes expected;
  // On a disk, and where it is not possible.
  const std::array<std::string, 2> paths = {at("large"), "/dev/shm/large-pieces-" + std::to_string(::getpid())};
  for (const std::string& path : paths) {
    expected.clear();
    {
      auto file = fs.create(path);
      ASSERT_TRUE(file) << file.error().sentence();
      for (const ByteView bytes : written) {
        append(expected, bytes);
        ASSERT_TRUE((*file)->write(bytes));
      }
      ASSERT_TRUE((*file)->sync());
    }
    const auto read = read_file(fs, path, expected.size());
    ASSERT_TRUE(fs.remove(path));
    ASSERT_TRUE(read);
    EXPECT_TRUE(*read == expected) << path;
  }
}

TEST_F(PosixFs, SaysDenied) {
  // The kernel's own file system takes no folders, not from root either.
  EXPECT_CODE(fs.make_folder("/sys/muniment-test"), Code::denied);
}

TEST_F(PosixFs, DoesNotHangOnAFifoOrReadASocket) {
  ASSERT_EQ(::mkfifo(at("fifo").c_str(), 0600), 0);
  EXPECT_CODE(fs.open(at("fifo")), Code::io);

  ASSERT_EQ(::mknod(at("socket").c_str(), S_IFSOCK | 0600, 0), 0);
  EXPECT_EQ(fs.info(at("socket"))->type, FileType::socket);
  EXPECT_CODE(fs.open(at("socket")), Code::io);

  EXPECT_EQ(fs.info("/dev/null")->type, FileType::device);
  EXPECT_CODE(fs.open("/dev/null"), Code::io);
}

TEST_F(PosixFs, LooksAtAnOpenFileAnewAfterTheFirstTime) {
  ASSERT_TRUE(write_new(fs, at("file"), as_view("before")));
  const auto file = fs.open(at("file"));
  ASSERT_TRUE(file);
  ASSERT_EQ(::truncate(at("file").c_str(), 1000), 0);
  EXPECT_EQ((*file)->info()->size_bytes, 6u) << "what it was when it was opened";
  EXPECT_EQ((*file)->info()->size_bytes, 1000u);
  ASSERT_EQ(::truncate(at("file").c_str(), 10), 0);
  EXPECT_EQ((*file)->info()->size_bytes, 10u);
}

TEST_F(PosixFs, ErrorsShowHostileNamesHarmlessly) {
  const auto opened = fs.open(at("\x1b[2J"));
  EXPECT_CODE(opened, Code::not_found);
  EXPECT_EQ(opened.error().sentence().find('\x1b'), std::string::npos) << opened.error().sentence();
}

TEST_F(PosixFs, InfoGivesModeOwnerAndGroup) {
  ASSERT_TRUE(write_new(fs, at("file"), {}));
  ASSERT_EQ(::chmod(at("file").c_str(), 04751), 0);
  const auto info = fs.info(at("file"));
  EXPECT_EQ(info->mode, 04751u);
  EXPECT_EQ(info->owner, ::geteuid());
  struct stat found{};
  ASSERT_EQ(::stat(at("file").c_str(), &found), 0);
  EXPECT_EQ(info->group, found.st_gid);
}

TEST_F(PosixFs, ADanglingLinkIsNotWrittenThrough) {
  ASSERT_EQ(::symlink(at("target").c_str(), at("link").c_str()), 0);
  EXPECT_CODE(fs.create(at("link")), Code::conflict);
  EXPECT_CODE(fs.lock(at("link")), Code::io);
  EXPECT_FALSE(*exists(fs, at("target")));
}

TEST_F(PosixFs, RemoveTreeStaysInside) {
  ASSERT_TRUE(make_folders(fs, at("outside")));
  ASSERT_TRUE(write_new(fs, at("outside/precious"), as_view("kept")));
  ASSERT_TRUE(make_folders(fs, at("tree/a/b")));
  ASSERT_EQ(::symlink(at("outside").c_str(), at("tree/a/link").c_str()), 0);
  ASSERT_TRUE(remove_tree(fs, at("tree")));
  EXPECT_FALSE(*exists(fs, at("tree")));
  EXPECT_EQ(read_file(fs, at("outside/precious"), 10)->size(), 4u);
}

TEST_F(PosixFs, ReplaceDurablyReplaces) {
  ASSERT_TRUE(replace_durably(fs, at("checkpoint"), as_view("one")));
  ASSERT_TRUE(write_new(fs, at("checkpoint.new"), as_view("left by a cut")));
  ASSERT_TRUE(replace_durably(fs, at("checkpoint"), as_view("two")));
  EXPECT_EQ(as_text(*read_file(fs, at("checkpoint"), 10)), "two");
  EXPECT_EQ(*fs.list(folder.path()), std::vector<std::string>{"checkpoint"});
}

TEST_F(PosixFs, KnowsMemoryFromDisk) {
  ASSERT_EQ(::symlink("/dev/shm", at("link").c_str()), 0);
  EXPECT_TRUE(fs.file_system("/dev/shm")->in_memory);
  EXPECT_TRUE(fs.file_system(at("link"))->in_memory) << "writing would go there";
  EXPECT_FALSE(fs.file_system(MUNIMENT_SOURCE_FOLDER)->in_memory);
  EXPECT_FALSE(fs.file_system("/proc")->in_memory);
  EXPECT_NE(fs.file_system("/dev/shm")->number, fs.file_system(MUNIMENT_SOURCE_FOLDER)->number);
}

TEST_F(PosixFs, ACopyHasAnIdentityOfItsOwn) {
  ASSERT_TRUE(write_new(fs, at("a"), as_view("same")));
  ASSERT_TRUE(write_new(fs, at("b"), as_view("same")));
  EXPECT_NE(*fs.identity(at("a")), *fs.identity(at("b")));
}

}  // namespace
}  // namespace muniment
