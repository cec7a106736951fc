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

/// A source from which a large object comes to a certain byte, and no further.
class CutOff final : public Store {
 public:
  explicit CutOff(Bytes object) : object_(std::move(object)) {}
  std::string where() const override { return "cut-off"; }
  Result<Bytes> get(const ObjectName& /*name*/, std::uint64_t /*bytes_max*/) override { return object_; }
  Result<Bytes> get_on(const ObjectName& /*name*/, std::uint64_t /*bytes_max*/, Unfinished& unfinished) override {
    Bytes bytes(unfinished.begun().begin(), unfinished.begun().end());
    begun.push_back(bytes.size());
    const std::uint64_t end = std::min<std::uint64_t>(object_.size(), brings ? bytes.size() + *brings : object_.size());
    append(bytes, ByteView(object_).subspan(bytes.size(), end - bytes.size()));
    if (end == object_.size()) return bytes;
    unfinished.keep(0, bytes);
    return Error(Code::unavailable, "cut-off: the connection ended");
  }
  Result<std::uint64_t> size(const ObjectName& /*name*/) override { return object_.size(); }
  Result<void> put(const ObjectName& /*name*/, ByteView /*bytes*/) override { return refused(); }
  Result<void> replace(const ObjectName& /*name*/, ByteView /*bytes*/) override { return refused(); }
  Result<void> flush() override { return {}; }
  Result<void> remove(const ObjectName& /*name*/) override { return refused(); }
  Result<void> move(const ObjectName& /*from*/, const ObjectName& /*to*/, std::uint64_t /*bytes_max*/) override {
    return refused();
  }
  Result<std::vector<std::string>> list(const ObjectName& /*folder*/) override { return refused(); }

  std::vector<std::uint64_t> begun;  // with how many bytes it was asked to go on
  std::optional<std::uint64_t> brings;

 private:
  static Error refused() { return {Code::unsupported, "only read"}; }
  Bytes object_;
};

class ResumedTest : public ::testing::Test {
 protected:
  static constexpr std::uint64_t kTotal = 1 << 20;

  Result<std::optional<Bytes>> copy(Store& source) {
    const std::vector<Store*> sources{&source};
    CopyRun run(1, options);
    ObjectCopier copier(sources, target, run);
    auto copied = copier.copy_object({ObjectName("part-0"), sha256(object)}, kTotal, kTotal);
    bad = run.result.bad.size();
    return copied;
  }
  void expect_copied(const Result<std::optional<Bytes>>& copied) {
    ASSERT_TRUE(copied && *copied);
    EXPECT_EQ(**copied, object);
    EXPECT_FALSE(fs.list("target/staging/unfinished")) << "what was kept is gone";
  }

  MemoryFs fs;
  FixedRandom random;
  FolderStore target{fs, "target", random};
  CopyOptions options;
  Bytes object = Bytes(kTotal, 7);
  std::size_t bad = 0;
};

TEST_F(ResumedTest, AnObjectGoesOnInTheNextRunWhereThisOneWasCutOff) {
  CutOff source(object);
  source.brings = 400'000;
  EXPECT_CODE(copy(source), Code::unavailable);
  EXPECT_CODE(copy(source), Code::unavailable);
  expect_copied(copy(source));
  EXPECT_EQ(source.begun, (std::vector<std::uint64_t>{0, 400'000, 800'000}));
}

TEST_F(ResumedTest, WhoGoesOnFromWrongBytesIsNotBlamedForThem) {
  CutOff liar(Bytes(kTotal, 8));
  liar.brings = 400'000;
  EXPECT_CODE(copy(liar), Code::unavailable);
  CutOff source(object);
  expect_copied(copy(source));
  EXPECT_EQ(source.begun, (std::vector<std::uint64_t>{400'000, 0}));
  EXPECT_EQ(bad, 0u);
}

TEST_F(ResumedTest, WhoGivesWrongBytesIsNamedAndNothingOfThemIsKept) {
  CutOff liar(Bytes(kTotal, 8));
  const auto copied = copy(liar);
  ASSERT_TRUE(copied);
  EXPECT_FALSE(*copied);
  EXPECT_EQ(bad, 1u);
  EXPECT_FALSE(fs.list("target/staging/unfinished"));
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
