#include "base/eraser.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "base/fs.h"
#include "base/posix_call.h"
#include "base/posix_fs.h"
#include "testing/expect_code.h"
#include "testing/fixed_random.h"
#include "testing/temporary_folder.h"

namespace muniment {
namespace {

class PosixEraserTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(write_new(posix_fs(), path, Bytes(3'000'000, 7))); }
  Bytes content() { return *read_file(posix_fs(), path, 10'000'000); }

  TemporaryFolder folder;
  const std::string path = join(folder.path(), "original");
  Eraser& eraser = posix_eraser();
  FixedRandom random;
};

TEST_F(PosixEraserTest, LeavesAFileAloneThatAnotherProgramHasOpen) {
  const auto before = *eraser.identify(path);
  const Descriptor reader(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  EXPECT_CODE(eraser.open(path), Code::conflict);
  ASSERT_EQ(::link(path.c_str(), join(folder.path(), "second").c_str()), 0);
  EXPECT_EQ(eraser.identify(path)->links, 2u);
  EXPECT_NE(*eraser.identify(path), before);
}

TEST_F(PosixEraserTest, EmptiesAFileWhoseIdentityIsThatOfItsName) {
  const auto original = eraser.open(path);
  ASSERT_TRUE(original);
  EXPECT_EQ(*(*original)->identity(), *eraser.identify(path));
  Bytes start(10);
  EXPECT_EQ(*(*original)->read(start), 10u);
  EXPECT_EQ(start, Bytes(10, 7));
  ASSERT_TRUE((*original)->overwrite(random));
  EXPECT_EQ(eraser.identify(path)->size_bytes, 0u);
  EXPECT_EQ(eraser.identify(path)->number, (*original)->identity()->number) << "in place";
}

/// Gives zeros and remembers how far; the file is looked at while it is being overwritten.
class Watching final : public Random {
 public:
  explicit Watching(std::string path) : path_(std::move(path)) {}
  void fill(MutableBytes bytes) override {
    std::ranges::fill(bytes, std::uint8_t{9});
    const int fd = ::open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    kept_out = fd < 0;
    if (fd >= 0) ::close(fd);
    struct stat found{};
    ::stat(path_.c_str(), &found);
    size = found.st_size;
    asked += bytes.size();
  }
  std::size_t asked = 0;
  off_t size = 0;
  bool kept_out = false;

 private:
  std::string path_;
};

TEST_F(PosixEraserTest, OverwritesEveryByteOnceWhileOthersAreKeptOut) {
  Watching watching(path);
  {
    const auto original = eraser.open(path);
    ASSERT_TRUE(original);
    ASSERT_TRUE((*original)->overwrite(watching));
  }
  EXPECT_EQ(watching.asked, 3'000'000u);
  EXPECT_EQ(watching.size, 3'000'000) << "it is not cut before it is overwritten";
  EXPECT_TRUE(watching.kept_out);
  EXPECT_EQ(content(), Bytes());
}

TEST_F(PosixEraserTest, TellsAChangedFileFromWhatItWas) {
  const auto before = *eraser.identify(path);
  ASSERT_TRUE(posix_fs().set_modified(path, before.modified_ns));
  const auto after = *eraser.identify(path);
  EXPECT_EQ(after.modified_ns, before.modified_ns);
  EXPECT_NE(after, before) << "its time was set back";
}

TEST_F(PosixEraserTest, TakesRegularFilesOnly) {
  const std::string link = join(folder.path(), "link");
  ASSERT_EQ(::symlink(path.c_str(), link.c_str()), 0);
  EXPECT_CODE(eraser.identify(link), Code::invalid);
  EXPECT_FALSE(eraser.open(link)) << "followed a link";
  EXPECT_CODE(eraser.identify(folder.path()), Code::invalid);
  const std::string fifo = join(folder.path(), "fifo");
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_CODE(eraser.open(fifo), Code::invalid);
  EXPECT_CODE(eraser.open(join(folder.path(), "nothing")), Code::not_found);
  EXPECT_EQ(content(), Bytes(3'000'000, 7));
}

TEST_F(PosixEraserTest, HasMemoryForgetWhereThereIsADiskBehindIt) {
  const bool in_memory = posix_fs().file_system(path)->in_memory;
  EXPECT_EQ(*eraser.drop_cache(path), !in_memory);
  EXPECT_EQ(content(), Bytes(3'000'000, 7));
  ASSERT_TRUE(write_new(posix_fs(), join(folder.path(), "empty"), {}));
  EXPECT_TRUE(*eraser.drop_cache(join(folder.path(), "empty")));
  EXPECT_CODE(eraser.drop_cache(join(folder.path(), "nothing")), Code::not_found);
}

}  // namespace
}  // namespace muniment
