#include "archive/withdrawal.h"

#include <gtest/gtest.h>

#include "archive/orders_testing.h"
#include "archive/reseal.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

class Withdrawal : public ::testing::Test {
 protected:
  void SetUp() override {
    for (unsigned i = 0; i < 3; ++i) ids.push_back(people.deposit("file-" + std::to_string(i), noise(3000, 1 + i)));
    std::ranges::sort(ids);
  }

  Result<WithdrawalReport> run_on(MemoryFs& disk) {
    FolderStore store(disk, "archive", random);
    return carry_out_removals(clock, store, people.view(), people.pin());
  }
  WithdrawalReport run() {
    auto report = run_on(fs);
    EXPECT_TRUE(report) << report.error().sentence();
    return report ? std::move(*report) : WithdrawalReport{};
  }

  /// Names below deposits/ and withdrawn/ of one deposit, without folders.
  std::string served(const Sha256& id) { return names_in_folder(fs, "archive/" + deposit_folder(id)); }
  std::string withdrawn(const Sha256& id) { return names_in_folder(fs, "archive/withdrawn/" + id.hex()); }
  static std::string names_in_folder(MemoryFs& disk, const std::string& folder) {
    std::string text;
    const auto names = disk.list(folder);
    for (const std::string& name : names ? *names : std::vector<std::string>{}) text += name + " ";
    return text;
  }
  std::string state(const Order& order) { return "removal-" + order.number + " "; }

  /// A reseal by custodian-1 for the same compartment, logged as one that drops the older seals.
  void reseal_dropping(const std::vector<Sha256>& deposits) {
    const ArchiveView view = people.view();
    const auto key = *open_compartment(people.store, view.charter, kEvidence, people.archive.custodian.opener());
    Order order = people.order(OrderKind::reseal);
    order.drops_older = true;
    for (const Sha256& id : deposits) {
      const auto lines = *reseal_deposit(people.store, *view.deposit(id), *key,
                                         view.charter.find_compartment(kEvidence)->recipient, random);
      order.objects.insert(order.objects.end(), lines.begin(), lines.end());
    }
    people.log_by_two(order);
  }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock;
  Doors doors{fs, random, clock};
  PeoplesArchive people{doors, "archive", 2};
  std::vector<Sha256> ids;
  static constexpr const char* kAll = "SHA256SUMS contents-0.age header-0 part-0000000 receipt ";
  static constexpr const char* kGone = "SHA256SUMS receipt ";
  static constexpr const char* kObjects = "contents-0.age header-0 part-0000000 ";
};

TEST_F(Withdrawal, DoesNothingWhereNothingIsOrdered) {
  const auto before = fs.files();
  EXPECT_TRUE(run().sentences.empty());
  EXPECT_EQ(fs.files(), before);
  EXPECT_FALSE(*exists(fs, "archive/withdrawn"));
}

TEST_F(Withdrawal, IsAtOnceAndDestructionAfterTheHold) {
  const Order order = people.remove({ids[0]});
  EXPECT_EQ(removals_here(people.store, people.view())->at(0).text(),
            "is still served from here: the next run of muniment mirror pull or deposit withdraws it");
  WithdrawalReport report = run();
  EXPECT_EQ(report.withdrawn, 1u);
  EXPECT_EQ(report.sentences.at(1),
            "Deposit " + ids[0].hex().substr(0, 16) + ": it is destroyed here from 2026-01-31 on");
  EXPECT_EQ(served(ids[0]), kGone);
  EXPECT_EQ(withdrawn(ids[0]), kObjects + state(order));
  EXPECT_EQ(served(ids[1]), kAll);
  EXPECT_EQ(removals_here(people.store, people.view())->at(0).text(),
            "is withdrawn, and destroyed here from 2026-01-31 on");

  clock.advance_s(30 * kDayS - 1);
  EXPECT_EQ(run().destroyed, 0u);
  EXPECT_EQ(withdrawn(ids[0]), kObjects + state(order));
  clock.advance_s(1);
  report = run();
  EXPECT_EQ(report.destroyed, 1u);
  EXPECT_EQ(report.sentences.at(0), "Deposit " + ids[0].hex().substr(0, 16) + ": destroyed here");
  EXPECT_EQ(withdrawn(ids[0]), "destroyed " + state(order));
  EXPECT_EQ(served(ids[0]), kGone);
  EXPECT_EQ(removals_here(people.store, people.view())->at(0).text(), "is not here any more");
  EXPECT_TRUE(run().sentences.empty()) << "and that is all";

  const auto whole = verify_copy(people.store, people.pin());
  EXPECT_TRUE(whole->findings.empty()) << "a copy without what was removed is whole";
}

TEST_F(Withdrawal, TheHoldCountsFromWhenThisCopyFirstSawTheOrder) {
  people.remove({ids[0]});
  clock.advance_s(100 * kDayS);
  run();
  clock.advance_s(29 * kDayS);
  EXPECT_EQ(run().destroyed, 0u);
  clock.advance_s(kDayS);
  EXPECT_EQ(run().destroyed, 1u);
}

TEST_F(Withdrawal, NeedsTwoPeople) {
  people.log(people.order(OrderKind::remove, {ids[0]}), {&people.one()});
  clock.advance_s(100 * kDayS);
  EXPECT_TRUE(run().sentences.empty());
  EXPECT_EQ(served(ids[0]), kAll);
  EXPECT_EQ(people.view().objections.size(), 1u) << "and it is said";
}

TEST_F(Withdrawal, WithTheLogKeyAloneNothingIsWithdrawn) {
  const SignerKey thief = signer_of("custodian-2", 77);
  people.append({render_order(people.order(OrderKind::remove, {ids[0]}), people.archive.id)});
  people.log(people.order(OrderKind::remove, {ids[0]}), {&people.one(), &thief});
  EXPECT_TRUE(run().sentences.empty());
  EXPECT_EQ(served(ids[0]), kAll);
}

TEST_F(Withdrawal, AHoldShorterThanTheChartersNeedsTheTrustees) {
  Order order = people.order(OrderKind::remove, {ids[0]});
  order.hold_days = 3;
  people.log(order, {&people.one(), &people.two()});
  EXPECT_TRUE(run().sentences.empty());
  EXPECT_EQ(served(ids[0]), kAll);
  order.number = make_order_number(random);
  people.log(order, {&people.one(), &people.trustees.signer()});
  run();
  clock.advance_s(3 * kDayS);
  EXPECT_EQ(run().destroyed, 1u);
}

TEST_F(Withdrawal, DestroysNoMoreInAWeekThanTheCharterAllows) {
  people.remove(ids);
  EXPECT_EQ(run().withdrawn, 3u);
  clock.advance_s(30 * kDayS);
  const WithdrawalReport report = run();
  EXPECT_EQ(report.destroyed, 2u);
  EXPECT_EQ(report.sentences.back(),
            "Deposit " + people.view().deposits.back().id.hex().substr(0, 16) +
                ": its hold is over, and it waits: this copy destroys no more than 2 in any seven days");
  clock.advance_s(7 * kDayS - 1);
  EXPECT_EQ(run().destroyed, 0u);
  clock.advance_s(1);
  EXPECT_EQ(run().destroyed, 1u);
}

TEST_F(Withdrawal, AClockThatGoesBackwardsDestroysNothingEarlier) {
  people.remove(ids);
  run();
  clock.advance_s(30 * kDayS);
  ASSERT_EQ(run().destroyed, 2u);
  clock.advance_s(-30 * kDayS);
  EXPECT_EQ(run().destroyed, 0u) << "the hold";
  clock.advance_s(30 * kDayS - 5);
  EXPECT_EQ(run().destroyed, 0u) << "the week";
}

TEST_F(Withdrawal, OfWhatALegalHoldIsOnDestroysNothingUntilItIsReleased) {
  people.remove({ids[0]});
  people.log(people.order(OrderKind::hold, {ids[0]}), {&people.two()});
  run();
  EXPECT_EQ(served(ids[0]), kGone) << "a legal hold does not put it back into use";
  clock.advance_s(100 * kDayS);
  WithdrawalReport report = run();
  EXPECT_EQ(report.destroyed, 0u);
  EXPECT_EQ(report.sentences.at(0),
            "Deposit " + ids[0].hex().substr(0, 16) + ": its hold is over, and it stays: a legal hold is on it");
  EXPECT_EQ(removals_here(people.store, people.view())->at(0).text(),
            "is withdrawn and not destroyed: a legal hold is on it");
  people.log(people.order(OrderKind::release, {ids[0]}), {&people.two()});
  EXPECT_EQ(run().destroyed, 0u) << "one person does not end it";
  people.log_by_two(people.order(OrderKind::release, {ids[0]}));
  EXPECT_EQ(run().destroyed, 1u);
}

TEST_F(Withdrawal, AVetoBringsBackWhatIsNotDestroyedYet) {
  const auto before = served(ids[0]);
  const Order first = people.remove({ids[0]});
  run();
  people.veto(first);
  const WithdrawalReport report = run();
  EXPECT_EQ(report.brought_back, 1u);
  EXPECT_EQ(report.sentences.at(0),
            "Deposit " + ids[0].hex().substr(0, 16) + ": its removal was vetoed: it is served again");
  EXPECT_EQ(served(ids[0]), before);
  EXPECT_EQ(withdrawn(ids[0]), "");
  EXPECT_TRUE(open_logged(doors, people.archive, ids[0]));
  clock.advance_s(100 * kDayS);
  EXPECT_TRUE(run().sentences.empty());

  // A later removal has a hold of its own, also where this copy sees the veto together with it.
  const Order second = people.remove({ids[0]});
  run();
  people.veto(second);
  const Order third = people.remove({ids[0]});
  clock.advance_s(40 * kDayS);
  EXPECT_EQ(run().destroyed, 0u);
  EXPECT_EQ(withdrawn(ids[0]), kObjects + state(third));
  clock.advance_s(30 * kDayS);
  EXPECT_EQ(run().destroyed, 1u);
}

TEST_F(Withdrawal, AVetoThatComesTooLateSaysSo) {
  const Order order = people.remove({ids[0]});
  run();
  clock.advance_s(30 * kDayS);
  ASSERT_EQ(run().destroyed, 1u);
  people.veto(order);
  EXPECT_NE(run().sentences.at(0).find("vetoed after something of it had been destroyed here"), std::string::npos);
  EXPECT_FALSE(verify_copy(people.store, people.pin())->findings.empty()) << "what is missing is named again";
}

TEST_F(Withdrawal, AnOlderStateOfTheLogBringsNothingBack) {
  const ArchiveView older = people.view();
  people.remove({ids[0]});
  run();
  const auto report = carry_out_removals(clock, people.store, older, people.pin());
  ASSERT_TRUE(report);
  EXPECT_NE(report->sentences.at(0).find("which this log does not show: left as it is"), std::string::npos);
  EXPECT_EQ(served(ids[0]), kGone);
}

TEST_F(Withdrawal, TouchesNothingElse) {
  const std::string folder = "archive/" + deposit_folder(ids[0]) + "/";
  for (const char* name : {"notes.txt", "part-1", "part-00000000", "header-", "header-0.bak", "contents-0", "partial"})
    fs.seed(folder + name, as_view("somebody's"));
  fs.seed("archive/withdrawn/" + ids[0].hex() + "/notes.txt", as_view("somebody's"));
  fs.seed("archive/withdrawn/notes.txt", as_view("somebody's"));
  const auto before = fs.files();
  people.remove({ids[0]});
  run();
  clock.advance_s(30 * kDayS);
  ASSERT_EQ(run().destroyed, 1u);
  const auto after = fs.files();
  for (const auto& [path, bytes] : before) {
    const bool is_of_the_deposit =
        path == folder + "header-0" || path == folder + "contents-0.age" || path == folder + "part-0000000";
    const bool is_of_the_log =
        path.starts_with("archive/tile") || path == "archive/checkpoint" || path.starts_with("archive/home/");
    if (is_of_the_deposit || is_of_the_log) continue;
    EXPECT_TRUE(after.contains(path) && after.at(path) == bytes) << path;
  }
}

TEST_F(Withdrawal, OfAnotherArchiveThanThePinnedOneIsRefused) {
  people.remove({ids[0]});
  Sha256 other = people.archive.id;
  other.bytes[0] ^= 0x80;
  EXPECT_CODE(carry_out_removals(clock, people.store, people.view(), IdPin::of(other)), Code::forged);
  EXPECT_EQ(served(ids[0]), kAll);
}

TEST_F(Withdrawal, TwoRunsAtOnceAreOneTooMany) {
  people.remove({ids[0]});
  run();
  const auto lock = fs.lock("archive/withdrawn/lock");
  ASSERT_TRUE(lock);
  EXPECT_CODE(run_on(fs), Code::conflict);
}

TEST_F(Withdrawal, TakesOlderSealsThatWereDropped) {
  const Bytes old_header = *read_file(fs, "archive/" + deposit_folder(ids[0]) + "/header-0", 4096);
  reseal_dropping({ids[0]});
  const WithdrawalReport report = run();
  EXPECT_EQ(report.withdrawn, 1u);
  EXPECT_EQ(served(ids[0]), "SHA256SUMS contents-1.age header-1 part-0000000 receipt ")
      << "the old header is not there";
  EXPECT_EQ(withdrawn(ids[0]), "contents-0.age header-0 seals-below-1 ");
  const auto whole = verify_copy(people.store, people.pin());
  EXPECT_TRUE(whole->findings.empty());
  clock.advance_s(30 * kDayS - 1);
  EXPECT_EQ(run().destroyed, 0u);
  clock.advance_s(1);
  EXPECT_EQ(run().destroyed, 1u);
  EXPECT_EQ(withdrawn(ids[0]), "destroyed seals-below-1 ");
  for (const auto& [path, bytes] : fs.files()) EXPECT_NE(bytes, old_header) << path;
}

TEST_F(Withdrawal, KeepsOlderSealsWhereTheNewOneIsNotWhole) {
  reseal_dropping({ids[0]});
  run();
  fs.corrupt("archive/" + deposit_folder(ids[0]) + "/header-1", 100);
  clock.advance_s(30 * kDayS);
  const WithdrawalReport report = run();
  EXPECT_EQ(report.destroyed, 0u);
  EXPECT_NE(report.sentences.at(0).find("nothing else would open it"), std::string::npos);
  EXPECT_EQ(withdrawn(ids[0]), "contents-0.age header-0 seals-below-1 ");
}

TEST_F(Withdrawal, OfAResealedDepositTakesEverySeal) {
  reseal_dropping({ids[0]});
  run();
  const Order order = people.remove({ids[0]});
  run();
  EXPECT_EQ(served(ids[0]), kGone);
  people.veto(order);
  run();
  EXPECT_EQ(served(ids[0]), "SHA256SUMS contents-1.age header-1 part-0000000 receipt ")
      << "a veto does not bring back seals that were dropped";
  people.remove({ids[0]});
  run();
  clock.advance_s(30 * kDayS);
  run();
  EXPECT_EQ(withdrawn(ids[0]).find("header"), std::string::npos) << withdrawn(ids[0]);
}

TEST_F(Withdrawal, CountsWhatIsStillThere) {
  people.remove({ids[0], ids[1]});
  RemovedCount count = count_removed(people.store, people.view());
  EXPECT_EQ(count.ordered, 2u);
  EXPECT_EQ(count.served, 2u);
  EXPECT_EQ(count.withdrawn, 0u);
  EXPECT_EQ(
      count.text(),
      "2 deposits are removed by order; of 2 something is still served here, and 0 are withdrawn and not destroyed "
      "yet");
  run();
  count = verify_copy(people.store, people.pin())->removed;
  EXPECT_EQ(count.served, 0u);
  EXPECT_EQ(count.withdrawn, 2u);
  clock.advance_s(30 * kDayS);
  run();
  EXPECT_EQ(count_removed(people.store, people.view()).text(), "");
}

TEST_F(Withdrawal, ARemovedDepositThatIsGivenAgainIsRefused) {
  for (const auto& [path, bytes] : fs.files()) {
    const std::string folder = "archive/" + deposit_folder(ids[0]) + "/";
    if (path.starts_with(folder)) fs.seed("again/" + path.substr(folder.size()), bytes);
  }
  people.remove({ids[0]});
  run();
  const auto report = take_in(doors, people.archive, {"again"});
  ASSERT_TRUE(report) << report.error().sentence();
  ASSERT_EQ(report->refused.size(), 1u);
  EXPECT_NE(report->refused[0].what.find("what was removed does not come back"), std::string::npos);
  EXPECT_EQ(served(ids[0]), kGone);
}

TEST_F(Withdrawal, WhatLiesThereAgainWithOtherBytesIsKeptApart) {
  people.remove({ids[0]});
  run();
  fs.seed("archive/" + deposit_folder(ids[0]) + "/header-0", as_view("another"));
  run();
  EXPECT_EQ(served(ids[0]), kGone);
  EXPECT_TRUE(withdrawn(ids[0]).starts_with("contents-0.age header-0 header-0_1 part-0000000 "));
  clock.advance_s(30 * kDayS);
  run();
  EXPECT_TRUE(withdrawn(ids[0]).starts_with("destroyed removal-")) << withdrawn(ids[0]);
}

TEST_F(Withdrawal, AStateThatCannotBeReadBeginsTheHoldAgain) {
  const Order order = people.remove({ids[0]});
  run();
  fs.seed("archive/withdrawn/" + ids[0].hex() + "/removal-" + order.number, as_view("2020"));
  clock.advance_s(30 * kDayS);
  EXPECT_EQ(run().destroyed, 0u);
  clock.advance_s(30 * kDayS);
  EXPECT_EQ(run().destroyed, 1u);
}

/// Cut off at every operation, in each of what follows: withdrawing, destroying, bringing back.
class WithdrawalCutOff : public Withdrawal {
 protected:
  /// What must be true of the disk whatever happened: each object is where it was or where it goes, whole.
  void expect_nothing_half(MemoryFs& disk, const std::map<std::string, Bytes>& objects, const std::string& when) {
    const auto files = disk.files();
    for (const auto& [name, bytes] : objects) {
      const auto at = [&](const std::string& folder) { return files.find(folder + "/" + name); };
      const auto here = at("archive/" + deposit_folder(ids[0]));
      const auto there = at("archive/withdrawn/" + ids[0].hex());
      EXPECT_TRUE(here != files.end() || there != files.end()) << when << ": lost " << name;
      EXPECT_TRUE(here == files.end() || here->second == bytes) << when << ": half " << name;
      EXPECT_TRUE(there == files.end() || there->second == bytes) << when << ": half " << name;
    }
  }

  void cut_everywhere(bool keeps_all) {
    std::map<std::string, Bytes> objects;
    for (const auto& [path, bytes] : fs.files()) {
      const bool is_its = path.find(ids[0].hex()) != std::string::npos && parse_name(path);
      if (is_its) objects[name_in(path)] = bytes;
    }
    MemoryFs whole = fs;
    ASSERT_TRUE(run_on(whole));
    const auto wanted = comparable(whole);
    for (std::uint64_t n = fs.operations() + 1; n <= whole.operations() + 1; ++n) {
      MemoryFs cut = fs;
      cut.cut_power_at(n);
      run_on(cut).has_value();
      for (const Unsynced unsynced : kEveryUnsynced) {
        MemoryFs disk = cut;
        disk.reboot(unsynced);
        const std::string when = "cut at " + std::to_string(n) + ", mode " + std::to_string(static_cast<int>(unsynced));
        if (keeps_all) expect_nothing_half(disk, objects, when);
        ASSERT_TRUE(run_on(disk)) << when;
        disk.reboot(Unsynced::lost);
        EXPECT_EQ(comparable(disk), wanted) << when;
        if (HasFailure()) return;
      }
    }
  }

 private:
  static bool parse_name(const std::string& path) {
    const std::string name = name_in(path);
    return name.starts_with("header-") || name.starts_with("contents-") || name.starts_with("part-");
  }
  /// Files that belong to somebody: without locks and what was cut off while it was written.
  static std::string comparable(MemoryFs& disk) {
    std::string text;
    for (const auto& [path, bytes] : disk.files()) {
      if (path.find("withdrawn/lock") != std::string::npos || path.ends_with(".new")) continue;
      if (path.starts_with("archive/deposits") || path.starts_with("archive/withdrawn")) text += path + "\n";
    }
    return text;
  }
};

TEST_F(WithdrawalCutOff, AnywhereTheNextRunWithdraws) {
  reseal_dropping({ids[0]});
  people.remove({ids[0]});
  cut_everywhere(/*keeps_all=*/true);
}

TEST_F(WithdrawalCutOff, AnywhereTheNextRunWithdrawsOlderSeals) {
  reseal_dropping({ids[0]});
  cut_everywhere(/*keeps_all=*/true);
}

TEST_F(WithdrawalCutOff, AnywhereTheNextRunDestroys) {
  people.remove({ids[0]});
  run();
  clock.advance_s(30 * kDayS);
  cut_everywhere(/*keeps_all=*/false);
}

TEST_F(WithdrawalCutOff, AnywhereTheNextRunBringsBack) {
  const Order order = people.remove({ids[0]});
  run();
  people.veto(order);
  cut_everywhere(/*keeps_all=*/true);
}

TEST_F(WithdrawalCutOff, AnywhereNoWeekDestroysMoreThanTheCharterAllows) {
  people.remove(ids);
  run();
  clock.advance_s(30 * kDayS);
  MemoryFs whole = fs;
  ASSERT_TRUE(run_on(whole));
  for (std::uint64_t n = fs.operations() + 1; n <= whole.operations(); ++n) {
    MemoryFs disk = fs;
    disk.cut_power_at(n);
    run_on(disk).has_value();
    disk.reboot(Unsynced::names_kept);
    ASSERT_TRUE(run_on(disk)) << n;
    int left = 0;
    for (const Sha256& id : ids) left += disk.info("archive/withdrawn/" + id.hex() + "/part-0000000") ? 1 : 0;
    EXPECT_EQ(left, 1) << "cut at " << n;
  }
}

// By the time that cosigners state.

class CosignedWithdrawal : public Withdrawal {
 protected:
  static CosignerSigner cosigner(std::uint8_t byte) {
    Secret<32> seed;
    std::ranges::fill(seed.expose_mut(), byte);
    return {"mirror-" + std::to_string(byte), std::move(seed)};
  }

  /// The archive as if its charter asked for two cosigners, with their cosignatures as of these times; 0 for none.
  ArchiveView cosigned_at(std::int64_t one_s, std::int64_t other_s) {
    ArchiveView view = people.view();
    const std::int64_t times[] = {one_s, other_s};
    const std::string text = view.head.note.substr(0, view.head.note.find("\n\n") + 1);
    for (std::uint8_t i = 0; i < 2; ++i) {
      const CosignerSigner signer = cosigner(i + 1);
      view.charter.policy.witnesses.push_back({signer.verifier().name, signer.verifier(), ""});
      if (times[i] > 0) view.head.note += signer.cosign(text, static_cast<std::uint64_t>(times[i]));
    }
    view.charter.policy.groups = {{"both", 2, {"mirror-1", "mirror-2"}}};
    view.charter.policy.quorum = "both";
    return view;
  }
  std::uint64_t destroyed_at(std::int64_t one_s, std::int64_t other_s) {
    FolderStore store(fs, "archive", random);
    const auto report = carry_out_removals(clock, store, cosigned_at(one_s, other_s), people.pin());
    EXPECT_TRUE(report);
    if (report && !report->sentences.empty()) last_sentence = report->sentences.back();
    return report ? report->destroyed : 99;
  }

  std::string last_sentence;
};

TEST_F(CosignedWithdrawal, AClockThatWasSetForwardDestroysNothing) {
  people.remove({ids[0]});
  const std::int64_t begin_s = clock.now_s();
  EXPECT_EQ(destroyed_at(begin_s, begin_s), 0u);
  EXPECT_EQ(served(ids[0]), kGone) << "it is withdrawn at once all the same";
  clock.advance_s(400 * kDayS);
  EXPECT_EQ(destroyed_at(begin_s, begin_s), 0u);
  EXPECT_NE(last_sentence.find("by the time that a quorum of cosigners has stated"), std::string::npos);
  EXPECT_EQ(destroyed_at(begin_s + 31 * kDayS, begin_s), 0u) << "one is not a quorum";
  EXPECT_EQ(destroyed_at(begin_s + 30 * kDayS - 1, begin_s + 31 * kDayS), 0u);
  EXPECT_EQ(destroyed_at(begin_s + 30 * kDayS, begin_s + 31 * kDayS), 1u);
}

TEST_F(CosignedWithdrawal, AHeadThatNoQuorumHasCosignedDestroysNothing) {
  people.remove({ids[0]});
  EXPECT_EQ(destroyed_at(0, 0), 0u);
  clock.advance_s(400 * kDayS);
  EXPECT_EQ(destroyed_at(0, 0), 0u);
  EXPECT_EQ(destroyed_at(clock.now_s(), 0), 0u);
  EXPECT_EQ(destroyed_at(clock.now_s(), clock.now_s()), 1u);
}

TEST_F(CosignedWithdrawal, AClockThatWasBehindWhenItSawTheOrderDoesNotShortenTheHold) {
  people.remove({ids[0]});
  const std::int64_t true_s = clock.now_s();
  clock.advance_s(-300 * kDayS);
  EXPECT_EQ(destroyed_at(true_s, true_s), 0u);
  clock.advance_s(301 * kDayS);
  EXPECT_EQ(destroyed_at(true_s + kDayS, true_s + kDayS), 0u);
  clock.advance_s(29 * kDayS);
  EXPECT_EQ(destroyed_at(true_s + 30 * kDayS, true_s + 30 * kDayS), 1u);
}

TEST_F(CosignedWithdrawal, CosignersAheadDoNotOutrunThisClock) {
  people.remove({ids[0]});
  const std::int64_t begin_s = clock.now_s();
  EXPECT_EQ(destroyed_at(begin_s, begin_s), 0u);
  EXPECT_EQ(destroyed_at(begin_s + 400 * kDayS, begin_s + 400 * kDayS), 0u);
}

}  // namespace
}  // namespace muniment
