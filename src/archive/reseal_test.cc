#include "archive/reseal.h"

#include <gtest/gtest.h>

#include <set>

#include "archive/orders_testing.h"
#include "archive/salvage.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

class Reseal : public ::testing::Test {
 protected:
  void SetUp() override { id = people.deposit("a", bytes_of("what was said")); }

  std::unique_ptr<CompartmentKeys> key_of(const HolderKeys& holder) {
    return std::move(*open_compartment(people.store, people.view().charter, kEvidence, holder.opener()));
  }
  std::string recipient() { return people.view().charter.find_compartment(kEvidence)->recipient; }

  /// An order with new seals for deposits, not signed.
  Order reseal(const std::vector<Sha256>& deposits, const std::string& to) {
    const ArchiveView view = people.view();
    const auto key = key_of(people.archive.custodian);
    Order order = people.order(OrderKind::reseal);
    for (const Sha256& each : deposits) {
      const auto lines = reseal_deposit(people.store, *view.deposit(each), *key, to, random);
      EXPECT_TRUE(lines) << lines.error().sentence();
      order.objects.insert(order.objects.end(), lines->begin(), lines->end());
    }
    return order;
  }

  /// The files of the deposit under its newest seal in the log.
  Result<std::map<std::string, Bytes>> open_now(const age::Identity& key) {
    const ArchiveView view = people.view();
    const DepositSource source = source_in_store(people.store, id);
    TRY_ASSIGN(const Receipt receipt, read_logged_receipt(source, id));
    CollectingHandler handler;
    TRY(open_deposit(source, receipt, view.deposit(id)->seals_in_force(receipt)[0], key, handler));
    return handler.files;
  }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock;
  Doors doors{fs, random, clock};
  PeoplesArchive people{doors, "archive"};
  Sha256 id;
};

TEST_F(Reseal, OpensForTheNewRecipientWithTheSamePartsAndContents) {
  const age::X25519Identity other = age::X25519Identity::make(random);
  const auto parts = *read_file(fs, "archive/" + deposit_folder(id) + "/part-0000000", 1 << 20);
  const Order order = people.log_by_two(reseal({id}, other.recipient().text()));
  EXPECT_TRUE(people.view().objections.empty());
  const auto files = open_now(other);
  ASSERT_TRUE(files) << files.error().sentence();
  EXPECT_EQ(files->at("a"), bytes_of("what was said"));
  EXPECT_CODE(open_now(*key_of(people.archive.custodian)), Code::denied) << "the new seal is not for the old key";
  EXPECT_EQ(*read_file(fs, "archive/" + deposit_folder(id) + "/part-0000000", 1 << 20), parts);
  EXPECT_EQ(order.objects[0].name.text(), deposit_folder(id) + "/header-1");
  EXPECT_EQ(order.objects[1].name.text(), deposit_folder(id) + "/contents-1.age");
}

TEST_F(Reseal, OldHeaderAndOldKeyOpenForWhoeverHasBoth) {
  const auto old_key = key_of(people.archive.custodian);
  const age::X25519Identity other = age::X25519Identity::make(random);
  people.log_by_two(reseal({id}, other.recipient().text()));
  EXPECT_TRUE(open_logged(doors, people.archive, id)) << "which is why older seals are dropped, and the docs say so";
}

TEST_F(Reseal, IsSalvagedByTheNewestHeaderThatOpens) {
  const age::X25519Identity other = age::X25519Identity::make(random);
  people.log_by_two(reseal({id}, other.recipient().text()));
  const std::string folder = "archive/" + deposit_folder(id);
  EXPECT_EQ(salvage_deposit(doors, folder, other, "new")->whole, std::vector<std::string>{"a"});
  const auto old_key = key_of(people.archive.custodian);
  EXPECT_EQ(salvage_deposit(doors, folder, *old_key, "old")->whole, std::vector<std::string>{"a"});
  ASSERT_TRUE(fs.remove(folder + "/header-0"));
  EXPECT_TRUE(salvage_deposit(doors, folder, other, "again"));
  EXPECT_CODE(salvage_deposit(doors, folder, *old_key, "nothing"), Code::denied);
}

TEST_F(Reseal, OfAResealIsTheNextNumber) {
  people.log_by_two(reseal({id}, recipient()));
  const Order order = people.log_by_two(reseal({id}, recipient()));
  EXPECT_EQ(order.objects[0].name.text(), deposit_folder(id) + "/header-2");
  EXPECT_EQ(people.view().deposit(id)->newest_seal(), 2u);
  EXPECT_TRUE(open_now(*key_of(people.second)));
}

/// One person may add a seal beside the others. Whatever is wrong with it, the one before still opens.
TEST_F(Reseal, ThatOnePersonMadeWrongLocksNobodyOut) {
  const auto key = key_of(people.archive.custodian);
  const std::string folder = "archive/" + deposit_folder(id) + "/";
  const Bytes good_contents = *read_file(fs, folder + "contents-0.age", 1 << 20);
  const auto parsed = *age::parse_recipient(recipient());
  const age::Recipient* const recipients[] = {parsed.get()};
  const Bytes other_key = age::seal_header(recipients, random)->bytes;  // opens, and gives another file key
  const Bytes noise(other_key.size(), 7);
  std::uint64_t number = 1;
  for (const Bytes& header : {noise, other_key}) {
    fs.seed(folder + header_name(number), header);
    fs.seed(folder + contents_name(number), good_contents);
    Order order = people.order(OrderKind::reseal);
    order.objects = {{ObjectName(deposit_folder(id) + "/" + header_name(number)), sha256(header)},
                     {ObjectName(deposit_folder(id) + "/" + contents_name(number)), sha256(good_contents)}};
    people.log(order, {&people.one()});
    ASSERT_EQ(people.view().deposit(id)->newest_seal(), number);
    const ArchiveView view = people.view();
    const DepositSource source = source_in_store(people.store, id);
    const Receipt receipt = *read_logged_receipt(source, id);
    const auto seal = find_seal(source, receipt, *view.deposit(id), *key);
    ASSERT_TRUE(seal) << seal.error().sentence();
    EXPECT_EQ(seal->number, 0u);
    CollectingHandler handler;
    EXPECT_TRUE(open_deposit(source, receipt, *seal, *key, handler));
    ++number;
  }
  EXPECT_TRUE(reseal_deposit(people.store, *people.view().deposit(id), *key, recipient(), random))
      << "and it is mended";
}

TEST_F(Reseal, IsDurable) {
  const Order order = reseal({id}, recipient());
  fs.reboot(Unsynced::lost);
  for (const LoggedObject& object : order.objects)
    EXPECT_EQ(sha256(*people.store.get(object.name, 1 << 20)), object.digest);
}

TEST_F(Reseal, ThatWasCutOffIsMadeAnew) {
  const std::string header = "archive/" + deposit_folder(id) + "/header-1";
  fs.seed(header, as_view("of a run that was cut off"));
  const Order order = reseal({id}, recipient());
  EXPECT_EQ(sha256(*read_file(fs, header, 4096)), order.objects[0].digest);
}

TEST_F(Reseal, NeedsTheKeyTheDepositAndARecipient) {
  const ArchiveView view = people.view();
  const LoggedDeposit& deposit = *view.deposit(id);
  const age::X25519Identity stranger = age::X25519Identity::make(random);
  const auto key = key_of(people.archive.custodian);
  EXPECT_CODE(reseal_deposit(people.store, deposit, stranger, recipient(), random), Code::denied);
  EXPECT_CODE(reseal_deposit(people.store, deposit, *key, "age1nobody", random), Code::corrupt);
  fs.corrupt("archive/" + deposit_folder(id) + "/contents-0.age", 250);
  EXPECT_CODE(reseal_deposit(people.store, deposit, *key, recipient(), random), Code::corrupt);
  people.remove({id});
  const ArchiveView later = people.view();
  EXPECT_CODE(reseal_deposit(people.store, *later.deposit(id), *key, recipient(), random), Code::conflict);
  EXPECT_FALSE(*exists(fs, "archive/" + deposit_folder(id) + "/header-1"));
}

TEST_F(Reseal, ByOneWhichDropsTheOlderIsNotCarriedOut) {
  Order order = reseal({id}, recipient());
  order.drops_older = true;
  people.log(order, {&people.one()});
  EXPECT_EQ(people.view().deposit(id)->newest_seal(), 0u);
  EXPECT_EQ(people.view().objections.size(), 1u);
}

TEST_F(Reseal, TheSecondCustodianOpensTheSampleWholly) {
  const Order order = reseal({id}, recipient());
  const auto checked = check_reseal_sample(people.store, people.view(), order, *key_of(people.second), random);
  ASSERT_TRUE(checked) << checked.error().sentence();
  EXPECT_EQ(*checked, std::vector<Sha256>{id});
}

TEST_F(Reseal, ToNoiseIsNoticedByTheSecondCustodian) {
  const auto key = key_of(people.second);
  const std::string folder = "archive/" + deposit_folder(id) + "/";
  const auto check = [&](Order order) {
    for (LoggedObject& object : order.objects) object.digest = sha256(*people.store.get(object.name, 1 << 20));
    return check_reseal_sample(people.store, people.view(), order, *key, random);
  };
  const Order order = reseal({id}, recipient());
  const Bytes header = *read_file(fs, folder + "header-1", 4096);

  fs.seed(folder + "header-1", noise(header.size()));
  EXPECT_CODE(check(order), Code::corrupt) << "noise";
  // A header of the right form for the right people, with another file key: the same size, and it opens.
  const auto recipient_parsed = *age::parse_recipient(recipient());
  const age::Recipient* const recipients[] = {recipient_parsed.get()};
  fs.seed(folder + "header-1", age::seal_header(recipients, random)->bytes);
  EXPECT_CODE(check(order), Code::forged) << "another file key";
  Bytes other_nonce = header;
  other_nonce.back() ^= 1;
  fs.seed(folder + "header-1", other_nonce);
  EXPECT_CODE(check(order), Code::forged) << "another nonce";
  fs.seed(folder + "header-1", header);
  fs.seed(folder + "contents-1.age", *age::seal_bytes(noise(16384), recipients, random));
  EXPECT_CODE(check(order), Code::forged) << "other contents";
  fs.seed(folder + "contents-1.age", *read_file(fs, folder + "contents-0.age", 1 << 20));
  EXPECT_TRUE(check(order)) << "the old contents serve as well: it is the seal that counts";
  Order skipping = order;
  skipping.objects[0].name = ObjectName(deposit_folder(id) + "/header-2");
  skipping.objects[1].name = ObjectName(deposit_folder(id) + "/contents-2.age");
  EXPECT_CODE(check_reseal_sample(people.store, people.view(), skipping, *key, random), Code::corrupt);
  EXPECT_CODE(check_reseal_sample(people.store, people.view(), order, *key, random), Code::corrupt)
      << "the digests are those of the order";
}

TEST_F(Reseal, ForACompartmentThatTheSecondDoesNotOpenIsSaid) {
  const age::X25519Identity other = age::X25519Identity::make(random);
  const Order order = reseal({id}, other.recipient().text());
  const auto key = key_of(people.second);
  const auto checked = check_reseal_sample(people.store, people.view(), order, *key, random);
  EXPECT_CODE(checked, Code::denied);
  EXPECT_TRUE(checked.error().sentence().starts_with("deposit " + id.hex().substr(0, 16) +
                                                     " does not open under its new seal: "))
      << checked.error().sentence();
}

TEST_F(Reseal, OfManyASampleIsOpenedThatNobodyCanForetell) {
  std::vector<Sha256> ids{id};
  for (unsigned i = 0; i < 7; ++i) ids.push_back(people.deposit("b" + std::to_string(i), noise(100, 7 + i)));
  std::ranges::sort(ids);
  const Order order = reseal(ids, recipient());
  const auto key = key_of(people.second);
  std::set<Sha256> ever;
  for (int tries = 0; tries < 12; ++tries) {
    const auto checked = check_reseal_sample(people.store, people.view(), order, *key, random);
    ASSERT_TRUE(checked) << checked.error().sentence();
    EXPECT_EQ(std::set<Sha256>(checked->begin(), checked->end()).size(), kResealSample) << "each is another";
    ever.insert(checked->begin(), checked->end());
  }
  EXPECT_EQ(ever.size(), ids.size());
}

}  // namespace
}  // namespace muniment
