#include "testing/memory_eraser.h"

#include <gtest/gtest.h>

#include "testing/expect_code.h"
#include "testing/fixed_random.h"

namespace muniment {
namespace {

TEST(MemoryEraserTest, LosesWhatWasOverwrittenEvenWhereNothingWasSynced) {
  MemoryFs fs;
  MemoryEraser eraser(fs);
  FixedRandom random;
  fs.seed("a", as_view("12345678"));
  const auto before = *eraser.identify("a");
  ASSERT_TRUE((*eraser.open("a"))->overwrite(random));
  EXPECT_NE(*eraser.identify("a"), before);
  fs.reboot(Unsynced::lost);
  EXPECT_EQ(fs.files()["a"], Bytes());
}

TEST(MemoryEraserTest, HasOverwrittenHalfWhenItIsCut) {
  MemoryFs fs;
  MemoryEraser eraser(fs);
  FixedRandom random;
  fs.seed("a", as_view("12345678"));
  const auto original = eraser.open("a");
  fs.cut_power_at(fs.operations() + 1);
  EXPECT_CODE((*original)->overwrite(random), Code::io);
  fs.reboot(Unsynced::lost);
  EXPECT_EQ(fs.files()["a"].size(), 4u);
}

TEST(MemoryEraserTest, SaysWhatItWasTold) {
  MemoryFs fs;
  MemoryEraser eraser(fs);
  fs.seed("a", as_view("1"));
  fs.seed("b", as_view("1"));
  EXPECT_NE(eraser.identify("a")->number, eraser.identify("b")->number);
  eraser.set_links("a", 2);
  EXPECT_EQ(eraser.identify("a")->links, 2u);
  EXPECT_EQ(eraser.identify("b")->links, 1u);
  eraser.set_in_use("a");
  EXPECT_CODE(eraser.open("a"), Code::conflict);
  EXPECT_TRUE(*eraser.drop_cache("a"));
  eraser.keep_cached();
  EXPECT_FALSE(*eraser.drop_cache("b"));
  EXPECT_EQ(eraser.dropped(), (std::vector<std::string>{"a", "b"}));
  EXPECT_CODE(eraser.identify("c"), Code::not_found);
}

}  // namespace
}  // namespace muniment
