#include "archive/walk.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/posix_fs.h"
#include "testing/memory_fs.h"
#include "testing/temporary_folder.h"

namespace muniment {
namespace {

using Kind = SourceItem::Kind;

/// "kind path" of every item, with the reason behind what is left out.
std::vector<std::string> walked(Fs& fs, const std::string& path) {
  const std::map<Kind, std::string> names = {
      {Kind::file, "file "}, {Kind::link, "link "}, {Kind::empty_folder, "empty "}, {Kind::left_out, "left out "}};
  std::vector<std::string> items;
  SourceWalk walk(fs, path);
  while (const auto item = walk.next())
    items.push_back(names.at(item->kind) + item->true_path + (item->reason.empty() ? "" : ": " + item->reason));
  return items;
}

using Items = std::vector<std::string>;

TEST(SourceWalk, VisitsInTheOrderOfBytes) {
  MemoryFs fs;
  for (const char* path : {"case/b", "case/B", "case/a/2", "case/a/1", "case/a.txt", "case/\xd0\xb6"})
    fs.seed(path, as_view("x"));
  fs.seed_link("case/to", "a");
  fs.seed_folder("case/empty");
  EXPECT_EQ(walked(fs, "case"), (Items{"file case/B", "file case/a/1", "file case/a/2", "file case/a.txt",
                                       "file case/b", "empty case/empty", "link case/to", "file case/\xd0\xb6"}));
}

TEST(SourceWalk, RecordsUnderTheLastNameGiven) {
  MemoryFs fs;
  fs.seed("/media/usb/case/a", as_view("x"));
  fs.seed("b", as_view("x"));
  EXPECT_EQ(walked(fs, "/media/usb/case"), Items{"file case/a"});
  EXPECT_EQ(walked(fs, "/media/usb/case/"), Items{"file case/a"});
  EXPECT_EQ(walked(fs, "/media/usb/case/."), Items{"file files/a"});
  EXPECT_EQ(walked(fs, "/media/usb/case/../case"), Items{"file case/a"});
  EXPECT_EQ(walked(fs, "/media/usb/case/a"), Items{"file a"});
  EXPECT_EQ(walked(fs, "."), Items{"file files/b"});
  EXPECT_EQ(walked(fs, "/media/.."), Items{"file files/media/usb/case/a"}) << "no path may start with \"..\"";
}

TEST(SourceWalk, NamesSocketsFifosAndDevicesAndLeavesThemOut) {
  MemoryFs fs;
  fs.seed_special("case/fifo", FileType::fifo);
  fs.seed_special("case/socket", FileType::socket);
  fs.seed_special("case/tty", FileType::device);
  EXPECT_EQ(walked(fs, "case"),
            (Items{"left out case/fifo: is a FIFO and not a file", "left out case/socket: is a socket and not a file",
                   "left out case/tty: is a device and not a file"}));
}

TEST(SourceWalk, DoesNotWaitForRealSocketsAndFifos) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder.path() + "/fifo").c_str(), 0600), 0);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  (folder.path() + "/socket").copy(address.sun_path, sizeof address.sun_path - 1);
  const void* const any = &address;
  ASSERT_EQ(::bind(socket, static_cast<const sockaddr*>(any), sizeof address), 0);
  const std::string name = name_in(folder.path());
  EXPECT_EQ(walked(posix_fs(), folder.path()), (Items{"left out " + name + "/fifo: is a FIFO and not a file",
                                                      "left out " + name + "/socket: is a socket and not a file"}));
  ::close(socket);
  EXPECT_EQ(walked(posix_fs(), "/dev/null"), Items{"left out null: is a device and not a file"});
}

TEST(SourceWalk, GoesOnWhereSomethingVanished) {
  MemoryFs fs;
  for (const char* path : {"case/1", "case/2/a", "case/3"}) fs.seed(path, as_view("x"));
  SourceWalk walk(fs, "case");
  EXPECT_EQ(walk.next()->true_path, "case/1");
  ASSERT_TRUE(fs.remove("case/2/a"));
  ASSERT_TRUE(fs.remove("case/2"));
  const auto gone = walk.next();
  ASSERT_TRUE(gone);
  EXPECT_EQ(gone->kind, Kind::left_out);
  EXPECT_EQ(gone->true_path, "case/2");
  EXPECT_EQ(gone->reason, "vanished before it could be read");
  EXPECT_EQ(walk.next()->true_path, "case/3");
  EXPECT_FALSE(walk.next());
  EXPECT_FALSE(walk.next());
}

TEST(SourceWalk, DoesNotFollowLinksNotEvenALoop) {
  MemoryFs fs;
  fs.seed_link("case/loop", "../case");
  fs.seed_link("case/secret", "/etc");
  fs.seed("/etc/passwd", as_view("x"));
  EXPECT_EQ(walked(fs, "case"), (Items{"link case/loop", "link case/secret"}));
}

TEST(SourceWalk, GoesAsDeepAsAnyFileSystem) {
  MemoryFs fs;
  std::string path = "case";
  for (int depth = 0; depth < 1000; ++depth) path += "/d";
  fs.seed(path + "/file", as_view("x"));
  EXPECT_EQ(walked(fs, "case"), Items{"file " + path + "/file"});
}

}  // namespace
}  // namespace muniment
