#include "serve/listener.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/posix_fs.h"
#include "testing/expect_code.h"
#include "testing/temporary_folder.h"

namespace muniment {
namespace {

TEST(ListenerTest, TakesAFreePortAndSaysWhich) {
  const auto listener = Listener::open("127.0.0.1:0");
  ASSERT_TRUE(listener) << listener.error().sentence();
  EXPECT_TRUE(listener->address().starts_with("http://127.0.0.1:"));
  EXPECT_FALSE(listener->address().ends_with(":0"));
  EXPECT_CODE(Listener::open(listener->address().substr(7)), Code::io) << "taken";
}

TEST(ListenerTest, WantsNumbersAndAPort) {
  for (const char* where : {"", "127.0.0.1", "127.0.0.1:", ":8080", "127.0.0.1:65536", "127.0.0.1:-1", "localhost:8080",
                            "::1:8080", "[]:8080", "[127.0.0.1]:8080", "127.0.0.1:80 80", "example.org:80"}) {
    EXPECT_CODE(Listener::open(where), Code::invalid) << where;
  }
}

mode_t mode_of(const std::string& path) {
  struct stat found{};
  EXPECT_EQ(::lstat(path.c_str(), &found), 0) << path;
  return found.st_mode & 07777;
}

TEST(UnixListenerTest, LiesInAFolderThatNobodyElseMayEnter) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/made/mirror.socket";
  {
    const auto listener = Listener::open_unix(path);
    ASSERT_TRUE(listener) << listener.error().sentence();
    EXPECT_EQ(listener->address(), path);
    EXPECT_EQ(mode_of(folder.path() + "/made"), 0700u);
    EXPECT_EQ(mode_of(path), 0600u);
    EXPECT_CODE(Listener::open_unix(path), Code::conflict) << "in use";
  }
  EXPECT_TRUE(Listener::open_unix(path)) << "nobody listens there any more";
}

TEST(UnixListenerTest, TheGroupOfAFolderThatItMayEnterMayConnect) {
  const TemporaryFolder folder;
  const std::string shared = folder.path() + "/shared";
  ASSERT_EQ(::mkdir(shared.c_str(), 0700), 0);
  ASSERT_EQ(::chmod(shared.c_str(), 0710), 0);
  const auto listener = Listener::open_unix(shared + "/mirror.socket");
  ASSERT_TRUE(listener) << listener.error().sentence();
  EXPECT_EQ(mode_of(shared + "/mirror.socket"), 0660u);
}

TEST(UnixListenerTest, IsNotOpenedInAFolderThatOthersMayEnterOrTheGroupMayList) {
  const TemporaryFolder folder;
  for (const mode_t mode : {0755u, 0750u, 0730u, 0701u, 0777u, 01777u}) {
    const std::string place = folder.path() + "/" + std::to_string(mode);
    ASSERT_EQ(::mkdir(place.c_str(), 0700), 0);
    ASSERT_EQ(::chmod(place.c_str(), mode), 0);
    EXPECT_CODE(Listener::open_unix(place + "/mirror.socket"), Code::denied) << std::oct << mode;
  }
  ASSERT_EQ(::symlink(folder.path().c_str(), (folder.path() + "/link").c_str()), 0);
  EXPECT_CODE(Listener::open_unix(folder.path() + "/link/mirror.socket"), Code::denied);
}

TEST(UnixListenerTest, TakesNothingAwayButADeadSocket) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/mirror.socket";
  ASSERT_TRUE(write_new(posix_fs(), path, as_view("a file")));
  EXPECT_CODE(Listener::open_unix(path), Code::conflict);
  EXPECT_EQ(as_text(*read_file(posix_fs(), path, 100)), "a file");
  EXPECT_CODE(Listener::open_unix(folder.path() + "/" + std::string(200, 'x')), Code::invalid);
  EXPECT_CODE(Listener::open_unix(""), Code::invalid);
  EXPECT_CODE(Listener::open_unix(folder.path() + "/none/none/mirror.socket"), Code::io);
}

}  // namespace
}  // namespace muniment
