// The real door on a real folder. Waiting ends as soon as something happens: nothing here takes longer than it must.
#include "base/folder_watch.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "base/encoding.h"
#include "base/fs.h"
#include "base/posix_call.h"
#include "base/posix_fs.h"
#include "testing/expect_code.h"
#include "testing/temporary_folder.h"

namespace muniment {
namespace {

constexpr std::int64_t kLongMs = 20'000;

class InotifyTest : public ::testing::Test {
 protected:
  std::string at(std::string_view name) const { return join(folder.path(), name); }
  /// What is told until an event of that kind comes; its path.
  std::string next(FolderEvent::Kind kind) {
    const std::int64_t end_ms = watch->now_ms() + kLongMs;
    while (watch->now_ms() < end_ms) {
      const auto events = watch->wait(kLongMs);
      if (!events) return events.error().sentence();
      for (const FolderEvent& event : *events) {
        if (event.kind == kind) return event.path;
      }
    }
    return "nothing";
  }

  TemporaryFolder folder;
  std::unique_ptr<FolderWatch> watch = *posix_folder_watch();
};

TEST_F(InotifyTest, TellsOfWhatIsWrittenAndClosedAndMovedIn) {
  ASSERT_TRUE(watch->add(folder.path()));
  {
    const auto file = posix_fs().create(at("a"));
    EXPECT_EQ(next(FolderEvent::Kind::appeared), at("a"));
    EXPECT_TRUE(watch->wait(0)->empty()) << "it is not closed yet";
  }
  EXPECT_EQ(next(FolderEvent::Kind::closed), at("a"));
  ASSERT_TRUE(posix_fs().rename(at("a"), at("b")));
  EXPECT_EQ(next(FolderEvent::Kind::closed), at("b"));
  ASSERT_TRUE(posix_fs().make_folder(at("deep")));
  EXPECT_EQ(next(FolderEvent::Kind::appeared), at("deep"));
}

TEST_F(InotifyTest, TellsWhenAFolderIsNoLongerUnderItsName) {
  ASSERT_TRUE(posix_fs().make_folder(at("moved")));
  ASSERT_TRUE(posix_fs().make_folder(at("removed")));
  ASSERT_TRUE(watch->add(at("moved")));
  ASSERT_TRUE(watch->add(at("removed")));
  ASSERT_TRUE(posix_fs().rename(at("moved"), at("elsewhere")));
  EXPECT_EQ(next(FolderEvent::Kind::gone), at("moved"));
  ASSERT_TRUE(posix_fs().remove(at("removed")));
  EXPECT_EQ(next(FolderEvent::Kind::gone), at("removed"));
  ASSERT_TRUE(write_new(posix_fs(), at("elsewhere/a"), {}));
  EXPECT_TRUE(watch->wait(0)->empty()) << "nobody asked for it under its new name";
}

TEST_F(InotifyTest, SaysThatMoreHasHappenedThanWasNotedDown) {
  const auto setting = posix_fs().open("/proc/sys/fs/inotify/max_queued_events");
  if (!setting) GTEST_SKIP() << setting.error().sentence();
  Bytes text(20);
  const std::size_t size = *(*setting)->read(text);
  const auto queued = parse_decimal(as_text(text).substr(0, size - 1));
  if (!queued || *queued > 100'000) GTEST_SKIP() << "this system notes down more than a test can make happen";
  for (const char* name : {"a", "b"}) ASSERT_TRUE(write_new(posix_fs(), at(name), {}));
  ASSERT_TRUE(watch->add(folder.path()));
  // The same twice in a row would be noted down once.
  for (std::uint64_t i = 0; i <= *queued; ++i) {
    const std::string path = at(i % 2 == 0 ? "a" : "b");
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    ASSERT_GE(file.get(), 0);
  }
  EXPECT_EQ(next(FolderEvent::Kind::overlooked), "");
}

TEST_F(InotifyTest, WatchesFoldersOnly) {
  EXPECT_CODE(watch->add(at("nothing")), Code::not_found);
  ASSERT_TRUE(posix_fs().make_folder(at("real")));
  ASSERT_EQ(::symlink(at("real").c_str(), at("link").c_str()), 0);
  EXPECT_FALSE(watch->add(at("link"))) << "followed a link";
}

TEST_F(InotifyTest, KnowsWhetherAFileIsBeingWritten) {
  ASSERT_TRUE(write_new(posix_fs(), at("a"), as_view("a")));
  EXPECT_EQ(watch->is_being_written(at("a")), false);
  {
    const Descriptor writer(::open(at("a").c_str(), O_WRONLY | O_CLOEXEC));
    EXPECT_EQ(watch->is_being_written(at("a")), true);
  }
  EXPECT_EQ(watch->is_being_written(at("a")), false);
  const Descriptor reader(::open(at("a").c_str(), O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(watch->is_being_written(at("a")), false);
  EXPECT_EQ(watch->is_being_written(at("nothing")), std::nullopt);
}

TEST_F(InotifyTest, IsEndedByASignalAndWaitsNoMore) {
  EXPECT_FALSE(watch->is_ended());
  const std::int64_t before_ms = watch->now_ms();
  EXPECT_TRUE(watch->wait(20)->empty());
  EXPECT_GE(watch->now_ms() - before_ms, 19);
  ASSERT_EQ(::pthread_kill(::pthread_self(), SIGTERM), 0);
  EXPECT_TRUE(watch->wait(kLongMs)->empty());
  EXPECT_TRUE(watch->is_ended());
  EXPECT_LT(watch->now_ms() - before_ms, kLongMs);
  // For the tests after this one nothing is pending any more.
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  int signal = 0;
  EXPECT_EQ(::sigwait(&ending, &signal), 0);
}

}  // namespace
}  // namespace muniment
