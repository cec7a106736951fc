#include "mirror/registry.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "testing/expect_code.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

bool same(const KnownMirror& a, const KnownMirror& b) {
  return a.where == b.where && a.size == b.size && a.held == b.held && a.seen == b.seen;
}

TEST(Registry, KnowsNoMirrorAtFirst) {
  MemoryFs fs;
  EXPECT_TRUE(read_mirrors(fs, "archive")->empty());
}

TEST(Registry, RemembersMirrorsSortedByAddress) {
  MemoryFs fs;
  ASSERT_TRUE(remember_mirror(fs, "archive", {"/media/b", 3, 3, "2026-01-01"}));
  ASSERT_TRUE(remember_mirror(fs, "archive", {"/media/a \"quoted\"\n", 5, 4, "2026-01-02"}));
  const auto mirrors = read_mirrors(fs, "archive");
  ASSERT_TRUE(mirrors) << mirrors.error().sentence();
  ASSERT_EQ(mirrors->size(), 2u);
  EXPECT_TRUE(same(mirrors->at(0), {"/media/a \"quoted\"\n", 5, 4, "2026-01-02"}));
  EXPECT_TRUE(same(mirrors->at(1), {"/media/b", 3, 3, "2026-01-01"}));
}

TEST(Registry, RaisesWhatAMirrorHasShownAndNeverLowersIt) {
  MemoryFs fs;
  for (const std::uint64_t size : {3u, 7u, 5u}) {
    ASSERT_TRUE(remember_mirror(fs, "archive", {"/media/a", size, size, "2026-01-0" + std::to_string(size)}));
  }
  const auto mirrors = read_mirrors(fs, "archive");
  ASSERT_EQ(mirrors->size(), 1u);
  EXPECT_TRUE(same(mirrors->at(0), {"/media/a", 7, 5, "2026-01-05"})) << "a rollback is told by the 7";
}

TEST(Registry, ForgetsOneAndNoOther) {
  MemoryFs fs;
  ASSERT_TRUE(remember_mirror(fs, "archive", {"/media/a", 1, 1, "2026-01-01"}));
  ASSERT_TRUE(remember_mirror(fs, "archive", {"/media/b", 1, 1, "2026-01-01"}));
  ASSERT_TRUE(forget_mirror(fs, "archive", "/media/a"));
  ASSERT_TRUE(forget_mirror(fs, "archive", "/media/c"));
  const auto mirrors = read_mirrors(fs, "archive");
  ASSERT_EQ(mirrors->size(), 1u);
  EXPECT_EQ(mirrors->at(0).where, "/media/b");
}

TEST(Registry, GivesTheSizesByAddress) {
  EXPECT_EQ(last_seen_sizes({{"a", 1, 0, ""}, {"b", 2, 0, ""}}),
            (std::map<std::string, std::uint64_t>{{"a", 1}, {"b", 2}}));
}

TEST(Registry, RemembersAPathThatIsNoTextByteForByte) {
  MemoryFs fs;
  ASSERT_TRUE(remember_mirror(fs, "archive", {"/media/\xff\xfe", 1, 1, "2026-01-01"}));
  const auto mirrors = read_mirrors(fs, "archive");
  ASSERT_TRUE(mirrors) << mirrors.error().sentence();
  ASSERT_EQ(mirrors->size(), 1u);
  EXPECT_EQ(mirrors->at(0).where, "/media/\xff\xfe");
}

TEST(Registry, RefusesAListThatIsNotOne) {
  for (const char* line : {"hello", "[]", "{}", R"({"where":1,"size":1,"held":1,"seen":""})",
                           R"({"where":"a","size":-1,"held":1,"seen":""})",
                           R"({"where":"a","size":1.5,"held":1,"seen":""})", R"({"where":"a","size":1,"seen":""})",
                           R"({"size":1,"held":1,"seen":""})", R"({"whereBytes":"?","size":1,"held":1,"seen":""})"}) {
    const std::string text = std::string(line) + "\n";
    MemoryFs fs;
    fs.seed("archive/home/mirrors", as_view(text));
    EXPECT_CODE(read_mirrors(fs, "archive"), Code::corrupt) << text;
    EXPECT_CODE(remember_mirror(fs, "archive", {"b", 1, 1, ""}), Code::corrupt) << text;
    EXPECT_EQ(as_text(fs.files().at("archive/home/mirrors")), text) << "what cannot be read is not written over";
  }
}

TEST(Registry, OneRunAtATimeWritesIt) {
  MemoryFs fs;
  ASSERT_TRUE(remember_mirror(fs, "archive", {"a", 1, 1, ""}));
  const auto other = fs.lock("archive/home/mirrors.lock");
  EXPECT_CODE(remember_mirror(fs, "archive", {"b", 1, 1, ""}), Code::conflict);
  EXPECT_EQ(read_mirrors(fs, "archive")->size(), 1u);
}

TEST(Registry, APowerCutLeavesTheOldListOrTheNewOne) {
  MemoryFs before;
  ASSERT_TRUE(remember_mirror(before, "archive", {"a", 1, 1, "2026-01-01"}));
  MemoryFs whole = before;
  ASSERT_TRUE(remember_mirror(whole, "archive", {"b", 2, 2, "2026-01-02"}));
  for (std::uint64_t n = before.operations() + 1; n <= whole.operations() + 1; ++n) {
    MemoryFs cut = before;
    cut.cut_power_at(n);
    const bool reported = remember_mirror(cut, "archive", {"b", 2, 2, "2026-01-02"}).has_value();
    for (const Unsynced unsynced : kEveryUnsynced) {
      MemoryFs fs = cut;
      fs.reboot(unsynced);
      const auto mirrors = read_mirrors(fs, "archive");
      ASSERT_TRUE(mirrors) << n;
      EXPECT_TRUE(mirrors->size() == 2 || (mirrors->size() == 1 && !reported)) << n;
    }
  }
}

RC_GTEST_PROP(Registry, HoldsTheMostThatEachMirrorHasEverShown, ()) {
  const auto shown = *rc::gen::resize(12, rc::gen::container<std::vector<std::pair<int, int>>>(
                                              rc::gen::pair(rc::gen::inRange(0, 4), rc::gen::inRange(0, 10))));
  MemoryFs fs;
  std::map<std::string, std::uint64_t> most;
  for (const auto& [mirror, size] : shown) {
    const std::string where = "/media/" + std::to_string(mirror);
    const auto entries = static_cast<std::uint64_t>(size);
    RC_ASSERT(remember_mirror(fs, "archive", {where, entries, entries, "2026-01-01"}).has_value());
    most[where] = std::max(most[where], entries);
  }
  RC_ASSERT(last_seen_sizes(*read_mirrors(fs, "archive")) == most);
}

}  // namespace
}  // namespace muniment
