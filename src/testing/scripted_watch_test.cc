#include "testing/scripted_watch.h"

#include <gtest/gtest.h>

#include "testing/expect_code.h"

namespace muniment {
namespace {

TEST(ScriptedWatchTest, LetsTimePassOnlyWhileItWaitsAndTellsWhatIsWrittenDown) {
  ScriptedWatch watch;
  watch.at(300, [] { return std::vector<FolderEvent>{}; });
  watch.at(700, [] { return std::vector<FolderEvent>{{FolderEvent::Kind::closed, "a"}}; });
  watch.end_at(2000);
  EXPECT_TRUE(watch.wait(500)->empty());
  EXPECT_EQ(watch.now_ms(), 500);
  EXPECT_EQ(watch.wait(5000)->at(0).path, "a");
  EXPECT_EQ(watch.now_ms(), 700);
  EXPECT_FALSE(watch.is_ended());
  EXPECT_TRUE(watch.wait(5000)->empty());
  EXPECT_EQ(watch.now_ms(), 2000);
  EXPECT_TRUE(watch.is_ended());
}

TEST(ScriptedWatchTest, SaysWhoWritesAndWhatIsWatched) {
  ScriptedWatch watch;
  EXPECT_EQ(watch.is_being_written("a"), false);
  watch.set_being_written("a", true);
  EXPECT_EQ(watch.is_being_written("a"), true);
  watch.set_being_written("a", std::nullopt);
  EXPECT_EQ(watch.is_being_written("a"), std::nullopt);
  watch.watch_at_most(1);
  EXPECT_TRUE(watch.add("folder"));
  EXPECT_TRUE(watch.add("folder"));
  EXPECT_CODE(watch.add("another"), Code::limit);
  EXPECT_EQ(watch.watched(), std::set<std::string>{"folder"});
}

}  // namespace
}  // namespace muniment
