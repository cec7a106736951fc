#include "archive/reach.h"

#include <gtest/gtest.h>

#include "archive/people_testing.h"
#include "testing/expect_code.h"

namespace muniment {
namespace {

/// Three custodians and trustees who count as two; case-12 is the partner's and the trustees'.
class AReach : public ::testing::Test {
 protected:
  AReach() { follow(people.charter()); }
  void follow(const Charter& charter) {
    view.chain.versions.push_back({.note = {}, .charter = charter, .digest = {}});
    view.charter = charter;
  }
  Charter next() {
    Charter charter = view.charter;
    ++charter.version;
    return charter;
  }
  static Compartment& compartment(Charter& charter, const std::string& name) {
    return *std::ranges::find(charter.compartments, name, &Compartment::name);
  }
  PersonsReach reach_of(const std::string& name) {
    auto reach = find_reach(view, name);
    EXPECT_TRUE(reach) << reach.error().sentence();
    return reach ? std::move(*reach) : PersonsReach{};
  }
  CompartmentReach reach_of(const std::string& name, const std::string& compartment_name) {
    for (const CompartmentReach& each : reach_of(name).compartments) {
      if (each.name == compartment_name) return each;
    }
    ADD_FAILURE() << compartment_name << " is not told";
    return {};
  }
  Power power(Deed deed) {
    const PersonsReach reach = reach_of("custodian-1");
    const auto found = std::ranges::find(reach.powers, deed, &Power::deed);
    EXPECT_NE(found, reach.powers.end()) << name_of(deed);
    return found == reach.powers.end() ? Power{} : *found;
  }
  bool has_power(Deed deed) {
    const PersonsReach reach = reach_of("custodian-1");
    return std::ranges::find(reach.powers, deed, &Power::deed) != reach.powers.end();
  }

  TestPeople people;
  ArchiveView view;
};

TEST_F(AReach, OfACustodianIsWhatTheCharterLetsThatPersonOpen) {
  const PersonsReach reach = reach_of("custodian-1");
  EXPECT_TRUE(reach.is_custodian);
  ASSERT_EQ(reach.compartments.size(), 3u);
  EXPECT_EQ(reach.compartments[0].name, "case-12");
  EXPECT_FALSE(reach.compartments[0].is_opener);
  EXPECT_FALSE(reach.compartments[0].last_charter);
  EXPECT_TRUE(reach.compartments[1].is_opener);
  EXPECT_EQ(reach.compartments[1].last_charter, 1u);
  EXPECT_TRUE(reach.compartments[1].has_newest_keys);
  EXPECT_FALSE(reach.compartments[2].last_charter) << "identities are the trustees' alone";
}

TEST_F(AReach, OfDepositsIsAllOrNoneSinceNobodyCanTell) {
  view.deposits.resize(2);
  EXPECT_EQ(reach_of("custodian-1").deposits.size(), 2u);
  EXPECT_FALSE(reach_of("custodian-1").reads_all_deposits);
  Charter all = next();
  for (const char* name : {"case-12", kIdentities}) compartment(all, name).openers.push_back("custodian-1");
  compartment(all, "case-12").openers = {"custodian-1"};
  follow(all);
  EXPECT_TRUE(reach_of("custodian-1").reads_all_deposits);
  Charter nothing = next();
  nothing.partners.push_back({.pseudonym = "partner-2", .recipient = recipient_of(0x82)});
  follow(nothing);
  EXPECT_TRUE(reach_of("partner-2").deposits.empty());
}

TEST_F(AReach, OfTheRetiredLastsUntilKeysAreRenewed) {
  Charter retired = next();
  std::erase_if(retired.custodians, [](const Holder& holder) { return holder.pseudonym() == "custodian-1"; });
  std::erase(compartment(retired, kEvidence).openers, "custodian-1");
  follow(retired);
  EXPECT_FALSE(reach_of("custodian-1").is_custodian);
  EXPECT_TRUE(reach_of("custodian-1").powers.empty());
  CompartmentReach evidence = reach_of("custodian-1", kEvidence);
  EXPECT_FALSE(evidence.is_opener);
  EXPECT_EQ(evidence.last_charter, 1u);
  EXPECT_TRUE(evidence.has_newest_keys);

  Charter renewed = next();
  compartment(renewed, kEvidence).recipient = recipient_of(0xc1);
  follow(renewed);
  evidence = reach_of("custodian-1", kEvidence);
  EXPECT_EQ(evidence.last_charter, 1u);
  EXPECT_FALSE(evidence.has_newest_keys);
  EXPECT_TRUE(reach_of("custodian-2", kEvidence).has_newest_keys) << "who opens still has got the new keys";
}

TEST_F(AReach, OfAPartnerIsReadingOnly) {
  const PersonsReach reach = reach_of("partner-1");
  EXPECT_FALSE(reach.is_custodian);
  EXPECT_TRUE(reach.is_partner);
  EXPECT_TRUE(reach.powers.empty());
  EXPECT_TRUE(reach_of("partner-1", "case-12").is_opener);
}

TEST_F(AReach, OfOneSignatureIsWhatOnePersonMayDo) {
  for (const Deed deed : {Deed::take_in, Deed::veto, Deed::hold, Deed::reseal}) EXPECT_EQ(power(deed).others, 0u);
  for (const Deed deed : {Deed::remove, Deed::drop_seals, Deed::people}) {
    EXPECT_EQ(power(deed).others, 1u) << name_of(deed);
    EXPECT_FALSE(power(deed).needs_trustees) << name_of(deed);
  }
  for (const Deed deed : {Deed::remove_sooner, Deed::foundations}) {
    EXPECT_EQ(power(deed).others, 2u) << name_of(deed);
    EXPECT_TRUE(power(deed).needs_trustees) << name_of(deed);
  }
  Charter rules = next();
  rules.rules.remove = 4;
  follow(rules);
  EXPECT_EQ(power(Deed::remove).others, 3u);
  EXPECT_EQ(power(Deed::remove_sooner).others, 3u) << "the trustees are two of them";
}

TEST_F(AReach, WithoutTrusteesAndSecondsIsTheCharterItself) {
  Charter alone = next();
  alone.trustees.reset();
  alone.rules.charter = 1;
  follow(alone);
  EXPECT_EQ(power(Deed::people).others, 0u);
  EXPECT_EQ(power(Deed::foundations).others, 0u);
  EXPECT_FALSE(power(Deed::foundations).needs_trustees);
  EXPECT_EQ(power(Deed::remove).others, 1u);
  EXPECT_FALSE(has_power(Deed::remove_sooner));
}

TEST_F(AReach, OfSomebodyUnknownIsRefused) {
  EXPECT_CODE(find_reach(view, "custodian-9"), Code::not_found);
  EXPECT_CODE(find_reach(view, kTrustees), Code::not_found);
}

}  // namespace
}  // namespace muniment
