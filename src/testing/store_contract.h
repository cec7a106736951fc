// What every Store promises, as tests: instantiated for folders, and for whatever serves them. Only included by test
// files. Names of errors are checked, not only that there is one.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "store/store.h"
#include "testing/expect_code.h"

namespace muniment {

/// A store with a place of its own to play in, and a way to look and reach behind it.
class StoreSubject {
 public:
  virtual ~StoreSubject() = default;
  virtual Store& store() = 0;
  /// Puts an object there without the store's help.
  virtual void place(const std::string& name, const std::string& text) = 0;
  /// What lies there under the name.
  virtual std::optional<std::string> look(const std::string& name) = 0;
  /// Why the store does only a part of what a store can, by design: then the rest is checked to be refused.
  virtual bool creates_anywhere() const { return true; }   // not only below incoming/
  virtual bool changes_and_lists() const { return true; }  // replace, remove, list
};

class StoreContract : public ::testing::TestWithParam<std::unique_ptr<StoreSubject> (*)()> {
 protected:
  void SetUp() override {
    if (subject == nullptr) GTEST_SKIP() << "what it runs against is not installed here";
  }
  std::string text(const std::string& name, std::uint64_t bytes_max = 1 << 22) const {
    const auto bytes = subject->store().get(ObjectName(name), bytes_max);
    return bytes ? std::string(as_text(*bytes)) : "error: " + bytes.error().sentence();
  }
  Store& store() const { return subject->store(); }

  std::unique_ptr<StoreSubject> subject = GetParam()();
};

TEST_P(StoreContract, GivesWhatIsThere) {
  std::string large;
  for (int i = 0; large.size() < (1 << 21); ++i) large += std::to_string(i) + "\n";
  subject->place("README.txt", "read me");
  subject->place("tile/entries/x001/234.p/5", "tile");
  subject->place("deposits/ab/abcd/part-0000000", large);
  subject->place("charter/1", "");
  EXPECT_EQ(text("README.txt"), "read me");
  EXPECT_EQ(text("tile/entries/x001/234.p/5"), "tile");
  EXPECT_EQ(text("deposits/ab/abcd/part-0000000"), large);
  EXPECT_EQ(text("charter/1"), "");
  EXPECT_EQ(*store().size(ObjectName("README.txt")), 7u);
  EXPECT_EQ(*store().size(ObjectName("charter/1")), 0u);
  EXPECT_EQ(*store().size(ObjectName("deposits/ab/abcd/part-0000000")), large.size());
}

TEST_P(StoreContract, SaysWhyItCannotGive) {
  subject->place("charter/1", "12345");
  for (const char* name : {"charter/2", "checkpoint", "deposits/ab/abcd/receipt"}) {
    EXPECT_CODE(store().get(ObjectName(name), 10), Code::not_found) << name;
    EXPECT_CODE(store().size(ObjectName(name)), Code::not_found) << name;
  }
  EXPECT_CODE(store().get(ObjectName("charter/1"), 4), Code::limit);
  EXPECT_CODE(store().get(ObjectName("charter/1"), 0), Code::limit);
  EXPECT_EQ(text("charter/1", 5), "12345");
  EXPECT_FALSE(store().get(ObjectName("charter"), 10)) << "a folder is no object";
}

TEST_P(StoreContract, ShowsAtOnceWhatTookTheCheckpointsPlace) {
  subject->place("checkpoint", "one");
  EXPECT_EQ(text("checkpoint"), "one");
  subject->place("checkpoint", "two and longer");
  EXPECT_EQ(text("checkpoint"), "two and longer");
}

TEST_P(StoreContract, CreatesOnceAndForAll) {
  const ObjectName name("incoming/a/part-0000000");
  ASSERT_TRUE(store().put(name, as_view("one")));
  ASSERT_TRUE(store().flush());
  EXPECT_EQ(subject->look(name.text()), "one");
  EXPECT_TRUE(store().put(name, as_view("one"))) << "the same bytes are done already";
  for (const char* other : {"two", "one more", "o", ""})
    EXPECT_CODE(store().put(name, as_view(other)), Code::conflict) << other;
  EXPECT_EQ(subject->look(name.text()), "one");
  ASSERT_TRUE(store().put(ObjectName("incoming/a/empty"), {}));
  EXPECT_EQ(subject->look("incoming/a/empty"), "");
}

TEST_P(StoreContract, CreatesWhereItMayAndNowhereElse) {
  for (const char* name : {"charter/1", "deposits/ab/abcd/receipt", "checkpoint"}) {
    const auto put = store().put(ObjectName(name), as_view("new"));
    if (subject->creates_anywhere()) {
      EXPECT_TRUE(put) << name;
      EXPECT_EQ(text(name), "new");
    } else {
      EXPECT_CODE(put, Code::unsupported) << name;
      EXPECT_EQ(subject->look(name), std::nullopt);
    }
  }
}

TEST_P(StoreContract, ReplacesRemovesAndListsWhereItMay) {
  subject->place("checkpoint", "old");
  subject->place("deposits/b/1", "1");
  subject->place("deposits/a/1", "1");
  const ObjectName checkpoint("checkpoint");
  const ObjectName folder("deposits");
  if (!subject->changes_and_lists()) {
    EXPECT_CODE(store().replace(checkpoint, as_view("new")), Code::unsupported);
    EXPECT_CODE(store().remove(checkpoint), Code::unsupported);
    EXPECT_CODE(store().list(folder), Code::unsupported);
    EXPECT_CODE(store().move(checkpoint, ObjectName("elsewhere"), 10), Code::unsupported);
    EXPECT_EQ(subject->look("checkpoint"), "old");
    return;
  }
  ASSERT_TRUE(store().replace(checkpoint, as_view("new and longer")));
  EXPECT_EQ(text("checkpoint"), "new and longer");
  EXPECT_EQ(*store().list(folder), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(store().list(ObjectName("nothing"))->empty());
  ASSERT_TRUE(store().remove(checkpoint));
  EXPECT_CODE(store().get(checkpoint, 10), Code::not_found);
}

TEST_P(StoreContract, MovesWhereItMay) {
  if (!subject->changes_and_lists()) return;
  const auto move = [&](const char* from, const char* to) { return store().move(ObjectName(from), ObjectName(to), 3); };
  subject->place("deposits/a/1", "one");
  ASSERT_TRUE(move("deposits/a/1", "withdrawn/a/1"));
  EXPECT_EQ(subject->look("deposits/a/1"), std::nullopt);
  EXPECT_EQ(subject->look("withdrawn/a/1"), "one");
  EXPECT_CODE(move("deposits/a/1", "withdrawn/a/2"), Code::not_found);
  subject->place("deposits/a/1", "two");
  EXPECT_CODE(move("deposits/a/1", "withdrawn/a/1"), Code::conflict);
  EXPECT_EQ(subject->look("deposits/a/1"), "two");
  EXPECT_EQ(subject->look("withdrawn/a/1"), "one");
  subject->place("deposits/a/1", "one");
  ASSERT_TRUE(move("deposits/a/1", "withdrawn/a/1")) << "what is there already with the same bytes";
  EXPECT_EQ(subject->look("deposits/a/1"), std::nullopt);
  EXPECT_EQ(subject->look("withdrawn/a/1"), "one");
}

}  // namespace muniment
