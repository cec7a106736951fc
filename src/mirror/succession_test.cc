// Charters that follow, and a log key that was stolen: what the copies make of it.
#include <gtest/gtest.h>

#include "archive/order.h"
#include "mirror/copies_testing.h"
#include "mirror/recover.h"
#include "testing/expect_code.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

/// The office was raided: custodian and log key are gone. Mirror "honest" has the log as it was. The thief goes on with
/// the old key on mirror "thief". Two of three trustees have signed charter/2, which names a new custodian, and a new
/// log key from the entry on that the honest log has not reached; "exile" is the new home, where it is logged.
class Succession : public ::testing::Test {
 protected:
  Succession() {
    ids = office.deposit(2);
    kept = office.head().head.size;
    copy_files(fs, "office", fs, "honest");
    copy_files(fs, "office", fs, "thief", Copying::head_too);
    copy_files(fs, "office", fs, "exile", Copying::head_too);
    append_at(fs, random, "thief", thiefs_entries());
    charter_2 = next_charter(9);
    exile_log = {{log_key(8).verifier(), kept}};
    append_at(fs, random, "exile", {entry_of(charter_2)}, exile_log, 8);
    for (const auto& [name, bytes] : new_keyring) fs.seed("exile/" + name, bytes);
    seed_charter("exile");
  }

  /// A removal and a reseal that nobody has signed, a charter that one custodian has, and an entry that means nothing.
  std::vector<Bytes> thiefs_entries() {
    Order removal;
    removal.kind = OrderKind::remove;
    removal.number = std::string(32, '1');
    removal.date = "2026-02-03";
    removal.deposits = {ids[0]};
    Order reseal;
    reseal.kind = OrderKind::reseal;
    reseal.number = std::string(32, '2');
    reseal.date = "2026-02-03";
    reseal.drops_older = true;
    const std::string folder = deposit_folder(ids[0]) + "/";
    reseal.objects = {{ObjectName(folder + "header-1"), {}}, {ObjectName(folder + "contents-1.age"), {}}};
    const SignerKey own = log_key(7);
    const SignerKey one = custodian_key(1);
    std::vector<Bytes> entries;
    for (const SignerKey* signer : {&own, &one}) {
      for (const Order* order : {&removal, &reseal}) {
        entries.push_back(entry_of(sign_note(render_order(*order, office.charter().id), {&signer, 1})));
      }
    }
    entries.push_back(entry_of(takeover()));
    entries.push_back(entry_of("noise"));
    return entries;
  }

  /// A charter without trustees, signed by the one custodian whom it leaves.
  std::string takeover() {
    Charter next = office.charter().charter;
    next.version = 2;
    next.archive = next.previous = office.charter().id;
    next.trustees.reset();
    next.custodians.pop_back();
    next.rules.charter = 1;
    const SignerKey one = custodian_key(1);
    const SignerKey* const signers[] = {&one};
    return sign_note(render_charter(next), signers);
  }

  /// Signed by the trustees. Another `noise` is another charter of the same version.
  std::string next_charter(std::uint8_t noise) {
    Charter next = office.charter().charter;
    next.version = 2;
    next.archive = next.previous = office.charter().id;
    next.custodians = {test_holder(3)};
    next.log_keys.push_back({log_key(8).verifier(), kept});
    next.compartments[0].openers = {"custodian-3"};
    const ObjectName keyring = keyring_name(2, "evidence", "custodian-3");
    new_keyring = {{keyring.text(), Bytes(200, noise)}};
    next.objects = {next.objects[0], {keyring, sha256(new_keyring.at(keyring.text()))}};
    const TrusteesKeys trustees = trustees_keys();
    const SignerKey* const signers[] = {&trustees.signer()};
    return sign_note(render_charter(next), signers);
  }

  void seed_charter(const std::string& root) { fs.seed(root + "/charter/2", as_view(charter_2)); }

  Result<Survey> survey(const std::vector<Store*>& stores) { return survey_copies(stores, office.pin()); }

  /// The objects of both deposits are all there.
  void expect_nothing_lost(const std::string& root) {
    for (const Sha256& id : ids) {
      for (const char* name : {"header-0", "contents-0.age", "part-0000000", "receipt", "SHA256SUMS"}) {
        EXPECT_TRUE(fs.info(root + "/" + deposit_folder(id) + "/" + name)) << root << " " << name;
      }
    }
    EXPECT_EQ(complaints_about_copy(fs, random, root, office.pin()), "") << root;
  }

  FixedRandom random;
  MemoryFs fs;
  Office office{fs, random, "office", 'a', People::two_and_trustees};
  std::vector<Sha256> ids;
  std::uint64_t kept = 0;  // entries of the log before the raid
  std::string charter_2;
  Files new_keyring;
  std::vector<LogKey> exile_log;
  FolderStore honest{fs, "honest", random};
  FolderStore thief{fs, "thief", random};
  FolderStore exile{fs, "exile", random};
};

TEST_F(Succession, TheNewestCharterOfAnyCopyCounts) {
  const auto found = survey({&honest, &thief, &exile});
  ASSERT_TRUE(found) << found.error().sentence();
  EXPECT_EQ(found->charter.charter.version, 2u);
  EXPECT_EQ(found->best, 2u) << "the thief's is longer, and does not count";
  EXPECT_EQ(found->copies[0].head->head.size, kept);
  EXPECT_FALSE(found->copies[1].head);
  ASSERT_TRUE(found->copies[1].ended);
  EXPECT_EQ(found->copies[1].ended->size, kept + 6);
  EXPECT_EQ(found->copies[1].ended->counts_to, kept);
}

TEST_F(Succession, ACharterThatLiesBesideTheLogCountsBeforeItIsLogged) {
  seed_charter("honest");
  const auto found = survey({&thief, &honest});
  ASSERT_TRUE(found) << found.error().sentence();
  EXPECT_EQ(found->charter.charter.version, 2u);
  EXPECT_EQ(found->best, 1u);
  EXPECT_FALSE(found->copies[0].head);
}

TEST_F(Succession, WithoutTheCharterNobodyCanTell) {
  const auto found = survey({&honest, &thief});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->best, 1u) << "the old key still counts for whoever has seen no charter/2";
}

TEST_F(Succession, AuditNamesTheThiefsEntriesAndCallsThemNoFork) {
  const auto audited = audit_copies(*survey({&honest, &thief, &exile}), {});
  ASSERT_TRUE(audited);
  EXPECT_EQ(audited->at(0).state, CopyState::behind);
  EXPECT_TRUE(audited->at(0).sentence.starts_with("behind by 1 entry")) << audited->at(0).sentence;
  EXPECT_EQ(audited->at(1).state, CopyState::not_ours);
  EXPECT_EQ(
      audited->at(1).sentence,
      "not ours: it shows 10 entries, and those from 4 to 9 are signed by a log key that has ended: of whoever has "
      "that key. The next push or pull replaces what is not ours");
  EXPECT_EQ(audited->at(2).state, CopyState::whole) << audited->at(2).sentence;
}

TEST_F(Succession, AuditSaysThatACopyLacksACharterThatIsNotLoggedYet) {
  copy_files(fs, "honest", fs, "told");
  seed_charter("told");
  FolderStore told(fs, "told", random);
  const auto audited = audit_copies(*survey({&told, &honest}), {});
  ASSERT_TRUE(audited);
  EXPECT_EQ(audited->at(0).state, CopyState::whole) << audited->at(0).sentence;
  EXPECT_EQ(audited->at(1).state, CopyState::behind);
  EXPECT_EQ(audited->at(1).charters_behind, 1u);
  EXPECT_EQ(audited->at(1).sentence,
            "behind: what it holds is good, and lacks the newest charter. Others could still show it what is not ours");
}

TEST_F(Succession, PullingHealsTheThiefsMirror) {
  auto found = survey({&honest, &exile});
  const auto copied = copy_newest({&honest, &exile}, *found, thief);
  ASSERT_TRUE(copied) << copied.error().sentence();
  EXPECT_TRUE(copied->lost.empty());
  expect_nothing_lost("thief");
  const auto audited = audit_copies(*survey({&exile, &thief}), {});
  EXPECT_EQ(audited->at(1).state, CopyState::whole) << audited->at(1).sentence;
  EXPECT_EQ(*exile.get(ObjectName("checkpoint"), 4096), *thief.get(ObjectName("checkpoint"), 4096));
}

TEST_F(Succession, ThePartlyWrongTilesOfTheThiefAreReplaced) {
  // The honest log grows past the thief's, so that its tiles have names that the thief's took.
  std::vector<Bytes> more;
  for (int i = 0; i < 5; ++i) more.push_back(entry_of("more " + std::to_string(i)));
  append_at(fs, random, "exile", more, exile_log, 8);
  ASSERT_EQ((*survey({&exile})).copies[0].head->head.size, kept + 6) << "as many as the thief's";
  auto found = survey({&exile});
  ASSERT_TRUE(copy_newest({&exile}, *found, thief));
  const auto audited = audit_copies(*survey({&exile, &thief}), {});
  EXPECT_EQ(audited->at(1).state, CopyState::whole) << audited->at(1).sentence;
}

TEST_F(Succession, ThePullOfACopyThatHasTheCharterIsNotTakenBackByStaleSources) {
  FolderStore copy(fs, "copy", random);
  auto found = survey({&exile});
  ASSERT_TRUE(copy_newest({&exile}, *found, copy));
  const Files before = objects_in(fs, "copy");
  // As pull does it: the copy's own charters are known.
  const auto known = read_charter(copy, office.pin());
  EXPECT_CODE(survey_copies({&thief}, office.pin(), *known), Code::forged);
  // As somebody does it who does not look: the target's charters count all the same.
  auto stale = survey({&thief});
  ASSERT_TRUE(stale) << "nothing of the source says that the key has ended";
  const auto copied = copy_newest({&thief}, *stale, copy);
  EXPECT_CODE(copied, Code::forged);
  EXPECT_NE(copied.error().sentence().find("by the newest charter, which lies at copy, "), std::string::npos)
      << copied.error().sentence();
  EXPECT_EQ(difference(objects_in(fs, "copy"), before), "");
}

TEST_F(Succession, CharterFilesAreCopiedBesideTheLogBeforeTheyAreLogged) {
  seed_charter("honest");
  FolderStore copy(fs, "copy", random);
  auto found = survey({&honest});
  ASSERT_TRUE(copy_newest({&honest}, *found, copy));
  const auto beside = copy.get(ObjectName("charter/2"), 1 << 20);
  ASSERT_TRUE(beside);
  EXPECT_EQ(as_text(*beside), charter_2);
  auto stale = survey({&thief});
  EXPECT_CODE(copy_newest({&thief}, *stale, copy), Code::forged) << "it counts there as well from now on";
}

TEST_F(Succession, RecoverFollowsTheCharterAndNamesTheThief) {
  MemoryFs disk;
  FolderStore target(disk, "new", random);
  const auto report = recover_archive({&thief, &honest, &exile}, office.pin(), target);
  ASSERT_TRUE(report) << report.error().sentence();
  EXPECT_EQ(report->head.size, kept + 1);
  EXPECT_EQ(report->largest_shown, kept + 1) << "the thief's entries are not something that was lost";
  EXPECT_EQ(report->copies[0].state, CopyState::not_ours);
  EXPECT_TRUE(report->verified.findings.empty());
  EXPECT_EQ(report->verified.view.charter.version, 2u);
  EXPECT_EQ(report->verified.view.deposits.size(), 2u);
}

TEST_F(Succession, RecoverFollowsACharterThatIsNotLogged) {
  seed_charter("thief");
  MemoryFs disk;
  FolderStore target(disk, "new", random);
  const auto report = recover_archive({&thief, &honest}, office.pin(), target);
  ASSERT_TRUE(report) << report.error().sentence();
  EXPECT_EQ(report->head.size, kept);
  EXPECT_EQ(report->charter.charter.version, 2u);
  EXPECT_EQ(as_text(*target.get(ObjectName("charter/2"), 1 << 20)), charter_2);
}

TEST_F(Succession, TwoChartersOfOneVersionStopEverythingAndAreBothShown) {
  const std::string first = charter_2;
  charter_2 = next_charter(10);
  seed_charter("honest");
  const auto found = survey({&honest, &exile});
  EXPECT_CODE(found, Code::forged);
  for (const std::string& text : {first, charter_2}) {
    EXPECT_NE(found.error().sentence().find(sha256(as_view(text)).hex()), std::string::npos)
        << found.error().sentence();
  }
  EXPECT_NE(found.error().sentence().find("exile has the one with"), std::string::npos) << found.error().sentence();
}

TEST_F(Succession, ATargetWithAnotherCharterIsNotFilled) {
  copy_files(fs, "honest", fs, "copy");
  charter_2 = next_charter(10);
  seed_charter("copy");
  FolderStore copy(fs, "copy", random);
  auto found = survey({&exile});
  const Files before = objects_in(fs, "copy");
  EXPECT_CODE(copy_newest({&exile}, *found, copy), Code::forged);
  EXPECT_EQ(difference(objects_in(fs, "copy"), before), "");
}

TEST_F(Succession, ALogThatNamesTheCharterEndsTheKeyWhereTheFileWasTakenAway) {
  // The thief goes on from the log that has charter/2 in it, with the old key, and hides the file.
  copy_files(fs, "exile", fs, "sly", Copying::head_too);
  ASSERT_TRUE(fs.remove("sly/charter/2"));
  append_at(fs, random, "sly", {entry_of("noise")}, exile_log, 8);
  FolderStore sly(fs, "sly", random);
  const auto head = read_head(sly, {kTestOrigin, {{log_key(7).verifier(), 0}, exile_log[0]}});
  ASSERT_TRUE(head);
  const SignerKey old_key = log_key(7);
  const SignerKey* const signers[] = {&old_key};
  fs.seed("sly/checkpoint", as_view(sign_note(tlog::render_checkpoint({kTestOrigin, head->head}), signers)));
  EXPECT_CODE(verify_copy(sly, office.pin()), Code::forged);
}

TEST_F(Succession, ACharterSignedByOneIsPassedOverWhereItLies) {
  fs.seed("thief/charter/2", as_view(takeover()));
  ASSERT_EQ(survey({&thief})->charter.charter.version, 1u);
  FolderStore copy(fs, "copy", random);
  auto found = survey({&thief, &honest});
  ASSERT_TRUE(copy_newest({&thief, &honest}, *found, copy));
  EXPECT_FALSE(*exists(fs, "copy/charter/2"));
  found = survey({&thief, &exile});
  ASSERT_TRUE(found) << "it is no second charter of its version: " << found.error().sentence();
  EXPECT_EQ(found->charter.charter.custodians.at(0).pseudonym(), "custodian-3");
  ASSERT_TRUE(copy_newest({&exile}, *found, thief));
  EXPECT_EQ(as_text(*thief.get(ObjectName("charter/2"), 1 << 20)), charter_2) << "and makes room for the true one";
}

TEST_F(Succession, WithTheLogKeyOrOneCustodiansKeysNothingIsLostOnAnyMirror) {
  FolderStore copy(fs, "copy", random);
  auto stale = survey({&thief});
  const auto copied = copy_newest({&thief}, *stale, copy);
  ASSERT_TRUE(copied) << copied.error().sentence();
  expect_nothing_lost("copy");
  expect_nothing_lost("thief");
  const auto report = verify_copy(copy, office.pin());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->view.objections.size(), 6u) << "each is named, and means nothing";
  EXPECT_EQ(report->view.charter.version, 1u);
  for (const LoggedDeposit& deposit : report->view.deposits) {
    EXPECT_FALSE(deposit.removal);
    EXPECT_EQ(deposit.newest_seal(), 0u);
    EXPECT_EQ(deposit.oldest_seal, 0u);
  }
}

}  // namespace
}  // namespace muniment
