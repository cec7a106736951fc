#include "serve/served_folder.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/posix_fs.h"
#include "testing/expect_code.h"
#include "testing/temporary_folder.h"

namespace muniment {
namespace {

class ServedFolderTest : public ::testing::TestWithParam<Lookup> {
 protected:
  void put(const std::string& name, const std::string& text) const {
    const std::string path = join(folder.path(), name);
    ASSERT_TRUE(make_folders(posix_fs(), parent_of(path)));
    ASSERT_TRUE(replace_durably(posix_fs(), path, as_view(text)));
  }
  FileVersion version(const char* name) const {
    const auto file = served.file(ObjectName(name));
    return file ? file->version() : FileVersion{};
  }

  TemporaryFolder folder;
  ServedFolder served = *ServedFolder::open(folder.path(), GetParam());
};

TEST_P(ServedFolderTest, OpensFilesByTheirNames) {
  put("a/b/c", "12345");
  auto file = served.file(ObjectName("a/b/c"));
  ASSERT_TRUE(file);
  EXPECT_EQ(file->size(), 5u);
  const int descriptor = file->release();
  char byte = 0;
  EXPECT_EQ(::pread(descriptor, &byte, 1, 4), 1);
  EXPECT_EQ(byte, '5');
  ::close(descriptor);
}

TEST_P(ServedFolderTest, GivesNothingThatIsNoFileInsideIt) {
  TemporaryFolder outside;
  ASSERT_TRUE(write_new(posix_fs(), join(outside.path(), "secret"), as_view("s")));
  put("a/file", "1");
  ASSERT_EQ(::symlink(outside.path().c_str(), join(folder.path(), "way-out").c_str()), 0);
  ASSERT_EQ(::symlink(join(outside.path(), "secret").c_str(), join(folder.path(), "link").c_str()), 0);
  ASSERT_EQ(::symlink("file", join(folder.path(), "a/link").c_str()), 0);
  ASSERT_EQ(::symlink("a", join(folder.path(), "within").c_str()), 0);
  ASSERT_EQ(::mkfifo(join(folder.path(), "fifo").c_str(), 0600), 0);
  for (const char* name :
       {"nothing", "nothing/below", "a", "a/file/below", "way-out/secret", "within/file", "link", "a/link", "fifo"})
    EXPECT_CODE(served.file(ObjectName(name)), Code::not_found) << name;
}

TEST_P(ServedFolderTest, TellsWhenAnotherFileIsAtTheName) {
  put("checkpoint", "one");
  const FileVersion before = version("checkpoint");
  EXPECT_EQ(version("checkpoint"), before);
  put("checkpoint", "two");
  EXPECT_NE(version("checkpoint"), before);
}

TEST_P(ServedFolderTest, LeavesNoTraceOfWhatWasReadWhen) {
  put("a/file", "12345");
  const std::string path = join(folder.path(), "a/file");
  const timespec long_ago[2] = {{1000, 0}, {2000, 0}};  // last read before it was last written: Linux would note more
  ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), long_ago, 0), 0);
  auto file = served.file(ObjectName("a/file"));
  ASSERT_TRUE(file);
  const int descriptor = file->release();
  char byte = 0;
  EXPECT_EQ(::pread(descriptor, &byte, 1, 0), 1);
  ::close(descriptor);
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_atim.tv_sec, 1000);
}

TEST_P(ServedFolderTest, IsAFolderThatIsThere) {
  put("file", "1");
  EXPECT_CODE(ServedFolder::open(join(folder.path(), "nothing")), Code::not_found);
  EXPECT_CODE(ServedFolder::open(join(folder.path(), "file")), Code::io);
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(AtOnce, ServedFolderTest, ::testing::Values(Lookup::at_once));
INSTANTIATE_TEST_SUITE_P(InSteps, ServedFolderTest, ::testing::Values(Lookup::in_steps));

}  // namespace muniment
