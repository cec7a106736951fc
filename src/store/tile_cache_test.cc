#include "store/tile_cache.h"

#include <gtest/gtest.h>

#include "store/folder_store.h"
#include "testing/expect_code.h"
#include "testing/faulty_store.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

class TileCacheTest : public ::testing::Test {
 protected:
  std::string text(const char* name, std::uint64_t bytes_max = 100) {
    const auto bytes = cache.get(ObjectName(name), bytes_max);
    return bytes ? std::string(as_text(*bytes)) : "error: " + bytes.error().sentence();
  }
  void place(const std::string& name, std::string_view bytes) { fs.seed("a/" + name, as_view(bytes)); }

  MemoryFs fs;
  FixedRandom random;
  FolderStore folder{fs, "a", random};
  FaultyStore* counted = nullptr;
  TileCache cache{[this] {
                    auto counting = std::make_unique<FaultyStore>(folder);
                    counted = counting.get();
                    return counting;
                  }(),
                  10};
};

TEST_F(TileCacheTest, AsksForAFullTileOnceAndForAllElseEachTime) {
  for (const char* name : {"tile/entries/000", "tile/0/000", "tile/0/000.p/4", "checkpoint"}) place(name, "one");
  for (int i = 0; i < 3; ++i)
    for (const char* name : {"tile/entries/000", "tile/0/000", "tile/0/000.p/4", "checkpoint"})
      EXPECT_EQ(text(name), "one");
  EXPECT_EQ(counted->operations(), 2u + 6u);
  EXPECT_CODE(cache.get(ObjectName("tile/0/000"), 2), Code::limit);
}

TEST_F(TileCacheTest, KeepsNoMoreThanItsBytesAndNothingThatFailed) {
  place("tile/0/000", "123456");
  place("tile/0/001", "12345");
  place("tile/0/002", "1234");
  for (int i = 0; i < 2; ++i)
    for (const char* name : {"tile/0/000", "tile/0/001", "tile/0/002"}) text(name);
  EXPECT_EQ(counted->operations(), 4u) << "the second one does not fit";
  EXPECT_CODE(cache.get(ObjectName("tile/0/003"), 10), Code::not_found);
  place("tile/0/003", "3");
  EXPECT_EQ(text("tile/0/003"), "3");
}

TEST_F(TileCacheTest, ReadsBackWhatWasWritten) {
  const ObjectName name("tile/0/000");
  place("tile/0/000", "one");
  EXPECT_EQ(text("tile/0/000"), "one");
  ASSERT_TRUE(cache.replace(name, as_view("two")));
  EXPECT_EQ(text("tile/0/000"), "two");
  ASSERT_TRUE(cache.move(name, ObjectName("tile/0/001"), 10));
  EXPECT_CODE(cache.get(name, 10), Code::not_found);
  EXPECT_EQ(text("tile/0/001"), "two");
  ASSERT_TRUE(cache.remove(ObjectName("tile/0/001")));
  EXPECT_CODE(cache.get(ObjectName("tile/0/001"), 10), Code::not_found);
}

}  // namespace
}  // namespace muniment
