#include "archive/order.h"

#include <gtest/gtest.h>

#include "archive/people_testing.h"
#include "base/encoding.h"
#include "testing/expect_code.h"
#include "testing/fixed_random.h"

namespace muniment {
namespace {

Sha256 id_of(std::uint8_t byte) {
  Sha256 id;
  id.bytes.fill(byte);
  return id;
}

const Sha256 kOrderedArchive = id_of(0xaa);

Order some_order(OrderKind kind) {
  Order order = order_of(kind, '7');
  switch (kind) {
    case OrderKind::reseal:
      order = reseal_of('7', id_of(1), 1, noise(3), noise(4), true);
      order.objects.insert(order.objects.end(), {{ObjectName(deposit_folder(id_of(2)) + "/header-5"), id_of(3)},
                                                 {ObjectName(deposit_folder(id_of(2)) + "/contents-5.age"), id_of(4)}});
      break;
    case OrderKind::remove:
      order.ground = id_of(9);
      order.deposits = {id_of(1), id_of(2)};
      break;
    case OrderKind::veto: order.removal = number_of('1'); break;
    case OrderKind::hold:
    case OrderKind::release: order.deposits = {id_of(1)}; break;
    case OrderKind::mirrors: order.lists = id_of(8); break;
    case OrderKind::unseal:
      order.compartment = kIdentities;
      order.set = 1;
      order.items = 3;
      order.reasons = {1, 2, 3};
      break;
  }
  return order;
}

constexpr OrderKind kAll[] = {OrderKind::reseal,  OrderKind::remove, OrderKind::veto,   OrderKind::hold,
                              OrderKind::release, OrderKind::unseal, OrderKind::mirrors};

std::string text_of(OrderKind kind) { return render_order(some_order(kind), kOrderedArchive); }

std::string with_replaced(std::string text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what << " in " << text;
  return text.replace(at, what.size(), with);
}

TEST(Orders, ComeBackAsTheyWereWritten) {
  for (const OrderKind kind : kAll) {
    const auto parsed = parse_order(text_of(kind), kOrderedArchive);
    ASSERT_TRUE(parsed) << name_of(kind) << ": " << parsed.error().sentence();
    EXPECT_EQ(parsed->kind, kind);
    EXPECT_EQ(render_order(*parsed, kOrderedArchive), text_of(kind));
    EXPECT_TRUE(is_order_kind(name_of(kind)));
  }
  EXPECT_FALSE(is_order_kind("accept"));
  EXPECT_FALSE(is_order_kind("charter"));
  EXPECT_FALSE(is_order_kind(""));
}

TEST(Orders, HaveTheLinesOfTheSpecification) {
  const std::string front =
      "/v1\narchive " + kOrderedArchive.hex() + "\norder " + std::string(32, '7') + "\ndate 2026-01-02\n";
  EXPECT_EQ(text_of(OrderKind::remove), "muniment/remove" + front + "ground " + id_of(9).hex() + "\nhold 30\ndeposit " +
                                            id_of(1).hex() + "\ndeposit " + id_of(2).hex() + "\n");
  EXPECT_EQ(text_of(OrderKind::veto), "muniment/veto" + front + "removal " + std::string(32, '1') + "\n");
  EXPECT_EQ(text_of(OrderKind::hold), "muniment/hold" + front + "deposit " + id_of(1).hex() + "\n");
  EXPECT_EQ(text_of(OrderKind::release), "muniment/release" + front + "deposit " + id_of(1).hex() + "\n");
  EXPECT_EQ(text_of(OrderKind::unseal),
            "muniment/unseal" + front + "compartment identities\nset 1\nitems 3\nreasons AQID\n");
  const std::string folder = "deposits/02/" + id_of(2).hex();
  EXPECT_TRUE(text_of(OrderKind::reseal).starts_with("muniment/reseal" + front + "older dropped\n"));
  EXPECT_TRUE(text_of(OrderKind::reseal)
                  .ends_with(id_of(3).hex() + "  " + folder + "/header-5\n" + id_of(4).hex() + "  " + folder +
                             "/contents-5.age\n"));
}

TEST(Orders, ForAnotherArchiveAreForged) {
  for (const OrderKind kind : kAll) EXPECT_CODE(parse_order(text_of(kind), id_of(0xab)), Code::forged);
}

TEST(Orders, OfAKindThatIsNotKnownAreUnsupported) {
  const std::string text = text_of(OrderKind::hold);
  EXPECT_CODE(parse_order(with_replaced(text, "hold/v1", "hold/v2"), kOrderedArchive), Code::unsupported);
  EXPECT_CODE(parse_order(with_replaced(text, "hold/v1", "accept/v1"), kOrderedArchive), Code::unsupported);
  EXPECT_CODE(parse_order("\n", kOrderedArchive), Code::unsupported);
}

TEST(Orders, RefuseWhatIsNotTheirOneForm) {
  const std::string hold = text_of(OrderKind::hold);
  const std::string remove = text_of(OrderKind::remove);
  const std::string one = "deposit " + id_of(1).hex() + "\n";
  const std::string two = "deposit " + id_of(2).hex() + "\n";
  for (const std::string& other : {
           with_replaced(hold, "order 7", "order x"),
           with_replaced(hold, "order 7777", "order 77"),
           with_replaced(hold, "order " + std::string(32, '7') + "\n", ""),
           with_replaced(hold, "date 2026-01-02", "date 2026-02-30"),
           with_replaced(hold, "date 2026-01-02\n", ""),
           with_replaced(hold, one, ""),
           with_replaced(hold, one, one + one),
           with_replaced(hold, one, two + one),
           with_replaced(hold, one, "deposit 00\n"),
           with_replaced(hold, one, one + "items 1\n"),
           with_replaced(hold, one, one + "word\n"),
           with_replaced(hold, one, one + "colour red\n"),
           with_replaced(hold, one, "deposit  " + id_of(1).hex() + "\n"),
           with_replaced(hold, one, one + id_of(3).hex() + "  stamps/x\n"),
           with_replaced(hold, one, one + id_of(3).hex() + "  ../x\n"),
           with_replaced(remove, "hold 30\n", ""),
           with_replaced(remove, "hold 30", "hold 030"),
           with_replaced(remove, "hold 30", "hold -1"),
           with_replaced(remove, "ground ", "ground  "),
           with_replaced(text_of(OrderKind::veto), "removal 1", "removal 2") + one,
           with_replaced(text_of(OrderKind::veto), "removal 1", "removal g"),
           text_of(OrderKind::unseal) + one,
           with_replaced(text_of(OrderKind::unseal), "compartment identities", "compartment ../x"),
           with_replaced(text_of(OrderKind::unseal), "set 1\n", ""),
           with_replaced(text_of(OrderKind::unseal), "items 3", "items 0"),
           with_replaced(text_of(OrderKind::unseal), "reasons AQID", "reasons AQ"),
           with_replaced(text_of(OrderKind::unseal), "reasons AQID\n", ""),
       }) {
    EXPECT_CODE(parse_order(other, kOrderedArchive), Code::corrupt) << other;
  }
  EXPECT_CODE(parse_order(with_replaced(remove, "hold 30", "hold 3651"), kOrderedArchive), Code::limit)
      << "over ten years";
  EXPECT_CODE(parse_order(with_replaced(text_of(OrderKind::unseal), "items 3", "items 201"), kOrderedArchive),
              Code::limit);
  EXPECT_CODE(
      parse_order(with_replaced(text_of(OrderKind::unseal), "AQID", std::string(kReasonsBytesMax / 3 * 4 + 8, 'A')),
                  kOrderedArchive),
      Code::limit);
}

TEST(Orders, NameTwoHundredDepositsAtTheMost) {
  Order order = order_of(OrderKind::hold, '7');
  for (unsigned i = 1; i <= kOrderDepositsMax; ++i) {
    Sha256 id;
    id.bytes[0] = static_cast<std::uint8_t>(i);
    id.bytes[1] = 1;
    order.deposits.push_back(id);
  }
  EXPECT_TRUE(parse_order(render_order(order, kOrderedArchive), kOrderedArchive));
  order.deposits.push_back(id_of(0xff));
  EXPECT_CODE(parse_order(render_order(order, kOrderedArchive), kOrderedArchive), Code::corrupt);
  order.deposits.assign(1000, id_of(1));
  EXPECT_CODE(parse_order(render_order(order, kOrderedArchive), kOrderedArchive), Code::limit);
}

TEST(Reseals, NameHeaderAndContentsOfOneSealInPairs) {
  const auto seals = seals_of(some_order(OrderKind::reseal));
  ASSERT_TRUE(seals);
  ASSERT_EQ(seals->size(), 2u);
  EXPECT_EQ((*seals)[1].deposit, id_of(2));
  EXPECT_EQ((*seals)[1].number, 5u);
  EXPECT_EQ((*seals)[1].header, id_of(3));
  EXPECT_EQ((*seals)[1].contents, id_of(4));
  const std::string text = text_of(OrderKind::reseal);
  const std::string first = deposit_folder(id_of(1));
  const std::string second = deposit_folder(id_of(2));
  for (const std::string& other : {
           with_replaced(text, "older dropped", "older gone"),
           with_replaced(text, "header-5", "header-4"),
           with_replaced(text, "header-5", "header-05"),
           with_replaced(text, "header-5", "header-"),
           with_replaced(text, "header-5", "header-99999999"),
           with_replaced(text, "header-5", "part-0000000"),
           with_replaced(text, "header-5", "header-5/x"),
           with_replaced(text, "contents-5.age", "contents-5"),
           with_replaced(with_replaced(text, "header-5", "header-0"), "contents-5", "contents-0"),
           with_replaced(text, second + "/header", "deposits/01/" + id_of(2).hex() + "/header"),
           with_replaced(text, second + "/contents", first + "/contents"),
           with_replaced(text, second + "/header", "keyring/02/" + id_of(2).hex() + "/header"),
           with_replaced(with_replaced(text, second, first), second, first),
           text.substr(0, text.rfind('\n', text.size() - 2) + 1),
           text.substr(0, text.find("older dropped\n") + 14),
       }) {
    EXPECT_CODE(parse_order(other, kOrderedArchive), Code::corrupt) << other;
  }
}

class SignedOrders : public ::testing::Test {
 protected:
  Result<SignedOrder> parse(const Order& order, const Hands& hands) const {
    return parse_signed_order(signed_by(render_order(order, kOrderedArchive), hands), kOrderedArchive, charter);
  }
  TestPeople people;
  Charter charter = people.charter();
};

TEST_F(SignedOrders, OfOnePersonAreThoseThatDestroyNothing) {
  Order kept = some_order(OrderKind::reseal);
  kept.drops_older = false;
  for (const Order& order : {kept, some_order(OrderKind::veto), some_order(OrderKind::hold)}) {
    const auto parsed = parse(order, {people.second()});
    ASSERT_TRUE(parsed) << parsed.error().sentence();
    EXPECT_EQ(parsed->signers.text(), "custodian-2");
    EXPECT_CODE(parse(order, {people.outsider()}), Code::forged);
  }
}

TEST_F(SignedOrders, ThatDestroyNeedTwoPeople) {
  for (const OrderKind kind : {OrderKind::reseal, OrderKind::remove, OrderKind::release}) {
    const Order order = some_order(kind);
    EXPECT_CODE(parse(order, {people.first()}), Code::denied) << name_of(kind);
    EXPECT_CODE(parse(order, {people.first(), people.first()}), Code::denied) << name_of(kind) << ": one, twice";
    EXPECT_CODE(parse(order, {people.first(), people.outsider()}), Code::denied) << name_of(kind);
    EXPECT_TRUE(parse(order, {people.first(), people.third()})) << name_of(kind);
    EXPECT_TRUE(parse(order, {people.all_trustees()})) << name_of(kind) << ": the trustees are two";
  }
}

TEST_F(SignedOrders, NeedAsManyAsTheCharterSays) {
  charter.rules.remove = 3;
  charter.rules.reseal = 4;
  const Hands two{people.first(), people.second()};
  const Hands three{people.first(), people.second(), people.third()};
  EXPECT_CODE(parse(some_order(OrderKind::remove), two), Code::denied);
  EXPECT_TRUE(parse(some_order(OrderKind::remove), three));
  EXPECT_CODE(parse(some_order(OrderKind::release), two), Code::denied);
  EXPECT_CODE(parse(some_order(OrderKind::reseal), three), Code::denied);
  EXPECT_TRUE(parse(some_order(OrderKind::reseal), {people.first(), people.third(), people.all_trustees()}));
}

TEST_F(SignedOrders, ThatShortenTheHoldNeedTheTrustees) {
  Order order = some_order(OrderKind::remove);
  const Hands three{people.first(), people.second(), people.third()};
  EXPECT_TRUE(parse(order, three)) << "as long as the charter's";
  order.hold_days = 29;
  const auto denied = parse(order, three);
  ASSERT_TRUE(fails_with(denied, Code::denied));
  EXPECT_NE(denied.error().sentence().find("needs the trustees"), std::string::npos) << denied.error().sentence();
  EXPECT_TRUE(parse(order, {people.all_trustees()}));
  charter.trustees.reset();
  EXPECT_CODE(parse(order, three), Code::denied) << "without trustees nobody may";
}

TEST_F(SignedOrders, OfUnsealingAreTheTrustees) {
  const Order order = some_order(OrderKind::unseal);
  EXPECT_CODE(parse(order, {people.first(), people.second(), people.third()}), Code::denied);
  EXPECT_TRUE(parse(order, {people.all_trustees()}));
  charter.trustees.reset();
  EXPECT_CODE(parse(order, {people.first(), people.second()}), Code::denied);
}

TEST_F(SignedOrders, AlteredInAnyByteAreRefused) {
  const std::string note =
      signed_by(render_order(some_order(OrderKind::remove), kOrderedArchive), {people.first(), people.second()});
  for (std::size_t i = 0; i < note.size(); ++i) {
    std::string changed = note;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(parse_signed_order(changed, kOrderedArchive, charter)) << "byte " << i;
  }
}

TEST(Grounds, AreCommittedToWithASalt) {
  std::array<std::uint8_t, 32> salt{};
  salt.fill(5);
  const Sha256 digest = ground_commitment(salt, "asked for by the witness");
  // Computed with Python's hashlib from the definition in docs/formats.md.
  EXPECT_EQ(digest.hex(), "d1e09251e98ae8049e59a93e452322dd13b7e254e4d686070a138c85a48c6ba7");
  salt[0] = 6;
  EXPECT_NE(ground_commitment(salt, "asked for by the witness"), digest);
}

TEST(OrderNumbers, AreThirtyTwoRandomDigits) {
  FixedRandom random;
  const std::string first = make_order_number(random);
  EXPECT_EQ(from_hex(first)->size(), 16u);
  EXPECT_NE(make_order_number(random), first);
}

}  // namespace
}  // namespace muniment
