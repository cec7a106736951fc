#include "mirror/outbox.h"

#include <gtest/gtest.h>

#include "mirror/copies_testing.h"
#include "testing/expect_code.h"
#include "testing/faulty_store.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

class OutboxTest : public ::testing::Test {
 protected:
  /// A deposit of an office as files in the sender's folder; gives its id.
  Sha256 seal_from(Office& from, std::size_t part_bytes) {
    const Sha256 id = from.deposit(1, part_bytes).front();
    EXPECT_TRUE(make_folders(fs, "sealed/" + id.hex()));
    for (const char* name : {"receipt", "SHA256SUMS", "header-0", "contents-0.age", "part-0000000"}) {
      const auto bytes = from.store().get(ObjectName(deposit_folder(id) + "/" + name), 1 << 20);
      EXPECT_TRUE(create_durably(fs, "sealed/" + id.hex() + "/" + name, *bytes));
    }
    return id;
  }
  Sha256 seal(std::size_t part_bytes = 100) { return seal_from(office, part_bytes); }
  Outbox outbox(const std::vector<std::string>& first = {}) {
    auto read = read_outbox(fs, "sealed", office.charter().id, first);
    EXPECT_TRUE(read);
    return std::move(*read);
  }
  std::vector<Sha256> ids(const Outbox& box) {
    std::vector<Sha256> found;
    for (const Outgoing& deposit : box.deposits) found.push_back(deposit.found.id);
    return found;
  }
  Files at_mirror() { return objects_in(fs, "mirror"); }

  FixedRandom random;
  MemoryFs fs;
  Office office{fs, random};
  FolderStore mirror{fs, "mirror", random};
};

TEST_F(OutboxTest, SendsWhatIsFlaggedAndThenTheSmallestFirst) {
  const Sha256 large = seal(3000);
  const Sha256 small = seal(10);
  const Sha256 middle = seal(500);
  EXPECT_EQ(ids(outbox()), (std::vector{small, middle, large}));
  EXPECT_EQ(ids(outbox({large.hex().substr(0, 8)})), (std::vector{large, small, middle}));
  EXPECT_CODE(read_outbox(fs, "sealed", office.charter().id, {"nowhere"}), Code::invalid);
  EXPECT_CODE(read_outbox(fs, "not there", office.charter().id, {}), Code::not_found);
}

TEST_F(OutboxTest, NamesWhatItDoesNotSend) {
  Office other(fs, random, "other", 'b');
  const Sha256 foreign = seal_from(other, 100);
  ASSERT_TRUE(make_folders(fs, "sealed/staging/x"));
  ASSERT_TRUE(create_durably(fs, "sealed/notes.txt", as_view("mine")));
  const Outbox box = outbox();
  EXPECT_TRUE(box.deposits.empty());
  ASSERT_EQ(box.refused.size(), 3u);
  EXPECT_EQ(box.refused[0].object, "sealed/" + foreign.hex());
  EXPECT_NE(box.refused[0].what.find("another archive"), std::string::npos);
}

TEST_F(OutboxTest, PassesOverWhatIsRememberedOfAWatchedFolder) {
  const Sha256 id = seal();
  ASSERT_TRUE(make_folders(fs, "sealed/watched"));
  ASSERT_TRUE(create_durably(fs, "sealed/watched/record", as_view("muniment/watched/v1\n")));
  const Outbox box = outbox();
  EXPECT_EQ(ids(box), std::vector{id});
  EXPECT_TRUE(box.refused.empty());
}

TEST_F(OutboxTest, DeliversTheReceiptLastAndTheSameAgain) {
  const Sha256 id = seal();
  const Outbox box = outbox();
  FaultyStore watched(mirror);
  std::vector<std::string> order;
  watched.on_call([&](const FaultyStore::Call& call) -> Result<void> {
    order.push_back(name_in(call.name));
    return {};
  });
  const Delivery delivery = deliver(fs, box.deposits, watched, {});
  EXPECT_FALSE(delivery.stopped);
  EXPECT_EQ(delivery.whole, std::vector{id});
  EXPECT_EQ(delivery.objects, 5u);
  EXPECT_EQ(order, (std::vector<std::string>{"header-0", "contents-0.age", "SHA256SUMS", "part-0000000", "receipt"}));
  const Files first = at_mirror();
  EXPECT_EQ(first.size(), 5u);
  EXPECT_EQ(deliver(fs, box.deposits, mirror, {}).whole, std::vector{id});
  EXPECT_EQ(difference(at_mirror(), first), "");
}

TEST_F(OutboxTest, GoesOnFromEveryObjectAtWhichItWasCutOff) {
  seal();
  seal(2000);
  const Outbox box = outbox();
  FolderStore whole(fs, "whole", random);
  deliver(fs, box.deposits, whole, {});
  for (std::uint64_t cut = 1; cut <= 10; ++cut) {
    const std::string root = "cut-" + std::to_string(cut);
    FolderStore store(fs, root, random);
    FaultyStore broken(store);
    broken.refuse_from(cut);
    const Delivery first = deliver(fs, box.deposits, broken, {});
    ASSERT_TRUE(first.stopped) << cut;
    EXPECT_EQ(first.objects, cut - 1);
    EXPECT_EQ(first.whole.size(), (cut - 1) / 5) << "a deposit counts once its receipt is there";
    const Delivery second = deliver(fs, box.deposits, store, {});
    EXPECT_FALSE(second.stopped);
    EXPECT_EQ(second.whole.size(), 2u);
    EXPECT_EQ(difference(objects_in(fs, root), objects_in(fs, "whole")), "") << cut;
  }
}

TEST_F(OutboxTest, WhatIsThereAlreadyIsCountedAndLeft) {
  const Sha256 id = seal();
  ASSERT_TRUE(mirror.put(ObjectName("incoming/" + id.hex() + "/header-0"), as_view("somebody else's")));
  const Delivery delivery = deliver(fs, outbox().deposits, mirror, {});
  EXPECT_EQ(delivery.unseen, 1u);
  EXPECT_EQ(delivery.objects, 4u);
  EXPECT_EQ(at_mirror()["mirror/incoming/" + id.hex() + "/header-0"].size(), 0u);
  EXPECT_EQ(as_text(at_mirror()["incoming/" + id.hex() + "/header-0"]), "somebody else's");
}

TEST_F(OutboxTest, WhatIsDamagedHereIsNamedAndGetsNoReceipt) {
  const Sha256 bad = seal(10);
  const Sha256 good = seal(500);
  ASSERT_TRUE(replace_durably(fs, "sealed/" + bad.hex() + "/part-0000000", as_view("altered   ")));
  const Delivery delivery = deliver(fs, outbox().deposits, mirror, {});
  EXPECT_FALSE(delivery.stopped);
  EXPECT_EQ(delivery.whole, std::vector{good});
  ASSERT_EQ(delivery.unreadable.size(), 1u);
  EXPECT_EQ(delivery.unreadable[0].object, "sealed/" + bad.hex());
  EXPECT_FALSE(at_mirror().contains("incoming/" + bad.hex() + "/receipt"));
  EXPECT_FALSE(at_mirror().contains("incoming/" + bad.hex() + "/part-0000000")) << "only what was checked leaves";
}

TEST_F(OutboxTest, SeesWhereADepositHasArrivedAndWhereItWasLost) {
  const Sha256 id = seal();
  const Outbox box = outbox();
  const auto at = [&](Store& store) {
    const auto landings = look_for(box.deposits, store, office.charter().id);
    EXPECT_TRUE(landings);
    return landings->front();
  };
  const auto arrived = at(office.store());
  ASSERT_TRUE(arrived);
  EXPECT_EQ(arrived->index, 1u);
  EXPECT_TRUE(arrived->is_vouched && arrived->is_held && !arrived->is_removed);
  for (const char* lost : {"part-0000000", "SHA256SUMS", "receipt"}) {
    copy_files(fs, office.root(), fs, std::string("lost-") + lost);
    FolderStore store(fs, std::string("lost-") + lost, random);
    ASSERT_TRUE(store.remove(ObjectName(deposit_folder(id) + "/" + lost)));
    EXPECT_FALSE(at(store)->is_held) << lost;
  }
  Office other(fs, random, "other", 'b');
  EXPECT_CODE(look_for(box.deposits, other.store(), office.charter().id), Code::forged);
  Outbox unknown = outbox();
  unknown.deposits.front().found.id = sha256(as_view("not in the log"));
  EXPECT_FALSE(look_for(unknown.deposits, office.store(), office.charter().id)->front());
}

TEST_F(OutboxTest, AnEntryThatOnlyTheLogKeySignedIsNotVouchedFor) {
  seal();
  Outbox box = outbox();
  Receipt receipt = box.deposits.front().found.receipt;
  receipt.contents = sha256(as_view("another one"));
  const std::string text = render_receipt(receipt);
  office.append({Bytes(text.begin(), text.end())});
  box.deposits.front().found = {.text = text, .receipt = receipt, .id = deposit_id(text)};
  const auto landings = look_for(box.deposits, office.store(), office.charter().id);
  ASSERT_TRUE(landings && landings->front());
  EXPECT_FALSE(landings->front()->is_vouched);
}

TEST_F(OutboxTest, EmptiesOnlyWhatWasSentAndTwiceIsOnce) {
  const Sha256 id = seal();
  const Outbox box = outbox();
  const std::string folder = "sealed/" + id.hex();
  ASSERT_TRUE(create_durably(fs, folder + "/notes.txt", as_view("mine")));
  ASSERT_TRUE(empty_out(fs, box.deposits.front()));
  EXPECT_EQ(*fs.list(folder), std::vector<std::string>{"notes.txt"});
  ASSERT_TRUE(fs.remove(folder + "/notes.txt"));
  ASSERT_TRUE(empty_out(fs, box.deposits.front()));
  EXPECT_TRUE(fs.list("sealed")->empty());
}

}  // namespace
}  // namespace muniment
