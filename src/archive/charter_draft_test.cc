#include "archive/charter_draft.h"

#include <gtest/gtest.h>

#include "archive/archive_testing.h"
#include "archive/authority.h"
#include "archive/charter_reader.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

class ADraft : public ::testing::Test {
 protected:
  HolderKeys make(const std::string& name) { return HolderKeys::make(name, random); }
  std::unique_ptr<CompartmentKeys> evidence() {
    return std::move(*open_compartment(store, view.charter, kEvidence, archive.custodian.opener()));
  }
  const std::vector<std::string>& openers(std::string_view compartment) {
    return draft.charter().find_compartment(compartment)->openers;
  }
  /// What the draft's keyring file for an opener holds, opened with the opener's key.
  Result<CompartmentKeys> keys_for(std::string_view compartment, const HolderKeys& holder) {
    const LoggedObject* file = find_keyring_file(draft.charter(), compartment, holder.pseudonym());
    if (file == nullptr) return Error(Code::not_found, "no file");
    EXPECT_EQ(sha256(draft.files().at(file->name)), file->digest);
    const age::Identity* const identities[] = {&holder.identity()};
    TRY_ASSIGN(const SecretBytes text, age::open_bytes(draft.files().at(file->name), identities));
    return CompartmentKeys::parse(text.expose_text());
  }
  void expect_readable() {
    const auto parsed = parse_charter_text(render_charter(draft.charter()));
    EXPECT_TRUE(parsed) << parsed.error().sentence();
  }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock;
  Doors doors{fs, random, clock};
  TestArchive archive = *found_test_archive(doors, "archive");
  FolderStore store{fs, "archive", random};
  ArchiveView view = *view_of(doors, archive);
  CharterDraft draft = CharterDraft::after(view.chain);
};

TEST_F(ADraft, FollowsTheCharterInForce) {
  EXPECT_EQ(draft.charter().version, 2u);
  EXPECT_EQ(draft.charter().archive, archive.id);
  EXPECT_EQ(draft.charter().previous, view.chain.versions.back().digest);
  EXPECT_TRUE(draft.files().empty());
  EXPECT_TRUE(check_follows(archive.id, view.charter, view.chain.versions.back().digest, draft.charter()));
  expect_readable();
}

TEST_F(ADraft, WithASecondCustodianAsksForTwoPeople) {
  EXPECT_EQ(draft.charter().rules.charter, 1u);
  ASSERT_TRUE(draft.add_custodian(make("custodian-2").holder()));
  EXPECT_EQ(draft.charter().rules.charter, 2u);
  expect_readable();
}

TEST_F(ADraft, TakesNoNameThatSomebodyHas) {
  EXPECT_CODE(draft.add_custodian(make("custodian-1").holder()), Code::conflict);
  EXPECT_CODE(draft.add_custodian(make(kTrustees).holder()), Code::conflict);
  ASSERT_TRUE(draft.add_partner({"lawyers", make("lawyers").holder().recipient}));
  EXPECT_CODE(draft.add_custodian(make("lawyers").holder()), Code::conflict);
  EXPECT_CODE(draft.add_partner({"lawyers", make("lawyers").holder().recipient}), Code::conflict);
  EXPECT_CODE(draft.add_partner({"The Lawyers", make("lawyers").holder().recipient}), Code::invalid);
}

TEST_F(ADraft, GrantsTheKeysThemselves) {
  const HolderKeys second = make("custodian-2");
  ASSERT_TRUE(draft.add_custodian(second.holder()));
  ASSERT_TRUE(draft.grant(kEvidence, "custodian-2", *evidence(), random));
  EXPECT_EQ(openers(kEvidence), (std::vector<std::string>{"custodian-1", "custodian-2"}));
  const auto granted = keys_for(kEvidence, second);
  ASSERT_TRUE(granted) << granted.error().sentence();
  EXPECT_TRUE(equal(granted->text().expose(), evidence()->text().expose()));
  EXPECT_FALSE(keys_for(kEvidence, make("custodian-2"))) << "another key of the same name";
  expect_readable();
  EXPECT_CODE(draft.grant(kEvidence, "nobody", *evidence(), random), Code::invalid);
  EXPECT_CODE(draft.grant("case-12", "custodian-2", *evidence(), random), Code::invalid);
}

TEST_F(ADraft, RetiresSomebodyFromEverything) {
  const HolderKeys second = make("custodian-2");
  ASSERT_TRUE(draft.add_custodian(second.holder()));
  ASSERT_TRUE(draft.grant(kEvidence, "custodian-2", *evidence(), random));
  draft.set_rules({.charter = 1});
  ASSERT_TRUE(draft.retire("custodian-2"));
  EXPECT_EQ(draft.charter().custodians.size(), 1u);
  EXPECT_EQ(openers(kEvidence), std::vector<std::string>{"custodian-1"});
  EXPECT_EQ(find_keyring_file(draft.charter(), kEvidence, "custodian-2"), nullptr);
  EXPECT_TRUE(draft.files().empty());
  EXPECT_CODE(draft.retire("custodian-2"), Code::not_found);
}

TEST_F(ADraft, RetiresNobodyWithoutWhomTheArchiveEnds) {
  EXPECT_CODE(draft.retire("custodian-1"), Code::invalid) << "the last custodian";
  ASSERT_TRUE(draft.add_custodian(make("custodian-2").holder()));
  EXPECT_CODE(draft.retire("custodian-1"), Code::invalid) << "nobody else opens the evidence";
  CharterDraft other = CharterDraft::after(view.chain);
  ASSERT_TRUE(other.add_custodian(make("custodian-2").holder()));
  EXPECT_CODE(other.retire("custodian-2"), Code::invalid) << "two people must sign, and there would be one";
}

TEST_F(ADraft, AddsACompartmentWithKeysOfItsOwn) {
  ASSERT_TRUE(draft.add_compartment("case-12", {"custodian-1"}, /*hybrid=*/false, random));
  const auto keys = keys_for("case-12", archive.custodian);
  ASSERT_TRUE(keys) << keys.error().sentence();
  EXPECT_NE(draft.charter().find_compartment("case-12")->recipient,
            draft.charter().find_compartment(kEvidence)->recipient);
  expect_readable();
  EXPECT_CODE(draft.add_compartment("case-12", {"custodian-1"}, false, random), Code::conflict);
  EXPECT_CODE(draft.add_compartment("case-13", {}, false, random), Code::invalid);
  EXPECT_CODE(draft.add_compartment("case-13", {"nobody"}, false, random), Code::invalid);
  EXPECT_CODE(draft.add_compartment("../case", {"custodian-1"}, false, random), Code::invalid);
}

TEST_F(ADraft, RevokesWhatWasGrantedButNotTheLastOpener) {
  EXPECT_CODE(draft.revoke(kEvidence, "custodian-1"), Code::invalid);
  ASSERT_TRUE(draft.add_custodian(make("custodian-2").holder()));
  EXPECT_CODE(draft.revoke(kEvidence, "custodian-2"), Code::not_found);
  ASSERT_TRUE(draft.grant(kEvidence, "custodian-2", *evidence(), random));
  ASSERT_TRUE(draft.revoke(kEvidence, "custodian-1"));
  EXPECT_EQ(openers(kEvidence), std::vector<std::string>{"custodian-2"});
  EXPECT_EQ(find_keyring_file(draft.charter(), kEvidence, "custodian-1"), nullptr);
}

TEST_F(ADraft, RenewsKeysForEveryOpenerAndKeepsTheOlderOnes) {
  const auto keys = evidence();
  const std::string before = view.charter.find_compartment(kEvidence)->recipient;
  const SecretBytes old_text = keys->text();
  ASSERT_TRUE(draft.renew(kEvidence, *keys, /*hybrid=*/false, random));
  EXPECT_NE(draft.charter().find_compartment(kEvidence)->recipient, before);
  const auto renewed = keys_for(kEvidence, archive.custodian);
  ASSERT_TRUE(renewed) << renewed.error().sentence();
  EXPECT_TRUE(SecretBytes(renewed->text()).expose_text().ends_with(old_text.expose_text()));
  EXPECT_EQ(find_keyring_file(draft.charter(), kEvidence, "custodian-1")->name,
            keyring_name(2, kEvidence, "custodian-1"));
  expect_readable();
  EXPECT_CODE(draft.renew("case-12", *keys, false, random), Code::invalid);
}

TEST_F(ADraft, ClosesACompartment) {
  ASSERT_TRUE(draft.close(kEvidence));
  EXPECT_TRUE(draft.charter().find_compartment(kEvidence)->is_closed);
  EXPECT_CODE(draft.close("case-12"), Code::invalid);
}

}  // namespace
}  // namespace muniment
