#include "mirror/recover.h"

#include <gtest/gtest.h>

#include <set>

#include "mirror/copies_testing.h"
#include "testing/expect_code.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

/// An office of three deposits with three mirrors. Nothing is read from the office: it has been wiped.
class RecoverTest : public ::testing::Test {
 protected:
  RecoverTest() {
    MemoryFs office_fs;
    Office office(office_fs, random);
    office.deposit(1);
    copy_files(office_fs, "office", fs, "old");
    ids = office.deposit(2);
    for (const char* root : {"one", "two", "three"}) copy_files(office_fs, "office", fs, root);
    good = office.objects();
    id = office.charter().id;
    head = office.head();
  }

  Result<RecoverReport> recover(const std::vector<std::string>& roots, MemoryFs& disk) {
    std::vector<std::unique_ptr<FolderStore>> owned;
    std::vector<Store*> sources;
    for (const std::string& root : roots) {
      owned.push_back(std::make_unique<FolderStore>(fs, root, random));
      sources.push_back(owned.back().get());
    }
    FolderStore target(disk, "new", random);
    return recover_archive(sources, IdPin::of(id), target);
  }
  Result<RecoverReport> recover(const std::vector<std::string>& roots) { return recover(roots, new_fs); }

  std::string deposit_path(std::size_t i, const std::string& name) const { return deposit_folder(ids[i]) + "/" + name; }

  FixedRandom random;
  MemoryFs fs;  // of the mirrors
  Files good;
  std::vector<Sha256> ids;
  Sha256 id;
  SignedHead head;
  MemoryFs new_fs;
};

TEST_F(RecoverTest, FromOneGoodCopy) {
  const auto report = recover({"one"});
  ASSERT_TRUE(report) << report.error().sentence();
  EXPECT_EQ(difference(objects_in(new_fs, "new"), good), "");
  EXPECT_EQ(report->head, head.head);
  EXPECT_EQ(report->charter.id, id);
  EXPECT_EQ(report->verified.view.deposits.size(), 3u);
  EXPECT_TRUE(report->verified.findings.empty());
  EXPECT_TRUE(report->copied.lost.empty());
  EXPECT_EQ(report->copies.at(0).state, CopyState::whole);
}

TEST_F(RecoverTest, SaysWhatEveryCopyWasWorthAndWhatItDoes) {
  fs.corrupt("two/README.txt", 1);
  std::vector<std::string> steps;
  FolderStore one(fs, "one", random);
  FolderStore two(fs, "two", random);
  FolderStore old_copy(fs, "old", random);
  FolderStore nothing(fs, "nothing", random);
  FolderStore target(new_fs, "new", random);
  const auto report =
      recover_archive({&nothing, &old_copy, &two, &one}, IdPin::of(id), target,
                      {.on_bytes = {}, .on_step = [&](const std::string& doing) { steps.push_back(doing); }});
  ASSERT_TRUE(report) << report.error().sentence();
  std::vector<std::string> states;
  for (const AuditedCopy& copy : report->copies) states.push_back(copy.where + " " + std::string(name_of(copy.state)));
  EXPECT_EQ(states, (std::vector<std::string>{"nothing unreachable", "old behind", "two damaged", "one whole"}));
  EXPECT_EQ(steps,
            (std::vector<std::string>{"Reading every copy", "Copying what is good", "Reading back what was written"}));
  EXPECT_EQ(difference(objects_in(new_fs, "new"), good), "");
}

TEST_F(RecoverTest, FromCopiesThatAreAllDamagedInDifferentPlaces) {
  // Every object but the checkpoint is good in one of the three only.
  const std::vector<std::string> roots = {"one", "two", "three"};
  std::size_t i = 0;
  for (const auto& [name, bytes] : good) {
    if (name == "checkpoint" || name.starts_with("tile/entries/")) continue;
    ++i;
    for (std::size_t root = 0; root < roots.size(); ++root) {
      if (i % roots.size() == root) continue;
      const std::string path = join(roots[root], name);
      if (i % 2 == 0) {
        fs.corrupt(path, bytes.size() - 1);
      } else {
        fs.truncate(path, bytes.size() / 2);
      }
    }
  }
  const auto report = recover(roots);
  ASSERT_TRUE(report) << report.error().sentence();
  EXPECT_TRUE(report->copied.lost.empty());
  EXPECT_EQ(difference(objects_in(new_fs, "new"), good), "");
  for (const AuditedCopy& copy : report->copies) EXPECT_EQ(copy.state, CopyState::damaged) << copy.sentence;
}

TEST_F(RecoverTest, FromEntriesOfOneAndTilesOfAnother) {
  const std::string size = std::to_string(head.head.size);
  fs.corrupt("one/tile/entries/000.p/" + size, 20);
  fs.corrupt("two/tile/0/000.p/" + size, 20);
  const auto report = recover({"one", "two"});
  ASSERT_TRUE(report) << report.error().sentence();
  EXPECT_EQ(difference(objects_in(new_fs, "new"), good), "");
}

TEST_F(RecoverTest, ALostReceiptIsRestoredFromTheLog) {
  for (std::size_t i = 0; i < ids.size(); ++i) ASSERT_TRUE(fs.remove("one/" + deposit_path(i, "receipt")));
  const auto report = recover({"one"});
  ASSERT_TRUE(report) << report.error().sentence();
  EXPECT_EQ(difference(objects_in(new_fs, "new"), good), "");
  EXPECT_TRUE(report->copied.lost.empty());
}

TEST_F(RecoverTest, ALostCharterIsRestoredFromEntryZero) {
  for (const bool altered : {false, true}) {
    new_fs = MemoryFs();
    if (altered) {
      fs.seed("one/charter/1", as_view("another charter"));
    } else {
      ASSERT_TRUE(fs.remove("one/charter/1"));
    }
    const auto report = recover({"one"});
    ASSERT_TRUE(report) << report.error().sentence();
    EXPECT_EQ(difference(objects_in(new_fs, "new"), good), "");
  }
}

TEST_F(RecoverTest, AnOlderCopyGivesWhatTheNewestHasLost) {
  Files old = objects_in(fs, "old");
  std::size_t lost = 0;
  for (const auto& [name, bytes] : old) {
    if (!name.starts_with("deposits/")) continue;
    ++lost;
    ASSERT_TRUE(fs.remove("one/" + name));
  }
  EXPECT_EQ(lost, 5u);
  const auto report = recover({"one", "old"});
  ASSERT_TRUE(report) << report.error().sentence();
  EXPECT_EQ(difference(objects_in(new_fs, "new"), good), "");
}

TEST_F(RecoverTest, WhatNobodyHasIsNamedAsLostAndTheRestIsThere) {
  const std::string part = deposit_path(0, "part-0000000");
  fs.corrupt("one/" + part, 3);
  ASSERT_TRUE(fs.remove("two/" + part));
  const auto report = recover({"one", "two"});
  ASSERT_TRUE(report) << report.error().sentence();
  ASSERT_EQ(report->copied.lost.size(), 1u);
  EXPECT_EQ(report->copied.lost[0].object, part);
  ASSERT_EQ(report->copied.bad.size(), 2u);
  EXPECT_EQ(report->copied.bad[0].finding.what, "has been altered or cut");
  EXPECT_EQ(report->copied.bad[1].finding.what, "is missing");
  ASSERT_EQ(report->verified.findings.size(), 1u);
  EXPECT_EQ(report->verified.findings[0].object, part);
  Files expected = good;
  expected.erase(part);
  EXPECT_EQ(difference(objects_in(new_fs, "new"), expected), "") << "nothing in its place";

  const auto later = recover({"one", "two", "three"});
  ASSERT_TRUE(later) << later.error().sentence();
  EXPECT_TRUE(later->verified.findings.empty()) << "a further copy turned up";
  EXPECT_EQ(later->copied.objects_copied, 1u);
  EXPECT_EQ(difference(objects_in(new_fs, "new"), good), "");
}

TEST_F(RecoverTest, AForkStopsEverythingAndIsShown) {
  copy_files(fs, "old", fs, "fork", Copying::head_too);
  LogHome thief(fs, random, "fork");
  ASSERT_TRUE(thief.appender.append({entry_of("another entry")}));
  const auto report = recover({"one", "fork", "two"});
  EXPECT_CODE(report, Code::forged);
  EXPECT_NE(report.error().sentence().find("\n  fork (4 entries)"), std::string::npos) << report.error().sentence();
  EXPECT_EQ(report.error().sentence().find("\n  two"), std::string::npos) << report.error().sentence();
  EXPECT_TRUE(new_fs.files().empty()) << "nothing was written";
}

TEST_F(RecoverTest, ACheckpointWithoutEntriesDoesNotHideThoseThatAreThere) {
  copy_files(fs, "one", fs, "thief");
  LogHome thief(fs, random, "thief");
  const SignerKey* const signers[] = {&thief.signer};
  fs.seed("thief/checkpoint", as_view(sign_note(tlog::render_checkpoint({kTestOrigin, {99, {}}}), signers)));
  const auto report = recover({"thief", "one"});
  ASSERT_TRUE(report) << report.error().sentence();
  EXPECT_EQ(report->head, head.head);
  EXPECT_EQ(report->largest_shown, 99u) << "and it is said";
  EXPECT_EQ(difference(objects_in(new_fs, "new"), good), "");
}

TEST_F(RecoverTest, AForkIsShownThoughTheLargestCheckpointHasNoEntries) {
  copy_files(fs, "old", fs, "fork", Copying::head_too);
  LogHome thief(fs, random, "fork");
  ASSERT_TRUE(thief.appender.append({entry_of("another entry")}));
  copy_files(fs, "one", fs, "thief");
  const SignerKey* const signers[] = {&thief.signer};
  fs.seed("thief/checkpoint", as_view(sign_note(tlog::render_checkpoint({kTestOrigin, {99, {}}}), signers)));
  EXPECT_CODE(recover({"thief", "one", "fork"}), Code::forged);
  EXPECT_TRUE(new_fs.files().empty());
}

TEST_F(RecoverTest, AnotherIdThanTheCopiesOwnFindsNothing) {
  Sha256 other = id;
  other.bytes[0] ^= 1;
  FolderStore one(fs, "one", random);
  FolderStore target(new_fs, "new", random);
  EXPECT_CODE(recover_archive({&one}, IdPin::of(other), target), Code::forged);
  EXPECT_TRUE(new_fs.files().empty());
}

TEST_F(RecoverTest, ATargetThatHoldsAnotherArchiveIsLeftAlone) {
  Office other(new_fs, random, "new", 'b');
  const auto before = new_fs.files();
  EXPECT_CODE(recover({"one"}), Code::conflict);
  EXPECT_EQ(difference(new_fs.files(), before), "");
}

TEST_F(RecoverTest, ANewerArchiveIsNotTakenBackToWhatOlderCopiesShow) {
  copy_files(fs, "one", new_fs, "new");
  const auto before = new_fs.files();
  EXPECT_CODE(recover({"old"}), Code::conflict);
  EXPECT_EQ(difference(new_fs.files(), before), "");
}

TEST_F(RecoverTest, RunAgainOnAWholeArchiveChangesNothing) {
  ASSERT_TRUE(recover({"one"}));
  const auto before = new_fs.files();
  const auto again = recover({"one"});
  ASSERT_TRUE(again);
  EXPECT_EQ(again->copied.objects_copied, 0u);
  EXPECT_EQ(difference(new_fs.files(), before), "");
}

TEST_F(RecoverTest, CutAtEveryOperationAndRunAgainItCompletes) {
  fs.corrupt("one/" + deposit_path(0, "part-0000000"), 3);
  fs.corrupt("two/README.txt", 3);
  MemoryFs whole;
  ASSERT_TRUE(recover({"one", "two"}, whole));
  const IdPin pin = IdPin::of(id);
  std::set<std::map<std::string, Bytes>> tried;  // many cuts leave the same disk
  for (std::uint64_t n = 1; n <= whole.operations(); ++n) {
    MemoryFs cut;
    cut.cut_power_at(n);
    random = FixedRandom(7);
    const bool reported = recover({"one", "two"}, cut).has_value();
    for (const Unsynced unsynced : kEveryUnsynced) {
      MemoryFs disk = cut;
      disk.reboot(unsynced);
      EXPECT_TRUE(!reported || objects_in(disk, "new") == good) << n;
      if (!tried.insert(disk.files()).second) continue;
      EXPECT_EQ(complaints_about_copy(disk, random, "new", pin), "") << n;
      const auto again = recover({"one", "two"}, disk);
      ASSERT_TRUE(again) << n << ": " << again.error().sentence();
      disk.reboot(Unsynced::lost);
      ASSERT_EQ(difference(objects_in(disk, "new"), good), "") << n;
    }
  }
  EXPECT_GT(tried.size(), 20u);
}

}  // namespace
}  // namespace muniment
