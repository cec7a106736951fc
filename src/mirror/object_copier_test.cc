#include "mirror/object_copier.h"

#include <gtest/gtest.h>

#include "store/folder_store.h"
#include "testing/expect_code.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

constexpr std::uint64_t kBytesMax = 1000;

class ObjectCopierTest : public ::testing::Test {
 protected:
  std::string in_target(const std::string& name) {
    const auto bytes = read_file(fs, "target/" + name, kBytesMax);
    return bytes ? std::string(as_text(*bytes)) : "";
  }

  MemoryFs fs;
  FixedRandom random;
  FolderStore one{fs, "one", random}, other{fs, "other", random}, target{fs, "target", random};
  std::vector<Store*> sources{&one, &other};
  CopyOptions options;
  CopyRun run{2, options};
  ObjectCopier copier{sources, target, run};
  LoggedObject object{ObjectName("object"), sha256(as_view("right"))};
};

TEST_F(ObjectCopierTest, PutsKeepsAndReplaces) {
  ASSERT_TRUE(copier.put_checked(object.name, as_view("right")));
  ASSERT_TRUE(copier.put_checked(object.name, as_view("right")));
  fs.seed("target/object", as_view("wrong"));
  ASSERT_TRUE(copier.put_checked(object.name, as_view("right")));
  EXPECT_EQ(in_target("object"), "right");
  EXPECT_EQ(run.result.objects_copied, 2u);
  EXPECT_EQ(run.result.objects_present, 1u);
  EXPECT_EQ(run.result.bytes_copied, 10u);
}

TEST_F(ObjectCopierTest, TakesTheRightBytesFromWhicheverHasThemAndNamesTheOther) {
  fs.seed("one/object", as_view("wrong"));
  fs.seed("other/object", as_view("right"));
  const auto bytes = copier.copy_object(object, kBytesMax);
  ASSERT_TRUE(bytes && *bytes);
  EXPECT_EQ(as_text(**bytes), "right");
  EXPECT_EQ(in_target("object"), "right");
  ASSERT_EQ(run.result.bad.size(), 1u);
  EXPECT_EQ(run.result.bad[0].source, 0u);
  EXPECT_EQ(run.result.bad[0].finding.what, "has been altered or cut");
  EXPECT_TRUE(run.result.lost.empty());
}

TEST_F(ObjectCopierTest, WhatIsRightInTheTargetIsAskedOfNobody) {
  fs.seed("target/object", as_view("right"));
  ASSERT_TRUE(copier.copy_object(object, kBytesMax));
  EXPECT_TRUE(run.result.bad.empty());
  EXPECT_EQ(run.result.objects_present, 1u);
}

TEST_F(ObjectCopierTest, WhatNobodyHasIsLostOrOnAnotherStick) {
  fs.seed("one/object", as_view("longer than the limit"));
  const auto none = copier.copy_object(object, 5);
  ASSERT_TRUE(none);
  EXPECT_FALSE(*none);
  ASSERT_EQ(run.result.lost.size(), 1u);
  EXPECT_EQ(run.result.lost[0].object, "object");
  ASSERT_EQ(run.result.bad.size(), 2u);
  EXPECT_EQ(run.result.bad[0].finding.what, "is longer than it was");
  EXPECT_EQ(run.result.bad[1].finding.what, "is missing");
  run.partial = {0, 1};
  run.has_sticks = true;
  options.waits_for_sticks = true;
  ASSERT_TRUE(fs.remove("one/object"));
  ASSERT_TRUE(copier.copy_object(object, 5));
  EXPECT_EQ(run.result.elsewhere, 1u);
  EXPECT_EQ(run.result.lost.size(), 1u);
  EXPECT_EQ(run.result.bad.size(), 2u) << "who holds a part is not blamed for the rest";
}

}  // namespace
}  // namespace muniment
