#include "archive/unseal.h"

#include <gtest/gtest.h>

#include "archive/open.h"
#include "archive/orders_testing.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

class Unsealing : public ::testing::Test {
 protected:
  void SetUp() override {
    name = people.deposit_for(kIdentities, "name", bytes_of("who it was"));
    other = people.deposit_for(kIdentities, "other", bytes_of("who else it was"));
    account = people.deposit("account", bytes_of("what was said"));
  }

  UnsealRequest request(std::vector<Sha256> deposits) {
    std::ranges::sort(deposits);
    return {.deposits = std::move(deposits),
            .asker = asker.recipient().text(),
            .reason = "the court asks for the name",
            .date = "2026-02-03"};
  }
  Result<Unsealed> ask(const UnsealRequest& wanted) {
    return unseal(people.store, people.view(), people.trustees, wanted, random);
  }
  /// What is handed over, in a folder.
  std::string hand_over(const NewSeal& seal) {
    fs.seed("given/header", seal.header);
    fs.seed("given/contents.age", seal.contents);
    return "given";
  }
  Result<std::map<std::string, Bytes>> open_given(const Sha256& id, const age::Identity& key) {
    const DepositSource source = source_in_store(people.store, id);
    TRY_ASSIGN(const Receipt receipt, read_logged_receipt(source, id));
    TRY_ASSIGN(const GivenSeal given, take_given_seal(fs, "given", source));
    CollectingHandler handler;
    TRY(open_deposit(given.source, receipt, given.seal, key, handler));
    return handler.files;
  }
  bool logs(const Order& order, const std::vector<const SignerKey*>& signers) {
    const std::size_t before = people.view().orders.size();
    people.log(order, signers);
    return people.view().orders.size() == before + 1;
  }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock;
  Doors doors{fs, random, clock};
  PeoplesArchive people{doors, "archive"};
  age::X25519Identity asker = age::X25519Identity::make(random);
  Sha256 name, other, account;
};

TEST_F(Unsealing, OpensOneDepositForTheAskerAloneAndLeavesTheArchiveAsItIs) {
  const auto unsealed = ask(request({name}));
  ASSERT_TRUE(unsealed) << unsealed.error().sentence();
  hand_over(unsealed->seals[0]);
  const auto files = open_given(name, asker);
  ASSERT_TRUE(files) << files.error().sentence();
  EXPECT_EQ(files->at("name"), bytes_of("who it was"));
  EXPECT_CODE(open_given(other, asker), Code::forged) << "what opens one opens no other";
  EXPECT_CODE(open_given(name, age::X25519Identity::make(random)), Code::denied);
  EXPECT_FALSE(*exists(fs, "archive/" + deposit_folder(name) + "/header-1")) << "no copy gets the asker's seal";
}

TEST_F(Unsealing, TellsTheLogHowMuchAndTheTrusteesForWhomAndWhy) {
  const auto unsealed = ask(request({name, other}));
  ASSERT_TRUE(unsealed) << unsealed.error().sentence();
  EXPECT_EQ(unsealed->seals.size(), 2u);
  ASSERT_TRUE(logs(unsealed->order, {&people.trustees.signer()})) << people.view().objections.back();
  const Order logged = people.view().orders.back().order;
  EXPECT_EQ(logged.compartment, kIdentities);
  EXPECT_EQ(logged.set, 1u);
  EXPECT_EQ(logged.items, 2u);
  const std::string entry = render_order(logged, people.archive.id);
  for (const std::string& hidden : {name.hex(), asker.recipient().text(), std::string("court")}) {
    EXPECT_EQ(entry.find(hidden), std::string::npos) << hidden;
  }
  const auto reasons = open_reasons(logged, people.trustees);
  ASSERT_TRUE(reasons) << reasons.error().sentence();
  for (const std::string& kept : {name.hex(), other.hex(), asker.recipient().text(), std::string("court")}) {
    EXPECT_NE(reasons->expose_text().find(kept), std::string_view::npos) << kept;
  }
  Secret<32> secret;
  const auto strangers = TrusteesKeys::derive(secret, /*hybrid=*/false);
  EXPECT_CODE(open_reasons(logged, *strangers), Code::denied);
}

TEST_F(Unsealing, CountsOnlyWithTheTrusteesSignatureTheirSetAndTheirCompartment) {
  Order order = ask(request({name}))->order;
  EXPECT_FALSE(logs(order, {&people.one(), &people.two()}));
  order.set = 2;
  EXPECT_FALSE(logs(order, {&people.trustees.signer()}));
  order.set = 1;
  order.compartment = "case-7";
  EXPECT_FALSE(logs(order, {&people.trustees.signer()})) << "there is no such compartment";
  order.compartment = kIdentities;
  EXPECT_TRUE(logs(order, {&people.trustees.signer()}));
}

TEST_F(Unsealing, IsOfOneCompartment) {
  const auto both = ask(request({name, account}));
  ASSERT_TRUE(fails_with(both, Code::invalid));
  EXPECT_NE(both.error().sentence().find("evidence"), std::string::npos) << both.error().sentence();
}

TEST_F(Unsealing, NeedsTheTrusteesInForceARecipientAReasonAndALoggedDeposit) {
  Secret<32> secret;
  const auto strangers = TrusteesKeys::derive(secret, /*hybrid=*/false);
  EXPECT_CODE(unseal(people.store, people.view(), *strangers, request({name}), random), Code::denied);
  UnsealRequest wanted = request({name});
  wanted.asker = "age1nobody";
  EXPECT_CODE(ask(wanted), Code::corrupt);
  wanted = request({name});
  wanted.reason.clear();
  EXPECT_CODE(ask(wanted), Code::invalid);
  wanted.reason = std::string(kUnsealReasonBytesMax + 1, 'x');
  EXPECT_CODE(ask(wanted), Code::invalid);
  EXPECT_CODE(ask(request({})), Code::invalid);
  EXPECT_CODE(ask(request({people.archive.id})), Code::not_found);
  people.remove({name});
  EXPECT_CODE(ask(request({name})), Code::conflict) << "what was removed is opened for nobody";
}

TEST_F(Unsealing, OfTheMostDepositsWithTheLongestReasonFitsIntoAnEntry) {
  UnsealRequest wanted = request({name});
  wanted.reason = std::string(kUnsealReasonBytesMax, 'x');
  Order order = ask(wanted)->order;
  order.items = kOrderDepositsMax;
  order.reasons.resize(kReasonsBytesMax);
  EXPECT_TRUE(logs(order, {&people.trustees.signer(), &people.one(), &people.two()}));
  order.reasons.push_back(0);
  order.number = make_order_number(random);
  EXPECT_FALSE(logs(order, {&people.trustees.signer()}));
}

TEST_F(Unsealing, SealThatIsNotOfTheDepositIsRefused) {
  const auto unsealed = ask(request({name, other}));
  ASSERT_TRUE(unsealed);
  const bool name_first = name < other;
  const NewSeal& of_name = unsealed->seals[name_first ? 0 : 1];
  const NewSeal& of_other = unsealed->seals[name_first ? 1 : 0];
  hand_over({of_name.header, of_other.contents});
  EXPECT_FALSE(open_given(name, asker)) << "contents of another deposit";
  hand_over({of_other.header, of_name.contents});
  EXPECT_FALSE(open_given(name, asker)) << "header of another deposit";
  fs.seed("given/header", Bytes(kHeaderBytesMax + 1, 0));
  EXPECT_CODE(open_given(name, asker), Code::limit);
  ASSERT_TRUE(fs.remove("given/header"));
  EXPECT_CODE(open_given(name, asker), Code::not_found);
}

}  // namespace
}  // namespace muniment
