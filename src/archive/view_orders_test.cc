// What the log says of orders: each does what it says, once, if enough people have signed it, and nothing else.
#include <gtest/gtest.h>

#include "archive/people_testing.h"
#include "archive/view.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

/// An archive of several people with two deposits: entries 0 charter, 1 and 2 deposits, 3 accept.
class ViewOfOrders : public ::testing::Test {
 protected:
  void SetUp() override {
    fs.seed("a", as_view("x"));
    fs.seed("b", as_view("y"));
    const auto taken = take_in(doors, archive, {"a", "b"});
    ASSERT_TRUE(taken) << taken.error().sentence();
    for (const LoggedDeposit& deposit : view().deposits) ids.push_back(deposit.id);
    ASSERT_EQ(ids.size(), 2u);
    std::ranges::sort(ids);
  }
  ArchiveView view() {
    auto seen = view_of(doors, archive);
    EXPECT_TRUE(seen) << seen.error().sentence();
    return std::move(*seen);
  }
  void append(const std::string& text) {
    const auto appended = append_entries(doors, archive, {bytes_of(text)});
    ASSERT_TRUE(appended) << appended.error().sentence();
  }
  std::string note(const Order& order, const Hands& hands) const {
    return signed_by(render_order(order, archive.id), hands);
  }
  /// Appends the order; true when it counts.
  bool order(const Order& order, const Hands& hands) {
    const std::size_t before = view().orders.size();
    append(note(order, hands));
    return view().orders.size() == before + 1;
  }
  /// How the last entry is called not ours; empty when it is.
  std::string last_objection() {
    const ArchiveView seen = view();
    if (seen.objections.empty()) return "";
    const std::string start = "entry " + std::to_string(seen.head.head.size - 1) + " is not ours: ";
    return seen.objections.back().starts_with(start) ? seen.objections.back().substr(start.size()) : "";
  }
  /// The number of the removal in force, or "".
  std::string removal_of(std::size_t i) {
    const auto removal = view().deposit(ids[i])->removal;
    return removal ? removal->order : "";
  }
  static Bytes header_of(char digit) { return noise(100, static_cast<std::uint8_t>(digit)); }
  static Bytes contents_of(char digit) { return noise(200, static_cast<std::uint8_t>(digit)); }
  Order reseal(char digit, std::uint64_t number, bool drops_older, std::size_t i = 0) {
    return reseal_of(digit, ids[i], number, header_of(digit), contents_of(digit), drops_older);
  }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock;
  Doors doors{fs, random, clock};
  TestPeople people;
  TestArchive archive = *found_with_people(doors, "archive", people);
  std::vector<Sha256> ids;
  Hands one{people.first()};
  Hands two{people.first(), people.second()};
};

TEST_F(ViewOfOrders, WithdrawsWhatTwoPeopleRemove) {
  ASSERT_TRUE(order(order_of(OrderKind::remove, '1', {ids[1]}), two));
  const ArchiveView seen = view();
  EXPECT_FALSE(seen.deposit(ids[0])->removal);
  ASSERT_TRUE(seen.deposit(ids[1])->removal);
  EXPECT_EQ(seen.deposit(ids[1])->removal->index, 4u);
  EXPECT_EQ(seen.deposit(ids[1])->removal->order, number_of('1'));
  EXPECT_EQ(seen.deposit(ids[1])->removal->hold_days, 30u);
  ASSERT_EQ(seen.orders.size(), 1u);
  EXPECT_EQ(seen.orders[0].signers.text(), "custodian-1 and custodian-2");
  EXPECT_TRUE(seen.is_vouched_for(4));
}

TEST_F(ViewOfOrders, LetsOnePersonDoNothingThatNeedsTwo) {
  EXPECT_FALSE(order(order_of(OrderKind::remove, '1', ids), one));
  EXPECT_NE(last_objection().find("signed by custodian-1; the charter asks for 2 people"), std::string::npos)
      << last_objection();
  EXPECT_FALSE(order(reseal('2', 1, /*drops_older=*/true), one));
  ASSERT_TRUE(order(order_of(OrderKind::hold, '3', ids), {people.second()}));
  EXPECT_FALSE(order(order_of(OrderKind::release, '4', ids), {people.second()}));
  Order shorter = order_of(OrderKind::remove, '5', ids);
  shorter.hold_days = 0;
  EXPECT_FALSE(order(shorter, two)) << "that needs the trustees";
  for (const Sha256& id : ids) {
    const LoggedDeposit deposit = *view().deposit(id);
    EXPECT_FALSE(deposit.removal);
    EXPECT_TRUE(deposit.seals.empty());
    EXPECT_TRUE(deposit.is_held);
  }
  EXPECT_EQ(view().objections.size(), 4u);
}

TEST_F(ViewOfOrders, CountsAnOrderOnce) {
  const std::string removal = note(order_of(OrderKind::remove, '1', {ids[0]}), two);
  append(removal);
  Order veto = order_of(OrderKind::veto, '2');
  veto.removal = number_of('1');
  ASSERT_TRUE(order(veto, {people.third()}));
  EXPECT_EQ(removal_of(0), "");
  append(removal);
  EXPECT_NE(last_objection().find("counts once"), std::string::npos) << last_objection();
  EXPECT_EQ(removal_of(0), "") << "a removal replayed after its veto";
  // The same text with other signatures under it is the same order.
  append(note(order_of(OrderKind::remove, '1', {ids[0]}), {people.second(), people.third()}));
  EXPECT_EQ(removal_of(0), "");
  EXPECT_EQ(view().orders.size(), 2u);
}

TEST_F(ViewOfOrders, RefusesApprovalsForAnotherArchive) {
  Sha256 other = archive.id;
  other.bytes[0] ^= 1;
  append(signed_by(render_order(order_of(OrderKind::remove, '1', {ids[0]}), other), two));
  EXPECT_NE(last_objection().find("another archive"), std::string::npos) << last_objection();
  EXPECT_EQ(removal_of(0), "");
}

TEST_F(ViewOfOrders, RefusesOrdersOfCustodiansWhoseTimeIsOverOrHasNotCome) {
  Charter next = next_of(view().chain);
  next.custodians[1] = people.stranger.holder();  // in place of custodian-2
  const Hands old_two{people.first(), people.second()};
  const Hands new_two{people.first(), people.outsider()};
  EXPECT_FALSE(order(order_of(OrderKind::remove, '1', {ids[0]}), new_two)) << "before charter/2";
  append(signed_by(next, {people.first(), people.third()}));
  ASSERT_EQ(view().charter.version, 2u);
  EXPECT_FALSE(order(order_of(OrderKind::remove, '2', {ids[0]}), old_two)) << "after charter/2";
  EXPECT_FALSE(order(order_of(OrderKind::hold, '3', {ids[0]}), {people.second()}));
  EXPECT_EQ(removal_of(0), "");
  EXPECT_TRUE(order(order_of(OrderKind::remove, '1', {ids[0]}), new_two)) << "what did not count may count later";
}

TEST_F(ViewOfOrders, OfWhatIsNotLoggedMeanNothing) {
  const Sha256 nothing{};
  EXPECT_FALSE(order(order_of(OrderKind::hold, '1', {nothing, ids[0]}), two));
  EXPECT_FALSE(order(reseal_of('2', nothing, 1, noise(1), noise(2), true), two));
  EXPECT_FALSE(view().deposit(ids[0])->is_held) << "all of an order, or none of it";
  EXPECT_NE(last_objection().find("not logged"), std::string::npos) << last_objection();
  Order veto = order_of(OrderKind::veto, '3');
  veto.removal = number_of('9');
  EXPECT_FALSE(order(veto, one));
}

TEST_F(ViewOfOrders, VetoesByOnePersonTheRemovalThatIsNamed) {
  ASSERT_TRUE(order(order_of(OrderKind::remove, '1', ids), two));
  Order veto = order_of(OrderKind::veto, '2');
  veto.removal = number_of('1');
  ASSERT_TRUE(order(veto, {people.third()}));
  EXPECT_EQ(removal_of(0), "");
  EXPECT_EQ(removal_of(1), "");
  veto.number = number_of('3');
  EXPECT_FALSE(order(veto, {people.third()})) << "nothing is left to veto";
  EXPECT_TRUE(order(order_of(OrderKind::remove, '4', {ids[0]}), two)) << "people may order it anew";
  EXPECT_EQ(removal_of(0), number_of('4'));
}

TEST_F(ViewOfOrders, LeavesOneRemovalWhereAnotherIsVetoed) {
  ASSERT_TRUE(order(order_of(OrderKind::remove, '1', ids), two));
  ASSERT_TRUE(order(order_of(OrderKind::remove, '2', {ids[0]}), two));
  EXPECT_EQ(removal_of(0), number_of('1')) << "the first of two with one hold";
  Order veto = order_of(OrderKind::veto, '3');
  veto.removal = number_of('1');
  ASSERT_TRUE(order(veto, one));
  EXPECT_EQ(removal_of(0), number_of('2'));
  EXPECT_EQ(removal_of(1), "");
  veto = order_of(OrderKind::veto, '4');
  veto.removal = number_of('2');
  ASSERT_TRUE(order(veto, one));
  EXPECT_EQ(removal_of(0), "");
}

TEST_F(ViewOfOrders, TakesTheShorterHoldThatTheTrusteesSign) {
  ASSERT_TRUE(order(order_of(OrderKind::remove, '1', {ids[0]}), two));
  Order at_once = order_of(OrderKind::remove, '2', {ids[0]});
  at_once.hold_days = 0;
  ASSERT_TRUE(order(at_once, {people.all_trustees()}));
  EXPECT_EQ(view().deposit(ids[0])->removal->hold_days, 0u);
  EXPECT_EQ(view().deposit(ids[0])->removal->index, 5u);
  Order later = order_of(OrderKind::remove, '3', {ids[0]});
  later.hold_days = 60;
  ASSERT_TRUE(order(later, two));
  EXPECT_EQ(removal_of(0), number_of('2'));
}

TEST_F(ViewOfOrders, HoldsUntilTwoPeopleRelease) {
  ASSERT_TRUE(order(order_of(OrderKind::hold, '1', ids), one));
  ASSERT_TRUE(order(order_of(OrderKind::remove, '2', ids), two));
  EXPECT_TRUE(view().deposit(ids[0])->is_held);
  EXPECT_TRUE(view().deposit(ids[0])->removal) << "withdrawn all the same";
  ASSERT_TRUE(order(order_of(OrderKind::release, '3', {ids[0]}), two));
  EXPECT_FALSE(view().deposit(ids[0])->is_held);
  EXPECT_TRUE(view().deposit(ids[1])->is_held);
}

TEST_F(ViewOfOrders, TellsThatTheTrusteesOpenedSomething) {
  Order unseal = order_of(OrderKind::unseal, '1');
  unseal.compartment = kIdentities;
  unseal.set = 1;
  unseal.items = 2;
  unseal.reasons = {1};
  EXPECT_FALSE(order(unseal, two));
  EXPECT_TRUE(order(unseal, {people.all_trustees()}));
  EXPECT_EQ(view().orders[0].order.items, 2u);
}

TEST_F(ViewOfOrders, AddsTheNextSealAndKeepsOrDropsTheOlder) {
  const Receipt receipt = *read_logged_receipt(source_in_folder(fs, "archive/" + deposit_folder(ids[0])), ids[0]);
  EXPECT_EQ(view().deposit(ids[0])->seals_in_force(receipt)[0].header, receipt.header);
  ASSERT_TRUE(order(reseal('1', 1, /*drops_older=*/false), one));
  EXPECT_EQ(view().deposit(ids[0])->newest_seal(), 1u);
  EXPECT_EQ(view().deposit(ids[0])->oldest_seal, 0u);
  EXPECT_EQ(view().deposit(ids[0])->seals_in_force(receipt)[0].header, sha256(header_of('1')));
  ASSERT_TRUE(order(reseal('2', 2, /*drops_older=*/true), two));
  const LoggedDeposit deposit = *view().deposit(ids[0]);
  EXPECT_EQ(deposit.newest_seal(), 2u);
  EXPECT_EQ(deposit.oldest_seal, 2u);
  EXPECT_EQ(deposit.seals_in_force(receipt)[0].contents, sha256(contents_of('2')));
  EXPECT_TRUE(view().deposit(ids[1])->seals.empty());
}

TEST_F(ViewOfOrders, RefusesASealThatIsNotTheNextOne) {
  EXPECT_FALSE(order(reseal('1', 2, true), two)) << "1 is left out";
  EXPECT_NE(last_objection().find("not the next one"), std::string::npos) << last_objection();
  ASSERT_TRUE(order(reseal('2', 1, true), two));
  EXPECT_FALSE(order(reseal('3', 1, true), two)) << "1 is there already: nothing is overwritten";
  // Two deposits, one with the wrong number: neither gets its seal.
  Order both = reseal('4', 2, true);
  const Order wrong = reseal('5', 5, true, 1);
  both.objects.insert(both.objects.end(), wrong.objects.begin(), wrong.objects.end());
  EXPECT_FALSE(order(both, two));
  EXPECT_EQ(view().deposit(ids[0])->newest_seal(), 1u);
}

/// Noise under the digests that were signed for: everything fits, and nothing opens. The seal before it still does.
TEST_F(ViewOfOrders, ResealedToNoiseOpenUnderTheSealBeforeIt) {
  const std::string folder = "archive/" + deposit_folder(ids[0]) + "/";
  fs.seed(folder + header_name(1), header_of('1'));
  fs.seed(folder + contents_name(1), contents_of('1'));
  EXPECT_FALSE(order(reseal('9', 1, /*drops_older=*/true), one)) << "one person drops nothing";
  ASSERT_TRUE(order(reseal('1', 1, /*drops_older=*/false), one));
  FolderStore store(fs, "archive", random);
  const ArchiveView seen = view();
  const auto key = open_compartment(store, seen.charter, kEvidence, people.one.opener());
  ASSERT_TRUE(key);
  const auto source = source_in_store(store, ids[0]);
  const Receipt receipt = *read_logged_receipt(source, ids[0]);
  const Seal newest = seen.deposit(ids[0])->seals_in_force(receipt)[0];
  CollectingHandler handler;
  const auto opened = open_deposit(source, receipt, newest, **key, handler);
  ASSERT_TRUE(fails_with(opened, Code::corrupt));
  EXPECT_NE(opened.error().sentence().find("header-1"), std::string::npos) << opened.error().sentence();
  EXPECT_TRUE(handler.files.empty());
  EXPECT_EQ(seen.deposit(ids[0])->oldest_seal, 0u);
  EXPECT_TRUE(open_deposit(source, receipt, first_seal(receipt), **key, handler));
  const auto found = find_seal(source, receipt, *seen.deposit(ids[0]), **key);
  ASSERT_TRUE(found) << "one person's noise locks nobody out";
  EXPECT_EQ(found->number, 0u);
  EXPECT_CODE(find_seal(source, receipt, *seen.deposit(ids[0]), people.partner), Code::corrupt) << "the newest one's";
}

/// An accept vouches from its own `from` on: what a thief slipped in before stays nobody's.
TEST_F(ViewOfOrders, VouchForNothingThatCameBeforeThem) {
  Receipt thiefs{.archive = archive.id,
                 .contents = {},
                 .tree = {},
                 .bytes = 1,
                 .parts = 1,
                 .sums = {},
                 .header = {},
                 .sealed_contents = {}};
  append(render_receipt(thiefs));
  ASSERT_TRUE(order(order_of(OrderKind::hold, '1', {ids[0]}), one));
  fs.seed("c", as_view("z"));
  ASSERT_TRUE(take_in(doors, archive, {"c"}));
  const ArchiveView seen = view();
  EXPECT_FALSE(seen.is_vouched_for(4)) << "the thief's";
  EXPECT_TRUE(seen.is_vouched_for(5)) << "the order";
  EXPECT_TRUE(seen.is_vouched_for(6)) << "the deposit";
  EXPECT_TRUE(seen.is_vouched_for(7)) << "the accept";
  EXPECT_TRUE(seen.objections.empty());
}

}  // namespace
}  // namespace muniment
