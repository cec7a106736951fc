#include "archive/redeal.h"

#include <gtest/gtest.h>

#include "archive/archive_testing.h"
#include "archive/proposal.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

class ADealAnew : public ::testing::Test {
 protected:
  ADealAnew() {
    const FoundingTrustees founding{first.trustees, first.keys};
    id = found_archive(doors, "archive", custodian, &founding)->id;
  }

  FoundCharter charters() { return *read_charter(store, IdPin::of(id)); }
  /// What the trustees' keys open a fresh seal for the compartment with.
  bool opens(const CompartmentKeys& keys, const std::string& recipient) {
    const auto parsed = age::parse_recipient(recipient);
    const age::Recipient* const recipients[] = {parsed->get()};
    const age::Identity* const identities[] = {&keys};
    return age::open_bytes(*age::seal_bytes(as_view("x"), recipients, random), identities).has_value();
  }
  /// Puts the deal in force, signed by these trustees' keys besides the new ones and the custodian.
  Result<void> carry_out_deal(const Deal& deal, const TrusteesKeys* signing) {
    const FoundCharter before = charters();
    TRY_ASSIGN(const CharterDraft draft, draft_deal(store, before, deal, &first.keys, custodian, false, random));
    for (const auto& [name, file] : draft.files()) TRY(store.put(name, file));
    const std::string text = render_charter(draft.charter());
    std::string note =
        add_signature(sign_note(text, std::vector<const SignerKey*>{&custodian.signer()}), deal.keys.signer());
    if (signing != nullptr) note = add_signature(note, signing->signer());
    TRY_ASSIGN(const ArchiveView view, view_archive(store, IdPin::of(id)));
    TRY_ASSIGN(const Proposal proposal, read_proposal(note, view));
    FolderPlace place(doors, "archive");
    return carry_out(doors, place, IdPin::of(id), proposal, custodian);
  }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock;
  Doors doors{fs, random, clock};
  FolderStore store{fs, "archive", random};
  HolderKeys custodian = HolderKeys::make("custodian-1", random);
  Deal first = *deal_secret(2, 3, 1, /*hybrid=*/false, random);
  Deal second = *deal_secret(2, 3, 2, /*hybrid=*/false, random);
  Sha256 id;
};

TEST_F(ADealAnew, GivesTheNewTrusteesWhatTheOldOnesOpened) {
  const Charter before = charters().charter;
  ASSERT_TRUE(carry_out_deal(second, &first.keys));
  const Charter now = charters().charter;
  EXPECT_EQ(now.trustees->set, 2u);
  for (const char* name : {kEvidence, kIdentities}) {
    const auto keys = open_compartment(store, now, name, second.keys.opener());
    ASSERT_TRUE(keys) << name << ": " << keys.error().sentence();
    EXPECT_TRUE(opens(**keys, before.find_compartment(name)->recipient)) << "what was sealed before, " << name;
    EXPECT_TRUE(opens(**keys, now.find_compartment(name)->recipient)) << "what is sealed now, " << name;
    EXPECT_CODE(open_compartment(store, now, name, first.keys.opener()), Code::denied) << name;
  }
  EXPECT_TRUE(open_compartment(store, now, kEvidence, custodian.opener()));
  EXPECT_TRUE(view_archive(store, IdPin::of(id))->objections.empty());
}

TEST_F(ADealAnew, RenewsWhatOnlyTrusteesOpenSoThatOldSharesOpenNothingNew) {
  const Charter before = charters().charter;
  const auto old = open_compartment(store, before, kIdentities, first.keys.opener());
  ASSERT_TRUE(carry_out_deal(second, &first.keys));
  const Charter now = charters().charter;
  EXPECT_FALSE(opens(**old, now.find_compartment(kIdentities)->recipient));
  EXPECT_EQ(now.find_compartment(kEvidence)->recipient, before.find_compartment(kEvidence)->recipient)
      << "what custodians open as well is theirs to renew";
}

TEST_F(ADealAnew, NeedsTheTrusteesInForce) {
  EXPECT_CODE(carry_out_deal(second, nullptr), Code::denied);
  EXPECT_EQ(charters().charter.trustees->set, 1u);
}

TEST_F(ADealAnew, LetsTheOldKeyringFilesGo) {
  const Charter before = charters().charter;
  ASSERT_TRUE(carry_out_deal(second, &first.keys));
  const std::vector<ObjectName> gone = superseded_keyring_files(before, charters().charter);
  EXPECT_EQ(gone,
            (std::vector<ObjectName>{keyring_name(1, kEvidence, kTrustees), keyring_name(1, kIdentities, kTrustees)}));
  for (const ObjectName& name : gone) ASSERT_TRUE(store.remove(name));
  const auto report = verify_copy(store, IdPin::of(id));
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->findings.empty()) << "a superseded file need not be there";
}

}  // namespace
}  // namespace muniment
