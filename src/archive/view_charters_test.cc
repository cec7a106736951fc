// What the log says of charters, and who counts under which. An archive of several people; entries that anybody
// appends, the thief of the log key too.
#include <gtest/gtest.h>

#include "archive/people_testing.h"
#include "archive/view.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

class ViewOfCharters : public ::testing::Test {
 protected:
  ArchiveView view() {
    auto seen = view_of(doors, archive);
    EXPECT_TRUE(seen) << seen.error().sentence();
    return std::move(*seen);
  }
  void append(const std::string& text) {
    const auto appended = append_entries(doors, archive, {bytes_of(text)});
    ASSERT_TRUE(appended) << appended.error().sentence();
  }
  /// The next charter without custodian-2, so that his signature tells before from after.
  Charter without_second() {
    Charter next = next_of(view().chain);
    std::erase_if(next.custodians, [](const Holder& holder) { return holder.pseudonym() == "custodian-2"; });
    return next;
  }
  /// How the last entry is called not ours.
  std::string last_objection() {
    const ArchiveView seen = view();
    if (seen.objections.empty()) return "";
    const std::string start = "entry " + std::to_string(seen.head.head.size - 1) + " is not ours: ";
    return seen.objections.back().starts_with(start) ? seen.objections.back().substr(start.size()) : "";
  }
  std::string accept_by(const SignerKey* signer) { return make_accept(archive.id, 1, view().head.head, *signer); }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock;
  Doors doors{fs, random, clock};
  TestPeople people;
  TestArchive archive = *found_with_people(doors, "archive", people);
};

TEST_F(ViewOfCharters, CountsTheNextCharterFromItsEntryOn) {
  append(signed_by(without_second(), {people.first(), people.third()}));
  const ArchiveView seen = view();
  EXPECT_EQ(seen.charter.version, 2u);
  EXPECT_EQ(seen.chain.versions.size(), 2u);
  ASSERT_EQ(seen.charters.size(), 2u);
  EXPECT_EQ(seen.charters[1].index, 1u);
  EXPECT_EQ(seen.charters[1].version, 2u);
  EXPECT_TRUE(seen.is_vouched_for(1)) << "people have signed the entry itself";
  EXPECT_TRUE(seen.objections.empty());
}

TEST_F(ViewOfCharters, KeepsItsOwnCharterWhateverLiesBesideTheLog) {
  fs.seed("archive/charter/2", as_view(signed_by(without_second(), {people.first(), people.third()})));
  EXPECT_EQ(view().charter.version, 1u) << "not logged yet";
}

TEST_F(ViewOfCharters, RefusesOneThatSkipsAVersionOrGoesBackwards) {
  const Charter second = without_second();
  FoundCharter ahead = view().chain;
  const std::string note = signed_by(second, {people.first(), people.third()});
  ASSERT_TRUE(ahead.follow(note));
  const std::string third = signed_by(next_of(ahead), {people.first(), people.third()});
  append(third);
  EXPECT_NE(last_objection().find("skips a version"), std::string::npos) << last_objection();
  append(note);
  EXPECT_EQ(view().charter.version, 2u);
  append(third);
  EXPECT_EQ(view().charter.version, 3u) << "in its turn it counts";
  append(note);
  EXPECT_NE(last_objection().find("comes again after charter/3"), std::string::npos) << last_objection();
  EXPECT_EQ(view().charter.version, 3u);
}

TEST_F(ViewOfCharters, OfOneVersionTakesTheFirstAndNamesTheSecond) {
  Charter one = next_of(view().chain);
  Charter other = one;
  one.home = std::string(32, 'c');
  other.home = std::string(32, 'd');
  const Hands two{people.first(), people.second()};
  ASSERT_TRUE(append_entries(doors, archive, {bytes_of(signed_by(one, two)), bytes_of(signed_by(other, two))}));
  EXPECT_NE(last_objection().find("the first one that was logged counts"), std::string::npos) << last_objection();
  EXPECT_EQ(view().charter.home, one.home);
  EXPECT_FALSE(view().is_vouched_for(2));
}

TEST_F(ViewOfCharters, RefusesOneSignedByTooFew) {
  const Charter next = without_second();
  append(signed_by(next, {people.first()}));
  EXPECT_FALSE(last_objection().empty());
  append(signed_by(next, {people.first(), people.outsider()}));
  EXPECT_FALSE(last_objection().empty());
  const SignerKey log = signer_of(kPeopleOrigin, kPeopleLogByte);
  append(signed_by(next, {people.first(), &log}));
  EXPECT_FALSE(last_objection().empty()) << "the log key is nobody";
  EXPECT_EQ(view().charter.version, 1u);
  EXPECT_EQ(view().objections.size(), 3u);
}

TEST_F(ViewOfCharters, LetsTheTrusteesAloneGiveTheArchiveNewPeople) {
  Charter next = next_of(view().chain);
  const HolderKeys other = holder_of("custodian-8", 0xd1);
  next.custodians = {people.stranger.holder(), other.holder()};
  next.compartments[0].openers = {kTrustees};
  std::erase_if(next.objects,
                [](const LoggedObject& object) { return object.name == keyring_name(1, kEvidence, "custodian-1"); });
  append(signed_by(next, {people.outsider(), &other.signer()}));
  EXPECT_EQ(view().charter.version, 1u) << "nobody of before has signed";
  append(signed_by(next, {people.all_trustees()}));
  EXPECT_EQ(view().charter.version, 2u);
}

TEST_F(ViewOfCharters, GivesTheThiefOfTheLogKeyNothing) {
  const SignerKey log = signer_of(kPeopleOrigin, kPeopleLogByte);
  const Sha256 nobody{};
  Charter next = without_second();
  append(signed_by(next, {&log}));
  append(accept_by(&log));
  for (const OrderKind kind : {OrderKind::remove, OrderKind::hold, OrderKind::release})
    append(signed_by(render_order(order_of(kind, '1', {nobody}), archive.id), {&log}));
  // A charter of the thief's own people, in full order but for those of before.
  const HolderKeys other = holder_of("custodian-8", 0xd1);
  next.custodians = {people.stranger.holder(), other.holder()};
  next.compartments[0].openers = {kTrustees};
  append(signed_by(next, {people.outsider(), &other.signer(), &log}));
  const ArchiveView seen = view();
  EXPECT_EQ(seen.objections.size(), 6u);
  EXPECT_EQ(seen.charter.version, 1u);
  EXPECT_TRUE(seen.orders.empty());
  for (std::uint64_t index = 1; index < seen.head.head.size; ++index) EXPECT_FALSE(seen.is_vouched_for(index));
}

TEST_F(ViewOfCharters, HearsARetiredCustodianNoMore) {
  append(accept_by(people.second()));
  EXPECT_TRUE(view().is_vouched_for(1)) << "while he is one";
  append(signed_by(without_second(), {people.first(), people.third()}));
  append(accept_by(people.second()));
  EXPECT_FALSE(last_objection().empty());
  append(accept_by(people.third()));
  EXPECT_EQ(last_objection(), "");
  EXPECT_TRUE(view().is_vouched_for(1)) << "what he vouched for in his time stays so";
}

TEST_F(ViewOfCharters, HearsANewCustodianFromHisCharterOn) {
  Charter next = next_of(view().chain);
  next.custodians.push_back(people.stranger.holder());
  append(accept_by(people.outsider()));
  EXPECT_FALSE(last_objection().empty()) << "not one yet";
  append(signed_by(next, {people.first(), people.third()}));
  append(accept_by(people.outsider()));
  EXPECT_EQ(last_objection(), "");
}

TEST_F(ViewOfCharters, RefusesALogKeyFromFarAhead) {
  Charter next = next_of(view().chain);
  next.log_keys.push_back({signer_of(kPeopleOrigin, 0x23).verifier(), 3});
  append(signed_by(next, {people.first(), people.second()}));
  EXPECT_NE(last_objection().find("far ahead"), std::string::npos) << last_objection();
  next.log_keys.back().from = 3;
  append(signed_by(next, {people.first(), people.second()}));
  EXPECT_EQ(view().charter.version, 2u) << "from the entry behind it on";
}

/// The stolen key goes on; whoever has seen the charter that ends it is not taken in.
TEST_F(ViewOfCharters, EndsAStolenLogKeyAtAStatedEntry) {
  Charter next = next_of(view().chain);
  next.log_keys.push_back({signer_of(kPeopleOrigin, 0x23).verifier(), 2});
  const std::string note = signed_by(next, {people.first(), people.second()});
  append(note);
  FolderStore store(fs, "archive", random);
  const FoundCharter before = *read_charter(store, IdPin::of(archive.id));
  {
    FolderPlace place(doors, "archive");
    const auto home = Home::open(doors, place, before.charter, archive.custodian);
    ASSERT_TRUE((*home)->appender().append({bytes_of("by the thief")}));
  }
  EXPECT_CODE(view_archive(store, IdPin::of(archive.id)), Code::forged) << "the log itself names the charter";
  fs.seed("archive/charter/2", as_view(note));
  const auto seen = view_archive(store, IdPin::of(archive.id));
  ASSERT_TRUE(fails_with(seen, Code::forged));
  EXPECT_NE(seen.error().sentence().find("counts up to entry 2 only"), std::string::npos) << seen.error().sentence();
}

}  // namespace
}  // namespace muniment
