#include "archive/proposal.h"

#include <gtest/gtest.h>

#include "archive/archive_testing.h"
#include "archive/charter_draft.h"
#include "archive/home.h"
#include "archive/people_testing.h"
#include "crypto/random.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

class AProposal : public ::testing::Test {
 protected:
  static std::string sign(const std::string& text, const SignerKey& signer) {
    const SignerKey* const signers[] = {&signer};
    return sign_note(text, signers);
  }
  /// A charter that makes `person` a custodian who opens the evidence; the files lie in the store.
  std::string propose(const HolderKeys& person) {
    const ArchiveView now = *view_of(doors, archive);
    CharterDraft draft = CharterDraft::after(now.chain);
    MUNIMENT_CHECK(draft.add_custodian(person.holder()));
    const auto keys = open_compartment(store, now.charter, kEvidence, archive.custodian.opener());
    MUNIMENT_CHECK(draft.grant(kEvidence, person.pseudonym(), **keys, random));
    for (const auto& [name, file] : draft.files()) MUNIMENT_CHECK(store.put(name, file) && store.flush());
    return sign(render_charter(draft.charter()), archive.custodian.signer());
  }
  std::string order_note(OrderKind kind) {
    Order order;
    order.kind = kind;
    order.number = make_order_number(random);
    order.date = "2026-01-01";
    order.hold_days = 30;
    order.deposits = {deposit};
    return sign(render_order(order, archive.id), archive.custodian.signer());
  }
  Result<void> carry(const std::string& note) { return carry(note, archive.custodian); }
  Result<void> carry(const std::string& note, const HolderKeys& holder) {
    TRY_ASSIGN(const ArchiveView now, view_of(doors, archive));
    TRY_ASSIGN(const Proposal proposal, read_proposal(note, now));
    return carry_out(doors, place, IdPin::of(archive.id), proposal, holder);
  }
  std::uint64_t version() { return view_of(doors, archive)->charter.version; }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock;
  Doors doors{fs, random, clock};
  FolderPlace place{doors, "archive"};
  TestArchive archive = *found_test_archive(doors, "archive");
  FolderStore store{fs, "archive", random};
  HolderKeys second = HolderKeys::make("custodian-2", random);
  Sha256 deposit = [this] {
    fs.seed("file", as_view("evidence"));
    return take_in(doors, archive, {"file"})->taken.at(0).id;
  }();
  ArchiveView view = *view_of(doors, archive);
};

TEST_F(AProposal, SaysWhoHasSignedAndWhatItLacks) {
  const std::string note = propose(second);
  const auto proposal = read_proposal(note, view);
  ASSERT_TRUE(proposal) << proposal.error().sentence();
  EXPECT_EQ(proposal->id.size(), 16u);
  ASSERT_TRUE(proposal->charter);
  EXPECT_EQ(proposal->signers.custodians, std::vector<std::string>{"custodian-1"});
  ASSERT_TRUE(proposal->lacks) << "a charter of two custodians needs both";
  EXPECT_EQ(proposal->lacks->code(), Code::denied);
  EXPECT_CODE(carry(note), Code::denied);
  EXPECT_EQ(version(), 1u);
}

TEST_F(AProposal, SaysWhoIsMissing) {
  const std::string note = propose(second);
  EXPECT_EQ(read_proposal(note, view)->missing, std::vector<std::string>{"custodian-2"}) << "who becomes one signs too";
  EXPECT_TRUE(read_proposal(add_signature(note, second.signer()), view)->missing.empty());
}

TEST_F(AProposal, SignedByEnoughPeopleIsCarriedOutAndGone) {
  const std::string note = add_signature(propose(second), second.signer());
  const auto id = save_proposal(doors, "archive", note);
  ASSERT_TRUE(id);
  ASSERT_TRUE(carry(note));
  EXPECT_EQ(version(), 2u);
  EXPECT_EQ(as_text(*store.get(charter_name(2), kCharterBytesMax)), note);
  EXPECT_FALSE(*exists(fs, proposal_path("archive", *id)));
  EXPECT_CODE(read_proposal(note, *view_of(doors, archive)), Code::conflict);
  fs.seed("other", as_view("other"));
  TestArchive as_second{archive.root, std::move(second), archive.id};
  const auto taken = take_in(doors, as_second, {"other"});
  EXPECT_TRUE(taken) << "the log key is sealed to the new custodian: " << taken.error().sentence();
}

TEST_F(AProposal, KeepsTheSignaturesOfBothWhenSavedTwice) {
  const std::string mine = propose(second);
  const std::string text = mine.substr(0, mine.rfind("\n\n") + 1);
  const std::string theirs = sign(text, second.signer());
  const auto first = save_proposal(doors, "archive", mine);
  const auto again = save_proposal(doors, "archive", theirs);
  ASSERT_TRUE(first && again);
  EXPECT_EQ(*first, *again);
  const auto waiting = list_proposals(fs, "archive", view);
  ASSERT_TRUE(waiting && waiting->size() == 1);
  EXPECT_FALSE(waiting->front().lacks);
  ASSERT_TRUE(save_proposal(doors, "archive", mine));
  EXPECT_FALSE(list_proposals(fs, "archive", view)->front().lacks) << "nothing is lost by the older file";
}

TEST_F(AProposal, BearsASignatureOnce) {
  const std::string note = propose(second);
  EXPECT_EQ(add_signature(note, archive.custodian.signer()), note);
  const std::string both = add_signature(note, second.signer());
  EXPECT_NE(both, note);
  EXPECT_EQ(add_signature(both, second.signer()), both);
}

TEST_F(AProposal, OfAnotherArchiveOrAlteredIsForged) {
  const TestArchive other = *found_test_archive(doors, "other");
  const std::string note = propose(second);
  EXPECT_CODE(read_proposal(note, *view_of(doors, other)), Code::forged);
  EXPECT_CODE(read_proposal(order_note(OrderKind::hold), *view_of(doors, other)), Code::forged);
  std::string altered = note;
  altered.replace(altered.find("hold 30"), 7, "hold 31");
  EXPECT_CODE(read_proposal(altered, view), Code::forged);
  EXPECT_CODE(read_proposal("", view), Code::corrupt);
  EXPECT_CODE(read_proposal("hello\n\n", view), Code::corrupt);
}

TEST_F(AProposal, OfTwoDifferentNextChartersTheFirstComesIntoForce) {
  const HolderKeys third = HolderKeys::make("custodian-3", random);
  const std::string one = add_signature(propose(second), second.signer());
  const std::string other = add_signature(propose(third), third.signer());
  const auto read = read_proposal(other, view);
  ASSERT_TRUE(read && !read->lacks);
  ASSERT_TRUE(carry(one));
  // Also for somebody who read it before the other one was carried out.
  EXPECT_FALSE(carry_out(doors, place, IdPin::of(archive.id), *read, archive.custodian));
  EXPECT_CODE(read_proposal(other, *view_of(doors, archive)), Code::conflict);
  EXPECT_EQ(view_of(doors, archive)->charter.custodians.back().pseudonym(), "custodian-2");
}

TEST_F(AProposal, IsNotCarriedOutWithoutTheKeyringFilesThatItNames) {
  const std::string note = add_signature(propose(second), second.signer());
  ASSERT_TRUE(store.remove(keyring_name(2, kEvidence, "custodian-2")));
  EXPECT_CODE(carry(note), Code::not_found);
  EXPECT_EQ(version(), 1u);
  EXPECT_FALSE(store.size(charter_name(2))) << "and nothing lies beside the log";
}

TEST_F(AProposal, CannotBeCarriedOutByWhoCannotOpenTheLogKeyAndThenNothingChanges) {
  const std::string note = add_signature(propose(second), second.signer());
  EXPECT_CODE(carry(note, second), Code::denied);
  EXPECT_FALSE(store.size(charter_name(2)));
  EXPECT_TRUE(carry(note)) << "whoever was a custodian before can";
}

TEST_F(AProposal, WithALogKeyThatTheLogHasOutgrownCountsNoMore) {
  CharterDraft draft = CharterDraft::after(view.chain);
  const Secret<32> seed = random_secret<32>(random);
  const SignerKey signer(view.charter.origin, Secret<32>::copy_of(seed.expose()));
  draft.set_log_key({signer.verifier(), view.head.head.size});
  ASSERT_TRUE(add_log_key(doors, place.store(), draft.charter(), seed));
  const std::string note = sign(render_charter(draft.charter()), archive.custodian.signer());
  ASSERT_TRUE(read_proposal(note, view));
  fs.seed("later", as_view("later"));
  ASSERT_TRUE(take_in(doors, archive, {"later"}));
  EXPECT_CODE(read_proposal(note, *view_of(doors, archive)), Code::conflict);
  // Nor does one that was read before: the log would have no valid checkpoint any more.
  EXPECT_CODE(carry_out(doors, place, IdPin::of(archive.id), *read_proposal(note, view), archive.custodian),
              Code::conflict);
  EXPECT_EQ(version(), 1u);
  EXPECT_FALSE(store.size(charter_name(2)));
}

TEST_F(AProposal, OfAnOrderIsAppendedOnce) {
  const std::string note = order_note(OrderKind::hold);
  const auto proposal = read_proposal(note, view);
  ASSERT_TRUE(proposal && !proposal->lacks) << "one person may hold";
  ASSERT_TRUE(carry(note));
  EXPECT_TRUE(view_of(doors, archive)->deposits.at(0).is_held);
  EXPECT_CODE(carry_out(doors, place, IdPin::of(archive.id), *proposal, archive.custodian), Code::conflict);
  EXPECT_EQ(view_of(doors, archive)->orders.size(), 1u);
}

TEST_F(AProposal, OfARemovalByOnePersonWaits) {
  const auto proposal = read_proposal(order_note(OrderKind::remove), view);
  ASSERT_TRUE(proposal) << proposal.error().sentence();
  EXPECT_TRUE(proposal->lacks);
  EXPECT_CODE(carry_out(doors, place, IdPin::of(archive.id), *proposal, archive.custodian), Code::denied);
}

TEST_F(AProposal, ThatNoLongerFitsIsPassedOverAndNamed) {
  ASSERT_TRUE(save_proposal(doors, "archive", propose(second)));
  fs.seed("archive/home/proposals/junk.note", as_view("junk"));
  std::vector<std::string> passed_over;
  const auto waiting = list_proposals(fs, "archive", view, &passed_over);
  ASSERT_TRUE(waiting);
  EXPECT_EQ(waiting->size(), 1u);
  ASSERT_EQ(passed_over.size(), 1u);
  EXPECT_TRUE(passed_over[0].starts_with("junk.note: ")) << passed_over[0];
  EXPECT_TRUE(list_proposals(fs, "nowhere", view)->empty());
}

/// Three custodians and trustees, who count as two: a removal and a charter take two people.
class AProposalToMany : public ::testing::Test {
 protected:
  using Names = std::vector<std::string>;

  Names missing_of(std::string_view note) {
    const auto proposal = read_proposal(note, *view_of(doors, archive));
    EXPECT_TRUE(proposal) << proposal.error().sentence();
    return proposal ? proposal->missing : Names{"(not read)"};
  }
  std::string removal(std::uint64_t hold_days, const Hands& hands) {
    Order order = order_of(OrderKind::remove, '7', {sha256(as_view("a deposit"))});
    order.hold_days = hold_days;
    return signed_by(render_order(order, archive.id), hands);
  }
  Charter next() { return next_of(view_of(doors, archive)->chain); }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock;
  Doors doors{fs, random, clock};
  TestPeople people;
  TestArchive archive = *found_with_people(doors, "archive", people);
};

TEST_F(AProposalToMany, MissesWhoeverHasNotSigned) {
  EXPECT_EQ(missing_of(removal(30, {people.first()})), (Names{"custodian-2", "custodian-3", "trustees"}));
  EXPECT_EQ(missing_of(removal(30, {people.first(), people.third()})), Names{});
  EXPECT_EQ(missing_of(removal(30, {people.all_trustees()})), Names{});
}

TEST_F(AProposalToMany, MissesTheTrusteesAloneWhereOnlyTheyMayDecide) {
  EXPECT_EQ(missing_of(removal(7, {people.first(), people.second()})), Names{"trustees"});
  Charter rules = next();
  rules.rules.hold_days = 60;
  EXPECT_EQ(missing_of(signed_by(rules, {people.first(), people.second()})), Names{"trustees"});
  rules.rules.charter = 4;
  EXPECT_EQ(missing_of(signed_by(rules, {people.first()})), (Names{"custodian-2", "custodian-3", "trustees"}))
      << "four people: the trustees are two of them";
}

}  // namespace
}  // namespace muniment
