#include "archive/objects.h"

#include <gtest/gtest.h>

#include "archive/people_testing.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

class Objects : public ::testing::Test {
 protected:
  /// "name" of every object, entry by entry; what an entry itself is, too.
  std::vector<std::string> names() {
    std::vector<std::string> found;
    FolderStore store(fs, "archive", random);
    const auto view = view_archive(store, std::nullopt);
    const auto visited = visit_objects(store, *view, nullptr, [&](const EntryObjects& entry) -> Result<void> {
      if (entry.own) found.push_back(entry.own->name.text());
      for (const LoggedObject& object : entry.objects) found.push_back(object.name.text());
      for (const LoggedObject& object : entry.seals) found.push_back(object.name.text());
      return {};
    });
    EXPECT_TRUE(visited);
    return found;
  }
  void append_unknown(const std::string& lines) {
    ASSERT_TRUE(
        append_entries(doors, archive, {bytes_of("muniment/future/v1\narchive " + archive.id.hex() + "\n" + lines)}));
  }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock;
  Doors doors{fs, random, clock};
  TestArchive archive = *found_test_archive(doors, "archive");
};

using Names = std::vector<std::string>;
const Names kCharters = {"charter/1", "README.txt", "reader/read_archive.py", "keyring/1/evidence/custodian-1.age"};

Names charters_and(const Names& more) {
  Names all = kCharters;
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

TEST_F(Objects, OfANewArchiveAreTheCharterAndWhatItNames) { EXPECT_EQ(names(), kCharters); }

TEST_F(Objects, OfADepositLieInItsFolder) {
  fs.seed("a", as_view("x"));
  const auto report = take_in(doors, archive, {"a"});
  const std::string folder = deposit_folder(report->taken[0].id) + "/";
  EXPECT_EQ(names(),
            charters_and({folder + "receipt", folder + "SHA256SUMS", folder + "header-0", folder + "contents-0.age"}));
}

TEST_F(Objects, OfUnknownKindsAreVisited) {
  append_unknown(std::string(64, 'a') + "  stamps/3/x.tsr\n");
  EXPECT_EQ(names(), charters_and({"stamps/3/x.tsr"}));
}

/// format-review 15: a later entry cannot give a path another digest.
TEST_F(Objects, NamedTwiceHoldTheirFirstDigest) {
  append_unknown(std::string(64, 'a') + "  stamps/x\n");
  append_unknown(std::string(64, 'b') + "  stamps/x\n" + std::string(64, 'b') + "  stamps/y\n");
  append_unknown(std::string(64, 'a') + "  stamps/x\n");
  EXPECT_EQ(names(), charters_and({"stamps/x", "stamps/y", "stamps/x"})) << "the same digest again is no contradiction";
}

TEST_F(Objects, OfEntriesThatAreNotOursAreLeftOut) {
  for (const char* name : {"home/head", "Home/head", "README.txt", "keyring/2/evidence/custodian-1.age"}) {
    append_unknown(std::string(64, 'a') + "  " + name + "\n");
  }
  append_unknown(std::string(64, 'a') + "  stamps/good\n" + std::string(64, 'a') + "  tile/0/000\n");
  ASSERT_TRUE(append_entries(doors, archive,
                             {bytes_of("noise"), bytes_of("muniment/future/v1\narchive " + std::string(64, '0') + "\n" +
                                                          std::string(64, 'a') + "  stamps/other\n")}));
  EXPECT_EQ(names(), kCharters);
}

/// An archive of several people with one deposit.
class ObjectsOfPeople : public ::testing::Test {
 protected:
  void SetUp() override {
    fs.seed("a", as_view("x"));
    const auto taken = take_in(doors, archive, {"a"});
    ASSERT_TRUE(taken) << taken.error().sentence();
    id = taken->taken[0].id;
  }
  void append(const std::string& text) { ASSERT_TRUE(append_entries(doors, archive, {bytes_of(text)})); }
  void order(const Order& order, const Hands& hands) { append(signed_by(render_order(order, archive.id), hands)); }
  EntryObjects objects_at(std::uint64_t index) {
    EntryObjects found;
    FolderStore store(fs, "archive", random);
    const auto view = view_of(doors, archive);
    EXPECT_TRUE(visit_objects(store, *view, nullptr, [&](const EntryObjects& entry) -> Result<void> {
      if (entry.index == index) found = entry;
      return {};
    }));
    return found;
  }
  static Names names_of(const std::vector<LoggedObject>& objects) {
    Names names;
    for (const LoggedObject& object : objects) names.push_back(object.name.text());
    return names;
  }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock;
  Doors doors{fs, random, clock};
  TestPeople people;
  TestArchive archive = *found_with_people(doors, "archive", people);
  Sha256 id;
};

TEST_F(ObjectsOfPeople, OfARemovedDepositAreItsReceiptAndListAlone) {
  EXPECT_FALSE(objects_at(1).is_removed);
  order(order_of(OrderKind::remove, '1', {id}), {people.first()});
  EXPECT_FALSE(objects_at(1).is_removed) << "one person removes nothing";
  order(order_of(OrderKind::remove, '1', {id}), {people.first(), people.second()});
  const EntryObjects entry = objects_at(1);
  EXPECT_TRUE(entry.is_removed);
  EXPECT_TRUE(entry.seals.empty());
  EXPECT_EQ(entry.own->name.text(), deposit_folder(id) + "/receipt");
  EXPECT_EQ(names_of(entry.objects), Names{deposit_folder(id) + "/SHA256SUMS"});
}

TEST_F(ObjectsOfPeople, AreTheSealsThatWereNotDropped) {
  const std::string folder = deposit_folder(id) + "/";
  order(reseal_of('1', id, 1, noise(1), noise(2), false), {people.first()});
  EXPECT_EQ(names_of(objects_at(1).seals),
            (Names{folder + "header-0", folder + "contents-0.age", folder + "header-1", folder + "contents-1.age"}));
  order(reseal_of('2', id, 2, noise(3), noise(4), true), {people.first()});
  EXPECT_EQ(objects_at(1).seals.size(), 4u) << "one person drops no seal";
  order(reseal_of('3', id, 2, noise(3), noise(4), true), {people.first(), people.second()});
  EXPECT_EQ(names_of(objects_at(1).seals), (Names{folder + "header-2", folder + "contents-2.age"}));
  EXPECT_EQ(objects_at(1).seals[1].digest, sha256(noise(4)));
}

TEST_F(ObjectsOfPeople, AreTheKeyringFilesThatTheNewestCharterNames) {
  const ObjectName readme("README.txt");
  const ObjectName old = keyring_name(1, kEvidence, "custodian-1");
  const ObjectName kept = keyring_name(1, kEvidence, kTrustees);
  EXPECT_EQ(names_of(objects_at(0).objects),
            (Names{readme.text(), old.text(), kept.text(), keyring_name(1, kIdentities, kTrustees).text()}));
  Charter next = next_of(view_of(doors, archive)->chain);
  rename_keyring_file(next, old, kEvidence, "custodian-1");
  const std::string note = signed_by(next, {people.first(), people.second()});
  append(note);
  EXPECT_EQ(names_of(objects_at(0).objects),
            (Names{readme.text(), kept.text(), keyring_name(1, kIdentities, kTrustees).text()}));
  const EntryObjects second = objects_at(3);
  EXPECT_EQ(second.title, "charter/2");
  EXPECT_EQ(second.own->name.text(), "charter/2");
  EXPECT_EQ(second.own_text, note);
  EXPECT_EQ(names_of(second.objects).back(), keyring_name(2, kEvidence, "custodian-1").text());
}

/// A charter that does not count must not say what a path holds before the one that does.
TEST_F(ObjectsOfPeople, OfACharterThatDoesNotCountAreNone) {
  Charter next = next_of(view_of(doors, archive)->chain);
  rename_keyring_file(next, keyring_name(1, kEvidence, "custodian-1"), kEvidence, "custodian-1");
  Charter squatter = next;
  squatter.objects.back().digest.bytes[0] ^= 1;
  append(signed_by(squatter, {people.first()}));
  append(signed_by(next, {people.first(), people.second()}));
  EXPECT_TRUE(objects_at(3).objects.empty());
  ASSERT_FALSE(objects_at(4).objects.empty());
  EXPECT_EQ(objects_at(4).objects.back().digest, next.objects.back().digest);
}

TEST_F(Objects, StopAtTheVisitorsError) {
  FolderStore store(fs, "archive", random);
  const auto view = view_archive(store, std::nullopt);
  EXPECT_CODE(
      visit_objects(store, *view, nullptr, [](const EntryObjects&) { return Result<void>(Error(Code::io, "full")); }),
      Code::io);
}

}  // namespace
}  // namespace muniment
