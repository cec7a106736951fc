#include "archive/charter_chain.h"

#include <gtest/gtest.h>

#include "archive/people_testing.h"
#include "crypto/random.h"
#include "testing/expect_code.h"
#include "testing/faulty_store.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

class CharterChain : public ::testing::Test {
 protected:
  /// The next charter, with another home so that two of one version differ, signed by two custodians.
  std::string next_note(const FoundCharter& after, char home = 'c') const {
    Charter next = next_of(after);
    next.home = std::string(32, home);
    return signed_by(next, {people.first(), people.second()});
  }
  void put(std::uint64_t version, std::string_view note) {
    fs.seed("copy/charter/" + std::to_string(version), as_view(note));
  }
  Result<FoundCharter> read() { return read_charter(store, std::nullopt); }

  TestPeople people;
  MemoryFs fs;
  FixedRandom random;
  FolderStore store{fs, "copy", random};
  FoundCharter chain = *FoundCharter::start(signed_by(people.charter(), {people.first()}));
};

TEST_F(CharterChain, StartsWithTheCharterWhoseDigestIsTheId) {
  EXPECT_EQ(chain.id, sha256(as_view(chain.note)));
  ASSERT_EQ(chain.versions.size(), 1u);
  EXPECT_EQ(chain.versions[0].digest, chain.id);
  EXPECT_EQ(chain.charter.version, 1u);
  EXPECT_CODE(FoundCharter::start(next_note(chain)), Code::corrupt) << "a later one starts nothing";
  EXPECT_CODE(FoundCharter::start("noise"), Code::corrupt);
}

TEST_F(CharterChain, GoesOnWithEachVersionAndKeepsAllOfThem) {
  const std::string second = next_note(chain);
  ASSERT_TRUE(chain.follow(second));
  const std::string third = next_note(chain, 'd');
  ASSERT_TRUE(chain.follow(third));
  ASSERT_EQ(chain.versions.size(), 3u);
  EXPECT_EQ(chain.versions[1].note, second);
  EXPECT_EQ(chain.versions[2].digest, sha256(as_view(third)));
  EXPECT_EQ(chain.charter.version, 3u);
  EXPECT_EQ(chain.charter.home, std::string(32, 'd'));
  EXPECT_EQ(chain.id, chain.versions[0].digest) << "the archive stays the same one";
  EXPECT_EQ(charter_name(3).text(), "charter/3");
}

TEST_F(CharterChain, RefusesAVersionThatIsSkippedOrComesAgain) {
  const std::string second = next_note(chain);
  FoundCharter longer = chain;
  ASSERT_TRUE(longer.follow(second));
  const std::string third = next_note(longer);
  EXPECT_CODE(chain.follow(third), Code::corrupt) << "charter/2 is skipped";
  EXPECT_CODE(longer.follow(second), Code::corrupt) << "charter/2 again";
  EXPECT_CODE(longer.follow(chain.note), Code::corrupt) << "backwards";
  EXPECT_EQ(longer.charter.version, 2u) << "what is refused changes nothing";
  EXPECT_EQ(longer.versions.size(), 2u);
}

TEST_F(CharterChain, RefusesOneSignedByTooFewOrByOthers) {
  const Charter next = next_of(chain);
  EXPECT_CODE(chain.follow(signed_by(next, {people.first()})), Code::forged) << "too few for itself";
  EXPECT_CODE(chain.follow(signed_by(next, {people.outsider()})), Code::forged);
  // A thief's own people sign it in full: by itself it is a good charter.
  Charter stolen = next;
  const HolderKeys other = holder_of("custodian-8", 0xd1);
  stolen.custodians = {people.stranger.holder(), other.holder()};
  stolen.compartments[0].openers = {kTrustees};
  const std::string note = signed_by(stolen, {people.outsider(), &other.signer()});
  ASSERT_TRUE(parse_charter(note));
  EXPECT_CODE(chain.follow(note), Code::denied);
  EXPECT_EQ(chain.versions.size(), 1u);
}

TEST_F(CharterChain, OfTwoCopiesIsTheLongerOneUnlessTheyPart) {
  FoundCharter longer = chain;
  ASSERT_TRUE(longer.follow(next_note(chain)));
  FoundCharter shorter = chain;
  ASSERT_TRUE(shorter.follow(longer));
  EXPECT_EQ(shorter.charter.version, 2u);
  ASSERT_TRUE(longer.follow(chain)) << "a shorter one takes nothing away";
  EXPECT_EQ(longer.charter.version, 2u);
  FoundCharter parted = chain;
  ASSERT_TRUE(parted.follow(next_note(chain, 'e')));
  const auto both = longer.follow(parted);
  ASSERT_TRUE(fails_with(both, Code::forged));
  EXPECT_NE(both.error().sentence().find("version 2"), std::string::npos) << both.error().sentence();
}

TEST_F(CharterChain, IsReadFromFilesUpToTheFirstThatDoesNotFollow) {
  EXPECT_CODE(read(), Code::not_found);
  put(1, chain.note);
  EXPECT_EQ(read()->charter.version, 1u);
  const std::string second = next_note(chain);
  put(2, second);
  put(4, "noise");
  EXPECT_EQ(read()->charter.version, 2u);
  put(3, second);
  EXPECT_EQ(read()->charter.version, 2u) << "charter/3 says that it is version 2";
  fs.corrupt("copy/charter/2", 40);
  const auto found = read();
  ASSERT_TRUE(found) << "a damaged later charter hides no archive";
  EXPECT_EQ(found->charter.version, 1u);
}

TEST_F(CharterChain, WhereNothingIsIsSeenWithFewRequests) {
  FaultyStore counted(store);
  EXPECT_CODE(read_charter(counted, IdPin::of(chain.id)), Code::not_found);
  EXPECT_LE(counted.operations(), 4u);
}

TEST_F(CharterChain, IsFoundAgainInTheLogByItsListingOrByItsCheckpoint) {
  put(1, "altered");
  Bytes bundle;
  ASSERT_TRUE(tlog::append_entry(bundle, as_view(chain.note)));
  ASSERT_TRUE(tlog::append_entry(bundle, as_view("another")));
  ASSERT_TRUE(store.put(ObjectName(tlog::TileId{tlog::TileId::kEntries, 0, 2}.path()), bundle));
  const auto found = read_charter(store, IdPin::of(chain.id));
  ASSERT_TRUE(found) << found.error().sentence();
  EXPECT_EQ(found->id, chain.id);

  // Over HTTP nothing is listed.
  FaultyStore unlisted(store);
  unlisted.on_call([](const FaultyStore::Call& call) -> Result<void> {
    if (call.operation == FaultyStore::Operation::list) return Error(Code::unsupported, "no listing");
    return {};
  });
  EXPECT_CODE(read_charter(unlisted, IdPin::of(chain.id)), Code::forged);
  const SignerKey signer = SignerKey("log", random_secret<32>(random));
  const SignerKey* const signers[] = {&signer};
  const std::string text = tlog::render_checkpoint({"log", {2, chain.id}});
  ASSERT_TRUE(store.replace(ObjectName("checkpoint"), as_view(sign_note(text, signers))));
  const auto again = read_charter(unlisted, IdPin::of(chain.id));
  ASSERT_TRUE(again) << again.error().sentence();
  EXPECT_EQ(again->id, chain.id);
}

TEST_F(CharterChain, IsHeldAgainstThePin) {
  put(1, chain.note);
  EXPECT_TRUE(read_charter(store, IdPin::of(chain.id)));
  Sha256 other = chain.id;
  other.bytes[0] ^= 1;
  EXPECT_CODE(read_charter(store, IdPin::of(other)), Code::forged);
}

}  // namespace
}  // namespace muniment
