#include "mirror/audit.h"

#include <gtest/gtest.h>

#include "mirror/copies_testing.h"
#include "testing/expect_code.h"
#include "testing/faulty_store.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

class AuditTest : public ::testing::Test {
 protected:
  AuditTest() {
    office.deposit(1);
    copy_files(fs, "office", fs, "old");
    ids = office.deposit(1);
    copy_files(fs, "office", fs, "copy");
  }

  /// Audits the office and one copy; gives what is said of the copy.
  AuditedCopy audit(Store& audited_copy, const std::map<std::string, std::uint64_t>& last_seen = {}) {
    const auto survey = survey_copies({&office.store(), &audited_copy}, office.pin());
    EXPECT_TRUE(survey);
    auto audited = audit_copies(*survey, last_seen);
    EXPECT_TRUE(audited && audited->size() == 2);
    if (!audited || audited->size() != 2) return {};
    EXPECT_EQ(audited->at(0).state, CopyState::whole) << audited->at(0).sentence;
    return audited->at(1);
  }

  FixedRandom random;
  MemoryFs fs;
  Office office{fs, random};
  std::vector<Sha256> ids;
  FolderStore copy{fs, "copy", random};
  FolderStore old_copy{fs, "old", random};
};

TEST_F(AuditTest, Whole) {
  const AuditedCopy audited = audit(copy);
  EXPECT_EQ(audited.state, CopyState::whole);
  EXPECT_EQ(audited.where, "copy");
  EXPECT_EQ(audited.size, 5u);
  EXPECT_EQ(audited.behind, 0u);
  EXPECT_EQ(audited.objects, 14u) << "charter, readme, keyring, five of each deposit, one tile";
  EXPECT_EQ(audited.sentence, "whole: 14 objects are as they were logged");
}

TEST_F(AuditTest, ASampleReadsSomePartsAndLooksForTheOthers) {
  ids = office.deposit(200);
  FolderStore sampled(fs, "office", random);
  const auto audit_some = [&](unsigned percent) {
    return audit_copies(*survey_copies({&sampled}, office.pin()), {}, {.sampling = {percent, &random}})->at(0);
  };
  const AuditedCopy whole = audit_some(10);
  EXPECT_EQ(whole.state, CopyState::whole);
  EXPECT_GT(whole.unread, 150u);
  EXPECT_LT(whole.unread, 202u) << "of 202 parts some were read";
  EXPECT_EQ(whole.objects + whole.unread, audit_some(100).objects);
  EXPECT_NE(whole.sentence.find(std::to_string(whole.unread) + " parts were not read"), std::string::npos);

  for (const Sha256& id : ids) fs.corrupt("office/" + deposit_folder(id) + "/part-0000000", 0);
  EXPECT_EQ(audit_some(10).state, CopyState::damaged) << "a disk that decays is found by a sample";
  fs.truncate("office/" + deposit_folder(ids[0]) + "/part-0000000", 5);
  ASSERT_TRUE(fs.remove("office/" + deposit_folder(ids[1]) + "/part-0000000"));
  const AuditedCopy looked = audit_some(1);
  std::map<std::string, std::string> found;
  for (const Finding& finding : looked.findings) found.emplace(finding.object, finding.what);
  EXPECT_EQ(found[deposit_folder(ids[0]) + "/part-0000000"], "has been altered or cut");
  EXPECT_EQ(found[deposit_folder(ids[1]) + "/part-0000000"], "is missing");
}

TEST_F(AuditTest, Behind) {
  const AuditedCopy audited = audit(old_copy, {{"old", 3}});
  EXPECT_EQ(audited.state, CopyState::behind);
  EXPECT_EQ(audited.size, 3u);
  EXPECT_EQ(audited.behind, 2u);
  EXPECT_EQ(audited.sentence,
            "behind by 2 entries: what it holds is good, but it shows an older state (rolled back, or not brought up "
            "to date since)");
}

TEST_F(AuditTest, RolledBack) {
  const AuditedCopy audited = audit(old_copy, {{"old", 5}});
  EXPECT_EQ(audited.state, CopyState::rolled_back);
  EXPECT_EQ(audited.sentence, "rolled back: it has shown 5 entries before and shows 3 now; what it holds is good");
}

TEST_F(AuditTest, RolledBackIsSaidEvenIfNoOtherCopyShowsMore) {
  const auto survey = survey_copies({&old_copy}, office.pin());
  const auto audited = audit_copies(*survey, {{"old", 5}});
  ASSERT_TRUE(audited);
  EXPECT_EQ(audited->at(0).state, CopyState::rolled_back) << "all have been rolled back, or all but this one are gone";
}

TEST_F(AuditTest, Damaged) {
  fs.corrupt("copy/" + deposit_folder(ids[0]) + "/part-0000000", 7);
  const AuditedCopy audited = audit(copy);
  EXPECT_EQ(audited.state, CopyState::damaged);
  ASSERT_EQ(audited.findings.size(), 1u);
  EXPECT_EQ(audited.sentence, "damaged: " + deposit_folder(ids[0]) + "/part-0000000 has been altered or cut");
}

TEST_F(AuditTest, DamagedAndBehind) {
  ASSERT_TRUE(fs.remove("old/README.txt"));
  const AuditedCopy audited = audit(old_copy, {{"old", 5}});
  EXPECT_EQ(audited.state, CopyState::damaged);
  EXPECT_EQ(audited.behind, 2u);
  EXPECT_EQ(audited.sentence, "damaged: README.txt is missing, and lacks the newest 2 entries");
}

TEST_F(AuditTest, ManyDamagesAreCounted) {
  for (const auto& [name, bytes] : objects_in(fs, "copy")) {
    if (!name.starts_with("deposits/")) continue;
    ASSERT_TRUE(fs.remove("copy/" + name));
  }
  const AuditedCopy audited = audit(copy);
  EXPECT_EQ(audited.findings.size(), 10u);
  EXPECT_TRUE(audited.sentence.ends_with(" is missing; and 7 more")) << audited.sentence;
}

TEST_F(AuditTest, EveryObjectThatIsAlteredOrMissingIsFoundAndNamed) {
  for (const auto& [name, bytes] : objects_in(fs, "copy")) {
    const bool is_old_tile = name.starts_with("tile/") && !name.ends_with("/5");
    if (name == "checkpoint" || is_old_tile) continue;
    for (const bool missing : {false, true}) {
      MemoryFs image = fs;
      if (missing) {
        ASSERT_TRUE(image.remove("copy/" + name));
      } else {
        image.corrupt("copy/" + name, bytes.size() / 2);
      }
      FolderStore damaged(image, "copy", random);
      const AuditedCopy audited = audit(damaged);
      EXPECT_EQ(audited.state, CopyState::damaged) << name;
      const std::string named = name.starts_with("tile/entries/") ? "log" : name;
      EXPECT_NE(audited.sentence.find(named), std::string::npos) << audited.sentence;
    }
  }
}

TEST_F(AuditTest, DamagedEntriesMakeOneSentence) {
  ASSERT_TRUE(fs.remove("copy/tile/entries/000.p/5"));
  EXPECT_EQ(audit(copy).sentence, "damaged: log cannot be followed: log entries from 0 on are missing");
}

TEST_F(AuditTest, ACheckpointThatDoesNotCountIsDamage) {
  fs.seed("copy/checkpoint", as_view("nonsense"));
  const AuditedCopy audited = audit(copy);
  EXPECT_EQ(audited.state, CopyState::damaged);
  EXPECT_TRUE(audited.sentence.starts_with("damaged: checkpoint does not count: checkpoint of copy: "))
      << audited.sentence;
}

TEST_F(AuditTest, Forked) {
  copy_files(fs, "old", fs, "fork", Copying::head_too);
  LogHome thief(fs, random, "fork");
  ASSERT_TRUE(thief.appender.append({entry_of("another entry")}));
  const AuditedCopy audited = audit(thief.store);
  EXPECT_EQ(audited.state, CopyState::forked);
  EXPECT_EQ(audited.size, 4u);
  EXPECT_EQ(audited.sentence,
            "forked: its checkpoint over 4 entries is signed by the log key and contradicts the others. Somebody who "
            "has the log key shows different people different logs");
}

TEST_F(AuditTest, AForkIsFoundThoughTheBestCopysOwnEntriesAreDamaged) {
  copy_files(fs, "old", fs, "fork", Copying::head_too);
  LogHome thief(fs, random, "fork");
  ASSERT_TRUE(thief.appender.append({entry_of("another entry")}));
  fs.corrupt("office/tile/entries/000.p/5", 9);
  const auto survey = survey_copies({&office.store(), &thief.store, &copy}, office.pin());
  const auto audited = audit_copies(*survey, {});
  ASSERT_TRUE(audited);
  EXPECT_EQ(audited->at(0).state, CopyState::damaged);
  EXPECT_EQ(audited->at(1).state, CopyState::forked);
  EXPECT_EQ(audited->at(2).state, CopyState::whole);
}

TEST_F(AuditTest, Unreachable) {
  FolderStore nothing(fs, "nothing", random);
  EXPECT_EQ(audit(nothing).state, CopyState::unreachable);
  EXPECT_EQ(audit(nothing).sentence, "unreachable: there is no archive at nothing");
  FaultyStore gone(copy);
  gone.refuse_from(1, Code::denied);
  const AuditedCopy audited = audit(gone);
  EXPECT_EQ(audited.state, CopyState::unreachable);
  EXPECT_TRUE(audited.sentence.starts_with("unreachable: ")) << audited.sentence;
}

TEST_F(AuditTest, ACopyThatGoesAwayWhileItIsReadIsNotCalledWhole) {
  std::uint64_t listed_at = 0;
  FaultyStore honest(copy);
  honest.on_call([&](const FaultyStore::Call& call) -> Result<void> {
    if (call.operation == FaultyStore::Operation::list && listed_at == 0) listed_at = call.number;
    return {};
  });
  ASSERT_EQ(audit(honest).state, CopyState::whole);
  ASSERT_GT(listed_at, 15u);
  for (std::uint64_t n = 1; n < listed_at; ++n) {
    FaultyStore gone(copy);
    gone.refuse_from(n, Code::io);
    EXPECT_NE(audit(gone).state, CopyState::whole) << n;
  }
  FaultyStore unlisted(copy);
  unlisted.refuse_from(listed_at, Code::unavailable);
  EXPECT_EQ(audit(unlisted).state, CopyState::whole) << "the log names everything: nothing needs to be listed";
}

TEST_F(AuditTest, CountsTheBytesThatItReads) {
  const auto survey = survey_copies({&copy}, office.pin());
  std::uint64_t told = 0;
  const auto audited = audit_copies(*survey, {}, {.on_bytes = [&](std::uint64_t bytes) { told += bytes; }});
  EXPECT_GT(told, 2000u);
  EXPECT_EQ(audited->at(0).bytes, told);
}

TEST_F(AuditTest, EveryStateHasItsName) {
  EXPECT_EQ(name_of(CopyState::whole), "whole");
  EXPECT_EQ(name_of(CopyState::agreed_part), "holds its agreed part");
  EXPECT_EQ(name_of(CopyState::behind), "behind");
  EXPECT_EQ(name_of(CopyState::rolled_back), "rolled back");
  EXPECT_EQ(name_of(CopyState::not_ours), "not ours");
  EXPECT_EQ(name_of(CopyState::damaged), "damaged");
  EXPECT_EQ(name_of(CopyState::forked), "forked");
  EXPECT_EQ(name_of(CopyState::unreachable), "unreachable");
}

}  // namespace
}  // namespace muniment
