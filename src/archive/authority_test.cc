#include "archive/authority.h"

#include <gtest/gtest.h>

#include <functional>

#include "archive/people_testing.h"
#include "testing/expect_code.h"

namespace muniment {
namespace {

/// charter/1 of three custodians, a partner and trustees (two of three), and steps from it.
class Authority : public ::testing::Test {
 protected:
  /// The next charter with a change in it.
  Charter changed(const std::function<void(Charter&)>& change) const {
    Charter next = next_of(chain);
    change(next);
    return next;
  }
  Result<void> step(const Charter& next, const Hands& hands) const {
    const auto note = parse_note(signed_by(next, hands));
    return check_succession(chain.id, chain.charter, chain.versions.back().digest, next, *note);
  }
  /// Two custodians can make the change.
  void expect_for_custodians(const char* what, const std::function<void(Charter&)>& change) const {
    const Charter next = changed(change);
    EXPECT_FALSE(needs_trustees(chain.charter, next)) << what;
    const auto done = step(next, {people.first(), people.second()});
    EXPECT_TRUE(done) << what << ": " << done.error().sentence();
    EXPECT_CODE(step(next, {people.first()}), Code::denied) << what << ", by one";
    EXPECT_TRUE(step(next, {people.all_trustees()})) << what << ", by the trustees alone";
  }
  /// All custodians together cannot make the change; the trustees can.
  void expect_for_trustees(const char* what, const std::function<void(Charter&)>& change) const {
    const Charter next = changed(change);
    EXPECT_TRUE(needs_trustees(chain.charter, next)) << what;
    EXPECT_CODE(step(next, {people.first(), people.second(), people.third()}), Code::denied) << what;
    const auto done = step(next, {people.all_trustees()});
    EXPECT_TRUE(done) << what << ": " << done.error().sentence();
  }
  void expect_refused(const char* what, Code code, const std::function<void(Charter&)>& change) const {
    EXPECT_CODE(step(changed(change), everybody), code) << what;
  }

  TestPeople people;
  FoundCharter chain = *FoundCharter::start(signed_by(people.charter(), {people.first()}));
  Hands everybody{people.first(), people.second(), people.third(), people.all_trustees()};
};

TEST_F(Authority, CountsPeopleAndTheTrusteesAsAsManyAsMustMeet) {
  const std::string text = "x\n";
  const auto signers = [&](const Hands& hands) {
    return find_signers(*parse_note(signed_by(text, hands)), chain.charter);
  };
  EXPECT_EQ(signers({people.second()})->people, 1u);
  EXPECT_EQ(signers({people.second(), people.first()})->people, 2u);
  EXPECT_EQ(signers({people.second(), people.second()})->people, 1u) << "who signs twice is one";
  EXPECT_EQ(signers({people.first(), people.outsider()})->people, 1u) << "a stranger counts for nothing";
  EXPECT_EQ(signers({people.all_trustees()})->people, 2u);
  EXPECT_TRUE(signers({people.all_trustees()})->trustees);
  EXPECT_EQ(signers({people.all_trustees(), people.first()})->text(), "custodian-1 and the trustees");
  EXPECT_CODE(signers({people.outsider()}), Code::forged);
  const SignerKey log = signer_of(kPeopleOrigin, kPeopleLogByte);
  EXPECT_CODE(signers({&log}), Code::forged) << "the log key is nobody";
  const SignerKey pretended = signer_of("custodian-1", 9);
  EXPECT_CODE(signers({&pretended}), Code::forged);
}

TEST_F(Authority, TakesASignatureThatDoesNotVerifyForAForgery) {
  std::string note = signed_by("x\n", {people.first(), people.second()});
  note[0] = 'y';
  EXPECT_CODE(find_signers(*parse_note(note), chain.charter), Code::forged);
  EXPECT_CODE(find_signers_so_far(*parse_note(note), chain.charter), Code::forged);
}

TEST_F(Authority, KnowsASignerByTheKeyAndNotByTheName) {
  // The trustees of the next deal sign first: to the charter in force they are nobody yet, and no forgers.
  const auto note = parse_note(signed_by("x\n", {&people.next_trustees.signer()}));
  const auto signers = find_signers_so_far(*note, chain.charter);
  ASSERT_TRUE(signers) << signers.error().sentence();
  EXPECT_EQ(signers->people, 0u);
  EXPECT_EQ(signers->text(), "nobody");
}

TEST_F(Authority, SaysWhoIsMissing) {
  const auto few = step(changed([](Charter&) {}), {people.first()});
  ASSERT_TRUE(fails_with(few, Code::denied));
  EXPECT_NE(few.error().sentence().find("signed by custodian-1; the charter asks for 2 people"), std::string::npos)
      << few.error().sentence();
  EXPECT_NE(few.error().sentence().find("charter/1"), std::string::npos) << few.error().sentence();
  const auto closed = step(changed([](Charter& next) { next.rules.hold_days = 0; }), {people.first(), people.second()});
  ASSERT_TRUE(fails_with(closed, Code::denied));
  EXPECT_NE(closed.error().sentence().find("the trustees, 2 of 3"), std::string::npos) << closed.error().sentence();
}

TEST_F(Authority, LetsTwoCustodiansChangeWhoTheyAreAndWhereTheLogIs) {
  expect_for_custodians("nothing", [](Charter&) {});
  expect_for_custodians("a custodian leaves", [](Charter& next) {
    next.custodians.pop_back();
    next.compartments[0].openers = {"custodian-1", "custodian-2", kTrustees};
    std::erase_if(next.objects,
                  [](const LoggedObject& object) { return object.name == keyring_name(1, kEvidence, "custodian-3"); });
  });
  expect_for_custodians("a custodian comes, and opens what custodians open", [&](Charter& next) {
    next.custodians.push_back(people.stranger.holder());
    next.compartments[0].openers.emplace_back("custodian-9");
    next.objects.push_back({keyring_name(2, kEvidence, "custodian-9"), sha256({})});
  });
  expect_for_custodians("a partner reads what custodians open", [](Charter& next) {
    next.compartments[0].openers.emplace_back("partner-1");
    next.objects.push_back({keyring_name(2, kEvidence, "partner-1"), sha256({})});
  });
  expect_for_custodians("another home", [](Charter& next) { next.home = std::string(32, 'c'); });
  expect_for_custodians("another log key",
                        [](Charter& next) { next.log_keys.push_back({signer_of(kPeopleOrigin, 0x23).verifier(), 5}); });
}

TEST_F(Authority, KeepsRulesAndTrusteesForTheTrustees) {
  expect_for_trustees("a lower threshold to remove", [](Charter& next) { next.rules.remove = 3; });
  expect_for_trustees("a threshold to reseal", [](Charter& next) { next.rules.reseal = 3; });
  expect_for_trustees("no hold", [](Charter& next) { next.rules.hold_days = 0; });
  expect_for_trustees("a limit", [](Charter& next) { next.rules.removals_per_week = 1'000'000; });
  const Charter higher = changed([](Charter& next) { next.rules.charter = 3; });
  EXPECT_CODE(step(higher, {people.first(), people.second(), people.third()}), Code::denied);
  EXPECT_TRUE(step(higher, {people.first(), people.all_trustees()}));
  const Charter without = changed([](Charter& next) {
    next.trustees.reset();
    next.compartments.resize(1);
    next.compartments[0].openers.pop_back();
  });
  EXPECT_CODE(step(without, {people.first(), people.second(), people.third()}), Code::denied);
  EXPECT_TRUE(step(without, everybody)) << "the trustees may go, when they sign";
  const Charter others = changed([&](Charter& next) { next.trustees = trustees_of(people.next_trustees, 2); });
  EXPECT_CODE(step(others, {people.first(), people.second(), &people.next_trustees.signer()}), Code::denied)
      << "the trustees of before must sign";
  EXPECT_CODE(step(others, everybody), Code::denied) << "and those to come";
  EXPECT_TRUE(step(others, {people.all_trustees(), &people.next_trustees.signer()}));
}

TEST_F(Authority, KeepsCompartmentsForTheTrustees) {
  expect_for_trustees("another recipient", [](Charter& next) { next.compartments[0].recipient = recipient_of(0xcc); });
  expect_for_trustees("a hybrid recipient", [](Charter& next) { next.compartments[0].hybrid = "age1pq1x"; });
  expect_for_trustees("a closed compartment", [](Charter& next) { next.compartments[0].is_closed = true; });
  expect_for_trustees("a new compartment",
                      [](Charter& next) { TestPeople::add_compartment(next, "case-13", 0xcc, {"custodian-1"}); });
  expect_for_trustees("a compartment under another name", [](Charter& next) { next.compartments[1].name = "case-13"; });
  expect_for_trustees("a compartment that is gone",
                      [](Charter& next) { next.compartments.erase(next.compartments.begin()); });
  expect_for_trustees("evidence that the trustees no longer open",
                      [](Charter& next) { next.compartments[0].openers.pop_back(); });
}

TEST_F(Authority, KeepsWhoOpensWhatIsHeldClosedForTheTrustees) {
  expect_for_trustees("a custodian opens identities", [](Charter& next) {
    next.compartments[1].openers.emplace_back("custodian-1");
    next.objects.push_back({keyring_name(2, kIdentities, "custodian-1"), sha256({})});
  });
  expect_for_trustees("the partner no longer opens its case",
                      [](Charter& next) { next.compartments[2].openers = {kTrustees}; });
  // The openers' names stay what they were, and mean somebody else.
  expect_for_trustees("the partner's name on another key",
                      [](Charter& next) { next.partners[0].recipient = recipient_of(0xcc); });
  expect_for_trustees("a custodian of the partner's name", [&](Charter& next) {
    next.partners.clear();
    const HolderKeys same_name = holder_of("partner-1", 0xd1);
    next.custodians.push_back({.recipient = people.partner.recipient().text(), .key = same_name.signer().verifier()});
  });
}

/// Without its keyring file a compartment is lost to its openers, whatever the list of openers says.
TEST_F(Authority, KeepsTheTrusteesKeyringFilesForTheTrustees) {
  const auto drop = [](Charter& next, const ObjectName& name) {
    ASSERT_EQ(std::erase_if(next.objects, [&](const LoggedObject& object) { return object.name == name; }), 1u);
  };
  expect_for_trustees("the trustees' file dropped",
                      [&](Charter& next) { drop(next, keyring_name(1, kIdentities, kTrustees)); });
  expect_for_trustees("the trustees' file of evidence dropped",
                      [&](Charter& next) { drop(next, keyring_name(1, kEvidence, kTrustees)); });
  expect_for_trustees("the file of a partner's case dropped",
                      [&](Charter& next) { drop(next, keyring_name(1, "case-12", "partner-1")); });
  expect_for_trustees("a newer file for the trustees", [](Charter& next) {
    next.objects.push_back({keyring_name(2, kIdentities, kTrustees), sha256({})});
  });
  expect_for_trustees("a newer file of a partner's case", [](Charter& next) {
    next.objects.push_back({keyring_name(2, "case-12", "partner-1"), sha256({})});
  });
}

TEST_F(Authority, RefusesChartersThatSkipAVersionOrGoBackwards) {
  expect_refused("skips", Code::corrupt, [](Charter& next) { next.version = 3; });
  expect_refused("again", Code::corrupt, [](Charter& next) { next.version = 1; });
  expect_refused("of another archive", Code::forged, [](Charter& next) { next.archive.bytes[0] ^= 1; });
  expect_refused("after another charter", Code::forged, [](Charter& next) { next.previous.bytes[0] ^= 1; });
  expect_refused("another log", Code::forged, [](Charter& next) { next.origin = std::string(32, '0') + ".muniment"; });
}

TEST_F(Authority, KeepsTheLogKeysThatHadTheirTime) {
  const LogKey more{signer_of(kPeopleOrigin, 0x23).verifier(), 5};
  expect_refused("another first key", Code::forged, [&](Charter& next) { next.log_keys[0].key = more.key; });
  expect_refused("a key moved", Code::forged, [&](Charter& next) { next.log_keys[0].from = 1; });
  expect_refused("no key", Code::forged, [&](Charter& next) { next.log_keys.clear(); });
  expect_refused("two more", Code::forged, [&](Charter& next) {
    next.log_keys.push_back(more);
    next.log_keys.push_back({signer_of(kPeopleOrigin, 0x24).verifier(), 6});
  });
}

TEST_F(Authority, KeepsObjectsUnderTheirNames) {
  expect_refused("README.txt overwritten", Code::forged, [](Charter& next) { next.objects[0].digest.bytes[0] ^= 1; });
  expect_refused("README.txt let go", Code::forged, [](Charter& next) { next.objects.erase(next.objects.begin()); });
  expect_refused("a keyring file overwritten", Code::forged,
                 [](Charter& next) { next.objects.back().digest.bytes[0] ^= 1; });
  expect_refused("a new file under an old number", Code::forged,
                 [](Charter& next) { next.objects.push_back({keyring_name(1, kEvidence, "partner-1"), sha256({})}); });
}

TEST_F(Authority, TakesNewTrusteesOnlyAsAWholeNewDeal) {
  const Hands both{people.all_trustees(), &people.next_trustees.signer()};
  const auto deal = [&](std::uint64_t set, const TrusteesKeys& keys) {
    const Charter next = changed([&](Charter& each) { each.trustees = trustees_of(keys, set); });
    return step(next, both);
  };
  EXPECT_TRUE(deal(2, people.next_trustees));
  EXPECT_CODE(deal(1, people.next_trustees), Code::corrupt) << "the same number";
  EXPECT_CODE(deal(0, people.next_trustees), Code::corrupt) << "backwards";
  EXPECT_CODE(deal(3, people.next_trustees), Code::corrupt) << "a number left out";
  EXPECT_CODE(deal(2, people.trustees), Code::corrupt) << "the old secret again";
  expect_refused("fewer shares needed", Code::corrupt, [](Charter& next) { next.trustees->threshold = 3; });
  expect_refused("another commitment", Code::corrupt,
                 [](Charter& next) { next.trustees->shares[0].digest.bytes[0] ^= 1; });
}

TEST_F(Authority, AsksThePeopleOfBothCharters) {
  // Two strangers in place of everybody: those of before must sign, and those to come.
  const HolderKeys other = holder_of("custodian-8", 0xd1);
  const Charter next = changed([&](Charter& each) {
    each.custodians = {people.stranger.holder(), other.holder()};
    each.compartments[0].openers = {"custodian-9", kTrustees};
  });
  const Hands to_come{people.outsider(), &other.signer()};
  const Hands before{people.first(), people.second()};
  Hands all = before;
  all.insert(all.end(), to_come.begin(), to_come.end());
  EXPECT_CODE(step(next, to_come), Code::denied);
  EXPECT_CODE(step(next, before), Code::denied);
  EXPECT_CODE(step(next, {people.first(), people.outsider()}), Code::denied) << "one of each is one of each";
  EXPECT_TRUE(step(next, all));
}

TEST_F(Authority, OfAnArchiveWithoutTrusteesIsTheCustodians) {
  Charter alone = people.charter();
  alone.custodians.resize(1);
  alone.partners.clear();
  alone.trustees.reset();
  alone.rules.charter = 1;
  alone.compartments.resize(1);
  alone.compartments[0].openers = {"custodian-1"};
  chain = *FoundCharter::start(signed_by(alone, {people.first()}));
  EXPECT_TRUE(step(changed([](Charter& next) { next.rules.hold_days = 60; }), {people.first()}));
  const Charter two = changed([&](Charter& next) {
    next.custodians.push_back(people.two.holder());
    next.rules.charter = 2;
  });
  EXPECT_CODE(step(two, {people.first()}), Code::denied) << "the second one has to agree";
  EXPECT_TRUE(step(two, {people.first(), people.second()}));
  const Charter with_trustees = changed([&](Charter& next) {
    next.trustees = trustees_of(people.trustees);
    next.rules.charter = 2;
  });
  EXPECT_CODE(step(with_trustees, {people.first()}), Code::denied) << "trustees sign that they are there";
  EXPECT_TRUE(step(with_trustees, {people.first(), people.all_trustees()}));
}

TEST_F(Authority, AsksForTheFirstChartersCustodian) {
  const Charter first = people.charter();
  const auto check = [&](const Hands& hands) {
    return check_signed_by_its_own(first, *parse_note(signed_by(first, hands)));
  };
  EXPECT_TRUE(check({people.third()}));
  EXPECT_CODE(check({people.all_trustees()}), Code::forged) << "a founder signs, whoever else does";
  EXPECT_CODE(check({people.outsider()}), Code::forged);
}

}  // namespace
}  // namespace muniment
