#include "base/posix_call.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace muniment {
namespace {

TEST(PosixCall, ThatFailedSaysWhatItDidToWhatAndWhy) {
  const std::pair<int, Code> cases[] = {
      {ENOENT, Code::not_found}, {ENOTDIR, Code::not_found}, {EACCES, Code::denied},      {EPERM, Code::denied},
      {EROFS, Code::denied},     {EEXIST, Code::conflict},   {ENOTEMPTY, Code::conflict}, {ENOSPC, Code::io}};
  for (const auto& [number, code] : cases) {
    errno = number;
    const auto failed = done_or(-1, "write", "a/b");
    EXPECT_EQ(failed.error().code(), code) << number;
  }
  errno = ENOSPC;
  EXPECT_EQ(last_error("write", "a\n").sentence(), "cannot write a\\x0a: No space left on device");
  EXPECT_TRUE(done_or(0, "write", "a/b"));
}

TEST(WriteAt, PutsAllBytesWhereTheyBelongOrSaysWhyNot) {
  const Descriptor file(::open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  ASSERT_GE(file.get(), 0);
  ASSERT_TRUE(write_at(file, as_view("abc"), 0, "write", "a"));
  ASSERT_TRUE(write_at(file, as_view("XY"), 2, "write", "a"));
  ASSERT_TRUE(write_at(file, {}, 0, "write", "a"));
  std::array<char, 8> found{};
  EXPECT_EQ(::pread(file.get(), found.data(), found.size(), 0), 4);
  EXPECT_EQ(std::string_view(found.data(), 4), "abXY");
  const Descriptor full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  EXPECT_EQ(write_at(full, as_view("a"), 0, "write", "a").error().code(), Code::io);
}

TEST(Descriptor, IsClosedAtTheEndOfItsLife) {
  int number = -1;
  {
    const Descriptor fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    number = fd.get();
    ASSERT_GE(number, 0);
    EXPECT_GE(::fcntl(number, F_GETFD), 0);
  }
  EXPECT_EQ(::fcntl(number, F_GETFD), -1);
  const Descriptor none(-1);
}

}  // namespace
}  // namespace muniment
