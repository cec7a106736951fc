// Copying cut off, refused and lied to at every operation.
#include <gtest/gtest.h>

#include <set>

#include "mirror/copies_testing.h"
#include "mirror/copy.h"
#include "testing/expect_code.h"
#include "testing/faulty_store.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

/// Whether the target is empty before, or a copy of an older state.
enum class Before { empty, older };

class CopyAccident : public ::testing::TestWithParam<Before> {
 protected:
  CopyAccident() {
    office.deposit(1);
    if (GetParam() == Before::older) copy_files(fs, "office", before, "mirror");
    office.deposit(2);
  }

  /// A run of the program. True when it said that it was done.
  bool copy_to(MemoryFs& disk, Random& staging) {
    FolderStore target(disk, "mirror", staging);
    return copy_archive({&office.store()}, office.charter(), office.head(), target).has_value();
  }

  /// True for anybody who reads it at this moment: what its checkpoint shows is there.
  void expect_readable(MemoryFs& disk, const std::string& when) {
    EXPECT_EQ(complaints_about_copy(disk, random, "mirror", office.pin()), "") << when;
    const Files good = office.objects();
    for (const auto& [name, bytes] : objects_in(disk, "mirror")) {
      const bool is_known = good.contains(name) || before.files().contains("mirror/" + name);
      EXPECT_TRUE(is_known) << when << ": " << name;
      EXPECT_TRUE(name == "checkpoint" || !good.contains(name) || good.at(name) == bytes) << when << ": half " << name;
    }
  }

  void expect_complete(MemoryFs& disk, const std::string& when) {
    Files expected = office.objects();
    for (const auto& [name, bytes] : objects_in(before, "mirror"))
      expected.emplace(name, bytes);  // older partial tiles
    EXPECT_EQ(difference(objects_in(disk, "mirror"), expected), "") << when;
    EXPECT_EQ(complaints_about_copy(disk, random, "mirror", office.pin()), "") << when;
  }

  FixedRandom random;
  MemoryFs fs;
  Office office{fs, random};
  MemoryFs before;
};

TEST_P(CopyAccident, APowerCutAtEveryOperationShowsNoCheckpointBeforeItsObjects) {
  MemoryFs whole = before;
  ASSERT_TRUE(copy_to(whole, random));
  std::set<std::map<std::string, Bytes>> tried;  // many cuts leave the same disk
  for (std::uint64_t n = before.operations() + 1; n <= whole.operations() + 1; ++n) {
    MemoryFs cut = before;
    cut.cut_power_at(n);
    FixedRandom same_staging(7);
    const bool reported = copy_to(cut, same_staging);
    for (const Unsynced unsynced : kEveryUnsynced) {
      MemoryFs disk = cut;
      disk.reboot(unsynced);
      const std::string when = "cut at " + std::to_string(n) + ", mode " + std::to_string(static_cast<int>(unsynced));
      if (reported) expect_complete(disk, when);
      if (!tried.insert(disk.files()).second) continue;
      expect_readable(disk, when);
      EXPECT_TRUE(copy_to(disk, random)) << when << ": the next run completes";
      disk.reboot(Unsynced::lost);
      expect_complete(disk, when);
      if (HasFailure()) return;
    }
  }
}

TEST_P(CopyAccident, AFailureOfAnyOneOperationLosesNothing) {
  MemoryFs whole = before;
  ASSERT_TRUE(copy_to(whole, random));
  for (std::uint64_t n = before.operations() + 1; n <= whole.operations(); ++n) {
    MemoryFs disk = before;
    disk.fail_at(n, Code::io, "told to fail");
    copy_to(disk, random);
    const std::string when = "failed at " + std::to_string(n);
    expect_readable(disk, when);
    EXPECT_TRUE(copy_to(disk, random)) << when << ": the next run completes";
    disk.reboot(Unsynced::lost);
    expect_complete(disk, when);
    if (HasFailure()) return;
  }
}

TEST_P(CopyAccident, AFullDiskIsReportedAndTheNextRunCompletes) {
  std::uint64_t used = 0;
  for (const auto& [path, bytes] : before.files()) used += bytes.size();
  for (std::uint64_t room = 0;; room += 101) {
    MemoryFs disk = before;
    disk.limit_bytes(used + room);
    FolderStore target(disk, "mirror", random);
    const auto copied = copy_archive({&office.store()}, office.charter(), office.head(), target);
    expect_readable(disk, "room for " + std::to_string(room));
    if (copied) break;
    EXPECT_CODE(copied, Code::io);
    disk.limit_bytes(UINT64_MAX);
    EXPECT_TRUE(copy_to(disk, random));
    expect_complete(disk, "room for " + std::to_string(room));
    if (HasFailure()) return;
  }
}

TEST_P(CopyAccident, ATargetThatGoesAwayAtAnyOperationIsFilledByTheNextRun) {
  for (std::uint64_t n = 1;; ++n) {
    MemoryFs disk = before;
    FolderStore inner(disk, "mirror", random);
    FaultyStore target(inner);
    target.refuse_from(n, Code::unavailable);
    const auto copied = copy_archive({&office.store()}, office.charter(), office.head(), target);
    const std::string when = "gone at " + std::to_string(n);
    if (copied && target.operations() < n) break;
    EXPECT_CODE(copied, Code::unavailable) << when;
    expect_readable(disk, when);
    EXPECT_TRUE(copy_to(disk, random)) << when;
    expect_complete(disk, when);
    if (HasFailure()) return;
  }
}

/// Copies from sources of which the first goes wrong at its n-th operation, for every n.
class LyingSource {
 public:
  LyingSource(Office& office, Fault fault) : office_(office), fault_(fault) {}

  /// False when the source had fewer than n operations.
  bool copy(std::uint64_t n, std::vector<Store*> others, MemoryFs& disk, Random& random) {
    FaultyStore lying(office_.store());
    lying.inject(n, fault_, Code::io);
    others.insert(others.begin(), &lying);
    FolderStore inner(disk, "mirror", random);
    FaultyStore target(inner);
    const Files good = office_.objects();
    std::string written;
    target.on_call([&](const FaultyStore::Call& call) -> Result<void> {
      // What the operation before has written can be read by anybody now.
      const auto right = good.find(written);
      if (right != good.end() && *inner.get(ObjectName(written), 1 << 20) != right->second) wrong += written + "\n";
      const bool writes =
          call.operation == FaultyStore::Operation::put || call.operation == FaultyStore::Operation::replace;
      written = writes ? call.name : "";
      return {};
    });
    copied = copy_archive(others, office_.charter(), office_.head(), target);
    return lying.operations() >= n;
  }

  Result<CopyResult> copied = Error(Code::invalid, "not run");
  std::string wrong;  // objects that have shown wrong bytes at any time

 private:
  Office& office_;
  Fault fault_;
};

constexpr Fault kReadFaults[] = {Fault::refuse, Fault::lose, Fault::truncate, Fault::flip};

TEST_P(CopyAccident, WrongBytesOfASourceNeverLandInTheTarget) {
  office.append_unknown(300);
  for (const Fault fault : kReadFaults) {
    LyingSource source(office, fault);
    for (std::uint64_t n = 1;; ++n) {
      MemoryFs disk = before;
      if (!source.copy(n, {}, disk, random)) break;
      const std::string when = "lie " + std::to_string(static_cast<int>(fault)) + " at " + std::to_string(n);
      const Files good = office.objects();
      for (const auto& [name, bytes] : objects_in(disk, "mirror")) {
        const bool is_old = before.files().contains("mirror/" + name);
        EXPECT_TRUE(is_old || good.contains(name)) << when << ": " << name;
        EXPECT_TRUE(is_old || good.at(name) == bytes) << when << ": wrong bytes are left under " << name;
      }
      EXPECT_EQ(source.wrong, "") << when;
      // What the run did not complain of is whole.
      if (source.copied && source.copied->lost.empty()) expect_complete(disk, when);
      if (HasFailure()) return;
    }
  }
}

TEST_P(CopyAccident, ASecondSourceMakesUpForAnyLieOfTheFirst) {
  copy_files(fs, "office", fs, "second");
  FolderStore second(fs, "second", random);
  for (const Fault fault : kReadFaults) {
    LyingSource source(office, fault);
    for (std::uint64_t n = 1;; ++n) {
      MemoryFs disk = before;
      if (!source.copy(n, {&second}, disk, random)) break;
      const std::string when = "lie " + std::to_string(static_cast<int>(fault)) + " at " + std::to_string(n);
      ASSERT_TRUE(source.copied) << when << ": " << source.copied.error().sentence();
      EXPECT_TRUE(source.copied->lost.empty()) << when;
      expect_complete(disk, when);
      if (HasFailure()) return;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, CopyAccident, ::testing::Values(Before::empty, Before::older),
                         [](const auto& each) { return each.param == Before::empty ? "Empty" : "Older"; });

}  // namespace
}  // namespace muniment
