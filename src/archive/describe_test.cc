#include "archive/describe.h"

#include <gtest/gtest.h>

#include "archive/archive_testing.h"
#include "archive/charter_draft.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

class Sentences : public ::testing::Test {
 protected:
  bool says(const std::string& part) {
    const auto sentences = describe_step(view.charter, draft.charter());
    return std::ranges::any_of(sentences, [&](const auto& each) { return each.find(part) != std::string::npos; });
  }
  bool says(const Order& order, const std::string& part) {
    const auto sentences = describe_order(order, view);
    return std::ranges::any_of(sentences, [&](const auto& each) { return each.find(part) != std::string::npos; });
  }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock;
  Doors doors{fs, random, clock};
  TestArchive archive = *found_test_archive(doors, "archive");
  FolderStore store{fs, "archive", random};
  ArchiveView view = *view_of(doors, archive);
  CharterDraft draft = CharterDraft::after(view.chain);
  std::unique_ptr<CompartmentKeys> keys =
      std::move(*open_compartment(store, view.charter, kEvidence, archive.custodian.opener()));
};

/// The charter's texts alone count: no ML-KEM is needed to say it.
TEST_F(Sentences, SayWhenAHybridCompartmentGetsAWeakOpener) {
  Charter now = view.charter;
  now.custodians = {{"age1pq1strong", archive.custodian.signer().verifier()}};
  now.partners = {{"lawyers", "age1classic"}, {"doctors", "age1pq1doctors"}};
  now.compartments[0].hybrid = "age1pq1compartment";
  now.compartments[0].openers = {"custodian-1", "doctors"};
  EXPECT_EQ(describe_weakness(now, now.compartments[0]), "");
  Charter next = now;
  next.compartments[0].openers.emplace_back("lawyers");
  const std::string sentence = describe_weakness(next, next.compartments[0]);
  EXPECT_TRUE(
      sentence.starts_with("\"evidence\" has a hybrid key, and lawyers opens it with a classic one: it is only "
                           "as strong as its weakest opener"))
      << sentence;
  EXPECT_EQ(std::ranges::count(describe_step(now, next), sentence), 1);
  EXPECT_EQ(std::ranges::count(describe_step(next, next), sentence), 0) << "known already";
  EXPECT_EQ(std::ranges::count(describe_step(next, now), sentence), 0);
  next.compartments[0].hybrid.clear();
  EXPECT_EQ(describe_weakness(next, next.compartments[0]), "") << "nothing is weaker than the compartment itself";
}

TEST_F(Sentences, AreNoneWhenNothingChanges) { EXPECT_TRUE(describe_step(view.charter, draft.charter()).empty()); }

TEST_F(Sentences, NameWhoComesAndGoesWithTheKeys) {
  const HolderKeys second = HolderKeys::make("custodian-2", random);
  ASSERT_TRUE(draft.add_custodian(second.holder()));
  ASSERT_TRUE(draft.add_partner({"lawyers", second.holder().recipient}));
  EXPECT_TRUE(says("custodian-2 becomes a custodian: " + second.signer().verifier().text()));
  EXPECT_TRUE(says("lawyers becomes a partner"));
  EXPECT_TRUE(says("people who must sign a charter: 2 instead of 1"));
  const auto back = describe_step(draft.charter(), view.charter);
  EXPECT_EQ(std::ranges::count(back, "custodian-2 is a custodian no more"), 1);
  EXPECT_EQ(std::ranges::count(back, "lawyers is a partner no more"), 1);
}

TEST_F(Sentences, NameWhoOpensWhat) {
  ASSERT_TRUE(draft.add_partner({"lawyers", archive.custodian.holder().recipient}));
  ASSERT_TRUE(draft.grant(kEvidence, "lawyers", *keys, random));
  ASSERT_TRUE(draft.add_compartment("case-12", {"lawyers", "custodian-1"}, false, random));
  EXPECT_TRUE(says("lawyers can open \"evidence\", all of it"));
  EXPECT_TRUE(says("there is a new compartment \"case-12\", opened by lawyers, custodian-1"));
  const auto back = describe_step(draft.charter(), view.charter);
  EXPECT_TRUE(std::ranges::any_of(back, [](const auto& each) { return each.find("lawyers gets no keys of") == 0; }));
  EXPECT_EQ(std::ranges::count(back, "the compartment \"case-12\" is not named any more"), 1);
}

TEST_F(Sentences, NameNewKeysOfCompartmentAndLogAndANewHome) {
  ASSERT_TRUE(draft.renew(kEvidence, *keys, false, random));
  ASSERT_TRUE(draft.close(kEvidence));
  draft.set_log_key({signer_of(view.charter.origin, 7).verifier(), 1});
  draft.set_home(std::string(32, 'd'));
  draft.add_object({ObjectName("reader/index.html"), sha256({})});
  EXPECT_TRUE(says("is sealed to new keys: " + draft.charter().find_compartment(kEvidence)->recipient));
  EXPECT_TRUE(says("nothing new is sealed for \"evidence\""));
  EXPECT_TRUE(says("the log gets a new key, which counts from entry 1;"));
  EXPECT_TRUE(says("another place is the home"));
  EXPECT_TRUE(says("it names reader/index.html"));
}

TEST_F(Sentences, NameEveryRuleThatChanges) {
  draft.set_rules({.charter = 3, .reseal = 4, .remove = 5, .hold_days = 6, .removals_per_week = 7});
  for (const char* part : {"a charter: 3 instead of 1", "dropped: 4 instead of 2", "a removal: 5 instead of 2",
                           "destruction: 6 instead of 30", "at the most: 7 instead of 20"}) {
    EXPECT_TRUE(says(part)) << part;
  }
}

TEST_F(Sentences, SayWhatAnOrderDoes) {
  Order order;
  order.number = std::string(32, 'a');
  order.date = "2026-01-01";
  order.hold_days = 30;
  order.deposits = {sha256({})};
  for (const auto& [kind, part] :
       {std::pair{OrderKind::remove, "every copy destroys it after 30 days"},
        std::pair{OrderKind::hold, "a legal hold on 1 deposit"}, std::pair{OrderKind::release, "ends the legal hold"},
        std::pair{OrderKind::veto, "is not carried out"}, std::pair{OrderKind::unseal, "the trustees opened"}}) {
    order.kind = kind;
    EXPECT_TRUE(says(order, part)) << part;
    EXPECT_TRUE(says(order, "written on 2026-01-01, number " + order.number));
  }
  order.kind = OrderKind::remove;
  EXPECT_TRUE(says(order, "which is not in the log")) << "a deposit that nobody knows is named as that";
  order.kind = OrderKind::reseal;
  EXPECT_TRUE(says(order, "the older seals are kept"));
  order.drops_older = true;
  EXPECT_TRUE(says(order, "the older seals are dropped"));
}

}  // namespace
}  // namespace muniment
