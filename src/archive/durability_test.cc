// Seal and intake on disks that fill up, fail and lose power: at every operation in turn.
#include <gtest/gtest.h>

#include "archive/archive_testing.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

constexpr std::uint64_t kOperationsMax = 2000;  // a run that needs more does not end

class Durability : public ::testing::Test {
 protected:
  void SetUp() override {
    disk.seed("case/a", as_view("first"));
    disk.seed("case/b", noise(3000));
    disk.seed("field/staging/0011223344556677/lock", {});
    disk.seed("field/staging/0011223344556677/deposit-0/header-0", as_view("another run's"));
    disk.seed("archive/staging/0011223344556677/deposit-0/header-0", as_view("another run's"));
  }

  Doors doors_on(Fs& fs) { return {fs, random, clock}; }
  Result<SealReport> seal(MemoryFs& fs) {
    return seal_into(doors_on(fs), "case", "field",
                     {.archive = archive.id, .compartment = "evidence", .recipient = recipient}, {.split_items = 1});
  }
  /// Every folder in "field" with a receipt is a whole deposit that opens; whatever is under another name is staging.
  std::map<std::string, Bytes> sealed_files(MemoryFs& fs) {
    std::map<std::string, Bytes> found;
    const std::vector<std::string> names = *fs.list("field");
    for (const std::string& name : names) {
      if (name == "staging") continue;
      const auto opened = open_folder(fs, join("field", name), *key);
      EXPECT_TRUE(opened) << name << ": " << opened.error().sentence();
      if (opened) found.insert(opened->files.begin(), opened->files.end());
    }
    return found;
  }
  void expect_foreign_staging(MemoryFs& fs) {
    for (const char* folder : {"field", "archive"})
      EXPECT_TRUE(*exists(fs, join(folder, "staging/0011223344556677/deposit-0/header-0")))
          << "cleared what another run wrote";
  }
  /// What the archive's log names is whole. Gives the files of all deposits.
  std::map<std::string, Bytes> archived_files(MemoryFs& fs, bool unlogged_allowed) {
    FolderStore store(fs, "archive", random);
    std::map<std::string, Bytes> found;
    const auto report = verify_copy(store, IdPin::of(archive.id));
    EXPECT_TRUE(report) << report.error().sentence();
    if (!report) return found;
    for (const Finding& finding : report->findings) ADD_FAILURE() << finding.object << " " << finding.what;
    EXPECT_TRUE(report->view.objections.empty());
    EXPECT_TRUE(unlogged_allowed || report->unlogged.empty()) << "left in deposits/ and not logged";
    for (const LoggedDeposit& deposit : report->view.deposits) {
      const auto opened = open_logged(doors_on(fs), archive, deposit.id);
      EXPECT_TRUE(opened) << opened.error().sentence();
      if (opened) found.insert(opened->files.begin(), opened->files.end());
    }
    return found;
  }
  std::vector<std::string> incoming(MemoryFs& fs) {
    std::vector<std::string> found;
    for (const auto& [path, bytes] : fs.files()) {
      if (path.starts_with("archive/incoming/")) found.push_back(path);
    }
    return found;
  }

  MemoryFs disk;
  FixedRandom random;
  FixedClock clock;
  TestArchive archive = *found_test_archive({disk, random, clock}, "archive");
  std::string recipient = target_of(*view_of({disk, random, clock}, archive)).recipient;
  std::unique_ptr<age::Identity> key = [this] {
    FolderStore store(disk, "archive", random);
    return std::move(*open_compartment(store, view_of({disk, random, clock}, archive)->charter, "evidence",
                                       archive.custodian.opener()));
  }();
  const std::map<std::string, Bytes> case_files = {{"case/a", bytes_of("first")}, {"case/b", noise(3000)}};
};

TEST_F(Durability, SealCutOffAnywhereLeavesWholeDepositsAndTheNextRunCompletes) {
  for (std::uint64_t cut = 1;; ++cut) {
    MemoryFs fs = disk;
    fs.cut_power_at(fs.operations() + cut);
    const auto sealed = seal(fs);
    for (const Unsynced unsynced : kEveryUnsynced) {
      MemoryFs after = fs;
      after.reboot(unsynced);
      const auto kept = sealed_files(after);
      if (sealed) {
        EXPECT_EQ(kept, case_files) << "reported success, then forgot";
      }
      const auto again = seal(after);
      ASSERT_TRUE(again) << "cut at " << cut << ": " << again.error().sentence();
      EXPECT_EQ(sealed_files(after), case_files) << "cut at " << cut;
      expect_foreign_staging(after);
    }
    if (sealed) break;
    ASSERT_LT(cut, kOperationsMax);
  }
}

TEST_F(Durability, SealOnADiskThatFailsAnywhereLeavesWholeDepositsOnly) {
  for (std::uint64_t failing = 1;; ++failing) {
    MemoryFs fs = disk;
    const std::uint64_t start = fs.operations();
    fs.fail_at(start + failing, Code::io, "cannot write: No space left on device");
    const auto sealed = seal(fs);
    const auto kept = sealed_files(fs);
    if (sealed) {
      EXPECT_EQ(kept, case_files) << failing;
    } else {
      EXPECT_TRUE(fails_with(sealed, Code::io)) << failing;
    }
    if (fs.operations() < start + failing) break;  // it was over before
    ASSERT_TRUE(seal(fs)) << failing;
    EXPECT_EQ(sealed_files(fs), case_files);
    expect_foreign_staging(fs);
    ASSERT_LT(failing, kOperationsMax);
  }
}

TEST_F(Durability, SealOnAFullDiskGivesTheSpaceBackAndCompletesOnceThereIsRoom) {
  for (std::uint64_t room = 0;; room += 1500) {
    MemoryFs fs = disk;
    std::uint64_t used = 0;
    for (const auto& [path, bytes] : fs.files()) used += bytes.size();
    fs.limit_bytes(used + room);
    const auto sealed = seal(fs);
    const auto kept = sealed_files(fs);
    if (sealed) break;
    EXPECT_TRUE(fails_with(sealed, Code::io)) << room;
    EXPECT_NE(sealed.error().sentence().find("No space left on device"), std::string::npos);
    EXPECT_EQ(fs.list("field/staging")->size(), 1u) << "only the other run's is left: the space was given back";
    fs.limit_bytes(UINT64_MAX);
    ASSERT_TRUE(seal(fs));
    EXPECT_EQ(sealed_files(fs), case_files);
    ASSERT_LT(room, 2'000'000u);
  }
}

/// Intake of a folder in the clear and of what lies in incoming/.
class IntakeDurability : public Durability {
 protected:
  void SetUp() override {
    Durability::SetUp();
    const auto sealed = seal_into(doors_on(disk), "case/a", "archive/incoming",
                                  {.archive = archive.id, .compartment = "evidence", .recipient = recipient});
    ASSERT_TRUE(sealed);
    arrived = sealed->deposits[0].id;
    disk.reboot(Unsynced::kept);  // all of this was there long before
  }
  Result<IntakeReport> take(MemoryFs& fs) { return take_in(doors_on(fs), archive, {"archive/incoming", "case/b"}); }
  bool has_arrived(MemoryFs& fs) {
    const auto view = view_of(doors_on(fs), archive);
    return view && view->find_deposit(arrived.hex());
  }
  /// Between a run that was cut off and the next one: what is in incoming/ leaves only when it is logged.
  void expect_nothing_lost(MemoryFs& fs, std::uint64_t at) {
    archived_files(fs, /*unlogged_allowed=*/true);
    if (has_arrived(fs)) return;
    const auto still = open_folder(fs, "archive/incoming/" + arrived.hex(), *key);
    EXPECT_TRUE(still) << "lost at operation " << at << ": " << still.error().sentence();
  }
  /// The next run brings everything to its place.
  void expect_next_run_completes(MemoryFs& fs, std::uint64_t at) {
    const auto again = take(fs);
    ASSERT_TRUE(again) << "at " << at << ": " << again.error().sentence();
    EXPECT_TRUE(again->refused.empty()) << "at " << at << ": " << again->refused[0].object << " "
                                        << again->refused[0].what;
    EXPECT_EQ(archived_files(fs, false), all_files) << at;
    EXPECT_TRUE(has_arrived(fs)) << at;
    EXPECT_EQ(incoming(fs), std::vector<std::string>{}) << at;
    expect_foreign_staging(fs);
  }

  Sha256 arrived;
  const std::map<std::string, Bytes> all_files = {{"a", bytes_of("first")}, {"b", noise(3000)}};
};

TEST_F(IntakeDurability, CutOffAnywhereLosesNothingAndTheNextRunCompletes) {
  for (std::uint64_t cut = 1;; ++cut) {
    MemoryFs fs = disk;
    fs.cut_power_at(fs.operations() + cut);
    const auto taken = take(fs);
    for (const Unsynced unsynced : kEveryUnsynced) {
      MemoryFs after = fs;
      after.reboot(unsynced);
      if (taken) {
        EXPECT_EQ(archived_files(after, false), all_files) << "reported success, then forgot";
      }
      expect_nothing_lost(after, cut);
      expect_next_run_completes(after, cut);
      if (HasFatalFailure()) return;
    }
    if (taken) break;
    ASSERT_LT(cut, kOperationsMax);
  }
}

TEST_F(IntakeDurability, OnADiskThatFailsAnywhereLosesNothingAndTheNextRunCompletes) {
  for (std::uint64_t failing = 1;; ++failing) {
    MemoryFs fs = disk;
    const std::uint64_t start = fs.operations();
    fs.fail_at(start + failing, Code::io, "cannot write: No space left on device");
    const auto taken = take(fs);
    EXPECT_TRUE(taken || taken.error().code() == Code::io) << failing << ": " << taken.error().sentence();
    expect_nothing_lost(fs, failing);
    if (fs.operations() < start + failing) break;  // it was over before
    expect_next_run_completes(fs, failing);
    if (HasFatalFailure()) return;
    ASSERT_LT(failing, kOperationsMax);
  }
}

TEST_F(IntakeDurability, OnAFullDiskLosesNothingAndCompletesOnceThereIsRoom) {
  for (std::uint64_t room = 0;; room += 2500) {
    MemoryFs fs = disk;
    std::uint64_t used = 0;
    for (const auto& [path, bytes] : fs.files()) used += bytes.size();
    fs.limit_bytes(used + room);
    const auto taken = take(fs);
    expect_nothing_lost(fs, room);
    if (taken) break;
    EXPECT_TRUE(fails_with(taken, Code::io)) << room;
    EXPECT_EQ(fs.list("archive/staging")->size(), 1u) << "only the other run's is left: the space was given back";
    fs.limit_bytes(UINT64_MAX);
    expect_next_run_completes(fs, room);
    if (HasFatalFailure()) return;
    ASSERT_LT(room, 2'000'000u);
  }
}

}  // namespace
}  // namespace muniment
