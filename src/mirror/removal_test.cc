// What a removal makes of copies that are brought up to date.
#include <gtest/gtest.h>

#include "archive/order.h"
#include "archive/withdrawal.h"
#include "mirror/audit.h"
#include "mirror/copies_testing.h"
#include "mirror/copy.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

/// An office with two deposits and a mirror of it; then both custodians sign the removal of the first deposit.
class RemovalOnCopies : public ::testing::Test {
 protected:
  RemovalOnCopies() {
    ids = office.deposit(2);
    copy_files(fs, "office", fs, "mirror");
    removal.kind = OrderKind::remove;
    removal.number = std::string(32, '1');
    removal.date = "2026-02-03";
    removal.hold_days = 30;
    removal.deposits = {ids[0]};
    log(removal, {&one, &two});
  }

  void log(const Order& order, const std::vector<const SignerKey*>& signers) {
    office.append({entry_of(sign_note(render_order(order, office.charter().id), signers))});
  }
  Result<CopyResult> bring_up_to_date(FolderStore& copy) {
    return copy_archive({&office.store()}, office.charter(), office.head(), copy);
  }
  Result<WithdrawalReport> carry_out(FolderStore& copy) {
    return carry_out_removals(clock, copy, *view_archive(copy, office.pin()), office.pin());
  }
  AuditedCopy audit(Store& copy) {
    const auto audited = audit_copies(*survey_copies({&copy}, office.pin()), {});
    return audited->at(0);
  }

  FixedRandom random;
  FixedClock clock;
  MemoryFs fs;
  Office office{fs, random, "office", 'a', People::two_and_trustees};
  SignerKey one = custodian_key(1);
  SignerKey two = custodian_key(2);
  std::vector<Sha256> ids;
  Order removal;
  FolderStore mirror{fs, "mirror", random};
};

TEST_F(RemovalOnCopies, ACopyThatIsBroughtUpToDateWithdrawsAndAuditCounts) {
  ASSERT_TRUE(bring_up_to_date(mirror));
  EXPECT_EQ(audit(mirror).state, CopyState::whole);
  EXPECT_TRUE(
      audit(mirror).sentence.ends_with(". 1 deposit is removed by order; of 1 something is still served here, and 0 "
                                       "are withdrawn and not destroyed yet"))
      << audit(mirror).sentence;
  const auto report = carry_out(mirror);
  ASSERT_TRUE(report) << report.error().sentence();
  EXPECT_EQ(report->withdrawn, 1u);
  EXPECT_FALSE(*exists(fs, "mirror/" + deposit_folder(ids[0]) + "/header-0"));
  EXPECT_TRUE(*exists(fs, "mirror/" + deposit_folder(ids[1]) + "/header-0"));
  EXPECT_EQ(audit(mirror).state, CopyState::whole) << audit(mirror).sentence;
  EXPECT_EQ(audit(mirror).removed.withdrawn, 1u);
  clock.advance_s(30 * 86'400);
  ASSERT_TRUE(carry_out(mirror));
  EXPECT_EQ(audit(mirror).sentence.find("removed by order"), std::string::npos) << audit(mirror).sentence;
  EXPECT_EQ(audit(mirror).state, CopyState::whole);
}

TEST_F(RemovalOnCopies, ANewCopyNeverGetsWhatWasRemoved) {
  FolderStore fresh(fs, "fresh", random);
  ASSERT_TRUE(bring_up_to_date(fresh));
  const std::string folder = "fresh/" + deposit_folder(ids[0]) + "/";
  for (const char* name : {"header-0", "contents-0.age", "part-0000000"}) EXPECT_FALSE(*exists(fs, folder + name));
  for (const char* name : {"receipt", "SHA256SUMS"}) EXPECT_TRUE(*exists(fs, folder + name));
  ASSERT_TRUE(carry_out(fresh));
  EXPECT_FALSE(*exists(fs, "fresh/withdrawn/" + ids[0].hex()));
  EXPECT_EQ(audit(fresh).state, CopyState::whole) << audit(fresh).sentence;
}

TEST_F(RemovalOnCopies, WhatIsWithdrawnIsInNoOtherCopy) {
  ASSERT_TRUE(bring_up_to_date(mirror));
  ASSERT_TRUE(carry_out(mirror));
  FolderStore other(fs, "other", random);
  ASSERT_TRUE(copy_archive({&mirror}, office.charter(), office.head(), other));
  EXPECT_FALSE(*exists(fs, "other/withdrawn"));
}

TEST_F(RemovalOnCopies, ACopyBroughtUpToDateAgainDoesNotGetBackWhatItWithdrew) {
  ASSERT_TRUE(bring_up_to_date(mirror));
  ASSERT_TRUE(carry_out(mirror));
  ASSERT_TRUE(bring_up_to_date(mirror)) << "from the office, where it is still served";
  EXPECT_FALSE(*exists(fs, "mirror/" + deposit_folder(ids[0]) + "/header-0"));
}

TEST_F(RemovalOnCopies, AfterAVetoTheCopyHasItAgainFromItselfOrFromAnother) {
  ASSERT_TRUE(bring_up_to_date(mirror));
  ASSERT_TRUE(carry_out(mirror));
  clock.advance_s(30 * 86'400);
  ASSERT_EQ(carry_out(mirror)->destroyed, 1u);
  Order veto;
  veto.kind = OrderKind::veto;
  veto.number = std::string(32, '2');
  veto.date = "2026-03-03";
  veto.removal = removal.number;
  log(veto, {&two});
  ASSERT_TRUE(bring_up_to_date(mirror));
  ASSERT_TRUE(carry_out(mirror));
  EXPECT_EQ(complaints_about_copy(fs, random, "mirror", office.pin()), "");
  EXPECT_TRUE(*exists(fs, "mirror/" + deposit_folder(ids[0]) + "/header-0"));
}

}  // namespace
}  // namespace muniment
