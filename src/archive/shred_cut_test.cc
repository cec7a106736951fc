// Removing originals on disks that lose power or fail, at every operation in turn: what is gone is sealed, whole and
// durable.
#include <gtest/gtest.h>

#include <algorithm>

#include "archive/shred_testing.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_eraser.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

constexpr std::uint64_t kShredOperationsMax = 2000;  // a run that needs more does not end

class ShredDurability : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const auto& [path, bytes] : originals) disk.seed(path, bytes);
  }

  Result<ShredReport> shred(MemoryFs& fs) {
    MemoryEraser eraser(fs);
    return shred_case_into_field({fs, random, clock}, eraser, key.recipient().text(), [](SealedDeposit&) {});
  }

  void expect_nothing_lost(MemoryFs& fs, std::uint64_t at) {
    const auto sealed = files_sealed_in(fs, "field", key);
    const auto files = fs.files();
    for (const auto& [path, bytes] : originals) {
      const auto original = files.find(path);
      if (original != files.end() && original->second == bytes) continue;
      const auto copy = sealed.find(path);
      ASSERT_NE(copy, sealed.end()) << path << " is gone and not sealed, at operation " << at;
      EXPECT_EQ(copy->second, bytes) << path << " at operation " << at;
    }
  }

  const std::map<std::string, Bytes> originals = {
      {"case/a", bytes_of("first")}, {"case/deep/b", noise(3000)}, {"case/deep/c", bytes_of("third")}};
  MemoryFs disk;
  FixedRandom random;
  FixedClock clock;
  age::X25519Identity key = age::X25519Identity::make(random);
};

TEST_F(ShredDurability, CutOffAnywhereNoOriginalIsGoneBeforeItsSealedCopyIsWholeAndDurable) {
  std::uint64_t cuts_after_a_removal = 0;
  for (std::uint64_t cut = 1;; ++cut) {
    MemoryFs fs = disk;
    fs.cut_power_at(fs.operations() + cut);
    const auto done = shred(fs);
    for (const Unsynced unsynced : kEveryUnsynced) {
      MemoryFs after = fs;
      after.reboot(unsynced);
      expect_nothing_lost(after, cut);
      const auto files = after.files();
      if (!files.contains("case/a") || files.at("case/a").size() < 5) ++cuts_after_a_removal;
      if (done && done->left.empty()) {
        EXPECT_FALSE(*exists(after, "case")) << "reported success, then forgot";
        EXPECT_EQ(files_sealed_in(after, "field", key), originals);
      }
    }
    if (HasFailure()) return;
    if (done && done->left.empty()) break;
    ASSERT_LT(cut, kShredOperationsMax);
  }
  EXPECT_GT(cuts_after_a_removal, 10u) << "the cuts did not reach into the removal";
}

TEST_F(ShredDurability, OnADiskThatFailsAnywhereNothingIsLostAndWhatStaysIsNamed) {
  for (std::uint64_t failing = 1;; ++failing) {
    MemoryFs fs = disk;
    const std::uint64_t start = fs.operations();
    fs.fail_at(start + failing, Code::io, "cannot do it: Input/output error");
    const auto done = shred(fs);
    expect_nothing_lost(fs, failing);
    if (fs.operations() < start + failing) {
      ASSERT_TRUE(done);
      EXPECT_TRUE(done->left.empty());
      break;
    }
    for (const auto& [path, bytes] : originals) {
      const bool named = done && std::ranges::any_of(done->left, [&](const LeftOriginal& left) {
                           return left.path == path || left.path == parent_of(path);
                         });
      EXPECT_TRUE(!done || named || !fs.files().contains(path)) << path << " at operation " << failing;
    }
    if (HasFailure()) return;
    ASSERT_LT(failing, kShredOperationsMax);
  }
}

}  // namespace
}  // namespace muniment
