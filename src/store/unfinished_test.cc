#include "store/unfinished.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "crypto/sha256.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

constexpr std::uint64_t kObjectBytes = 1 << 20;
constexpr std::uint64_t kWorthKeeping = 64 << 10;

class UnfinishedTest : public ::testing::Test {
 protected:
  UnfinishedTest() : object(kObjectBytes) {
    for (std::size_t i = 0; i < kObjectBytes; ++i) object[i] = static_cast<std::uint8_t>((i / 7) % 251);
  }
  UnfinishedFiles anew(std::uint64_t bytes_max = kObjectBytes) {
    return {fs, "staging/unfinished", "deposits/part-0", bytes_max};
  }
  ByteView slice(std::uint64_t first, std::uint64_t count) const { return ByteView(object).subspan(first, count); }
  void expect_begun(const Unfinished& unfinished, std::uint64_t count) {
    ASSERT_EQ(unfinished.begun().size(), count);
    EXPECT_TRUE(equal(unfinished.begun(), slice(0, count)));
  }

  MemoryFs fs;
  Bytes object;
};

TEST_F(UnfinishedTest, WhatWasKeptIsThereAfterAPowerCut) {
  {
    UnfinishedFiles first = anew();
    EXPECT_TRUE(first.begun().empty());
    first.keep(0, slice(0, 100'000));
    first.keep(0, slice(0, 300'000));
    first.keep(300'000, slice(300'000, 200'000));
    expect_begun(first, 500'000);
  }
  fs.reboot(Unsynced::lost);
  expect_begun(anew(), 500'000);
}

TEST_F(UnfinishedTest, GapsTriflesAndWhatIsBeyondTheObjectAreNotKept) {
  UnfinishedFiles unfinished = anew();
  unfinished.keep(1, slice(1, 200'000));
  unfinished.keep(0, slice(0, kWorthKeeping - 1));
  unfinished.keep(0, Bytes(kObjectBytes + 1));
  EXPECT_TRUE(unfinished.begun().empty());
  EXPECT_FALSE(fs.list("staging/unfinished")) << "nothing is made for nothing";
  unfinished.keep(0, slice(0, kWorthKeeping));
  unfinished.keep(10'000, slice(10'000, kWorthKeeping - 10'000));
  expect_begun(unfinished, kWorthKeeping);
}

TEST_F(UnfinishedTest, OtherObjectsAndLimitsAreKeptApart) {
  anew().keep(0, slice(0, 200'000));
  EXPECT_TRUE(UnfinishedFiles(fs, "staging/unfinished", "deposits/part-1", kObjectBytes).begun().empty());
  EXPECT_TRUE(anew(199'999).begun().empty()) << "a file that is longer than the object is none of it";
}

TEST_F(UnfinishedTest, WhatIsForgottenIsGoneAndNothingElse) {
  anew().keep(0, slice(0, 200'000));
  UnfinishedFiles other(fs, "staging/unfinished", "deposits/part-1", kObjectBytes);
  other.keep(0, slice(0, 200'000));
  UnfinishedFiles unfinished = anew();
  unfinished.forget();
  EXPECT_TRUE(unfinished.begun().empty());
  EXPECT_TRUE(anew().begun().empty());
  expect_begun(UnfinishedFiles(fs, "staging/unfinished", "deposits/part-1", kObjectBytes), 200'000);
  other.forget();
  EXPECT_FALSE(fs.list("staging/unfinished"));
}

TEST_F(UnfinishedTest, AFileOfARunThatWasCutOffWhileItWroteIsNoEnd) {
  const std::string name = to_hex(sha256(as_view("deposits/part-0")).bytes) + "-0000000000000000";
  fs.seed("staging/unfinished/" + name, {});
  anew().keep(0, slice(0, 200'000));
  expect_begun(anew(), 200'000);
}

}  // namespace
}  // namespace muniment
