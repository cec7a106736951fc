#include "archive/keyring.h"

#include <gtest/gtest.h>

#include "archive/people_testing.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

class Keyring : public ::testing::Test {
 protected:
  Result<std::unique_ptr<CompartmentKeys>> open(const HolderKeys& holder, std::string_view compartment = "evidence") {
    return open_compartment(store, charter, compartment, holder.opener());
  }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock;
  Doors doors{fs, random, clock};
  TestArchive archive = *found_test_archive(doors, "archive");
  FolderStore store{fs, "archive", random};
  Charter charter = view_of(doors, archive)->charter;
  std::string file = join("archive", keyring_name(1, "evidence", "custodian-1").text());
};

TEST_F(Keyring, GivesTheKeyOfTheCompartmentToItsOpener) {
  const auto key = open(archive.custodian);
  ASSERT_TRUE(key) << key.error().sentence();
  const auto recipient = age::parse_recipient(charter.find_compartment("evidence")->recipient);
  const age::Recipient* const recipients[] = {recipient->get()};
  const age::Identity* const identities[] = {key->get()};
  EXPECT_TRUE(age::open_bytes(*age::seal_bytes(as_view("x"), recipients, random), identities));
}

TEST_F(Keyring, IsDeniedToWhoIsNoOpener) {
  const auto denied = open(HolderKeys::make("custodian-2", random));
  ASSERT_TRUE(fails_with(denied, Code::denied));
  EXPECT_NE(denied.error().sentence().find("custodian-1"), std::string::npos) << "says who is one";
}

TEST_F(Keyring, IsDeniedToAnotherKeyOfTheSameName) {
  EXPECT_CODE(open(HolderKeys::make("custodian-1", random)), Code::denied);
}

TEST_F(Keyring, HasNoCompartmentThatTheCharterDoesNotName) {
  EXPECT_CODE(open(archive.custodian, "case-12"), Code::invalid);
  charter.objects.clear();
  EXPECT_CODE(open(archive.custodian), Code::corrupt) << "a keyring file whose digest nobody signed";
}

TEST_F(Keyring, FileAlteredOrLostIsNamed) {
  const std::size_t size = read_file(fs, file, 10'000)->size();
  for (std::size_t i = 0; i < size; ++i) {
    fs.corrupt(file, i);
    EXPECT_CODE(open(archive.custodian), Code::corrupt) << "byte " << i;
    fs.corrupt(file, i);
  }
  EXPECT_TRUE(open(archive.custodian));
  ASSERT_TRUE(fs.remove(file));
  EXPECT_CODE(open(archive.custodian), Code::not_found);
}

TEST_F(Keyring, ReplacedByAKeyOfTheThiefsIsRefused) {
  // Sealed to the right opener, so that it opens; only the charter's digest tells.
  const auto thief = CompartmentKeys::make(random, false);
  fs.seed(file, *seal_compartment_keys(*thief, archive.custodian.recipient(), random));
  EXPECT_CODE(open(archive.custodian), Code::corrupt);
}

/// Two compartments of several openers, over two charters.
class KeyringOfPeople : public ::testing::Test {
 protected:
  void SetUp() override {
    charter.objects.clear();
    for (const char* name : {kEvidence, kIdentities, "case-12"}) seal(name, CompartmentKeys::make(random, false));
  }
  /// Puts the keys into the keyring for every opener, under the charter's number, and their recipient into the charter.
  void seal(const std::string& name, Result<CompartmentKeys> keys) {
    ASSERT_TRUE(keys);
    const auto found = std::ranges::find(charter.compartments, name, &Compartment::name);
    ASSERT_NE(found, charter.compartments.end());
    found->recipient = keys->recipient();
    for (const std::string& opener : found->openers) {
      const ObjectName file = keyring_name(charter.version, name, opener);
      const Bytes sealed = *seal_compartment_keys(*keys, charter.recipient_of(opener), random);
      ASSERT_TRUE(store.put(file, sealed));
      charter.objects.push_back({file, sha256(sealed)});
    }
  }
  Bytes sealed_for(const std::string& compartment) {
    const auto recipient = age::parse_recipient(charter.find_compartment(compartment)->recipient);
    const age::Recipient* const recipients[] = {recipient->get()};
    return *age::seal_bytes(as_view("a name"), recipients, random);
  }
  static Result<SecretBytes> open_with(const age::Identity& key, const Bytes& sealed) {
    const age::Identity* const identities[] = {&key};
    return age::open_bytes(sealed, identities);
  }

  MemoryFs fs;
  FixedRandom random;
  FolderStore store{fs, "copy", random};
  TestPeople people;
  Charter charter = people.charter();
  Opener partner{"partner-1", people.partner};
};

TEST_F(KeyringOfPeople, OpensEachCompartmentToItsOpenersOnly) {
  const Bytes evidence = sealed_for(kEvidence);
  for (const Opener& opener : {people.one.opener(), people.three.opener(), people.trustees.opener()}) {
    const auto keys = open_compartment(store, charter, kEvidence, opener);
    ASSERT_TRUE(keys) << keys.error().sentence();
    EXPECT_TRUE(open_with(**keys, evidence)) << opener.name;
    EXPECT_CODE(open_with(**keys, sealed_for(kIdentities)), Code::denied) << opener.name;
  }
  const auto closed = open_compartment(store, charter, kIdentities, people.one.opener());
  ASSERT_TRUE(fails_with(closed, Code::denied));
  EXPECT_NE(closed.error().sentence().find("its openers are the trustees"), std::string::npos)
      << closed.error().sentence();
  EXPECT_CODE(open_compartment(store, charter, kIdentities, Opener{kTrustees, people.one.identity()}), Code::denied)
      << "a name without the key";
  EXPECT_TRUE(open_compartment(store, charter, "case-12", partner));
  EXPECT_CODE(open_compartment(store, charter, kEvidence, partner), Code::denied);
}

TEST_F(KeyringOfPeople, WithOtherKeysThanTheChartersIsForged) {
  // Named by the charter with its digest, and signed: but for a recipient that nobody else seals for.
  const auto thiefs = CompartmentKeys::make(random, false);
  const Bytes sealed = *seal_compartment_keys(*thiefs, people.one.recipient(), random);
  const ObjectName file = keyring_name(2, kEvidence, "custodian-1");
  ASSERT_TRUE(store.put(file, sealed));
  charter.objects.push_back({file, sha256(sealed)});
  EXPECT_CODE(open_compartment(store, charter, kEvidence, people.one.opener()), Code::forged);
  EXPECT_TRUE(open_compartment(store, charter, kEvidence, people.two.opener()));
}

TEST_F(KeyringOfPeople, SwappedFilesAreRefused) {
  // Each is a good keyring file; but another opener's, or another compartment's.
  const std::string own = join("copy", keyring_name(1, kEvidence, "custodian-1").text());
  for (const ObjectName& other : {keyring_name(1, kEvidence, "custodian-2"), keyring_name(1, kEvidence, kTrustees),
                                  keyring_name(1, kIdentities, kTrustees)}) {
    fs.seed(own, *store.get(other, 4096));
    EXPECT_CODE(open_compartment(store, charter, kEvidence, people.one.opener()), Code::corrupt) << other.text();
  }
  fs.seed(join("copy", keyring_name(1, kIdentities, kTrustees).text()),
          *store.get(keyring_name(1, kEvidence, kTrustees), 4096));
  EXPECT_CODE(open_compartment(store, charter, kIdentities, people.trustees.opener()), Code::corrupt)
      << "the same opener's, of another compartment";
}

TEST_F(KeyringOfPeople, CountsTheNewestFileAndStillOpensOldSeals) {
  const Bytes old_seal = sealed_for(kEvidence);
  auto keys = open_compartment(store, charter, kEvidence, people.one.opener());
  ASSERT_TRUE(keys);
  ASSERT_TRUE((*keys)->renew(random, false));
  const std::string old_recipient = charter.find_compartment(kEvidence)->recipient;
  charter.version = 10;  // after 9 as a number, before it as a text
  seal(kEvidence, CompartmentKeys::parse((*keys)->text().expose_text()));
  const ObjectName newest = keyring_name(10, kEvidence, "custodian-1");
  charter.objects.push_back({keyring_name(9, kEvidence, "custodian-1"), {}});
  ASSERT_NE(find_keyring_file(charter, kEvidence, "custodian-1"), nullptr);
  EXPECT_EQ(find_keyring_file(charter, kEvidence, "custodian-1")->name, newest);
  const auto renewed = open_compartment(store, charter, kEvidence, people.one.opener());
  ASSERT_TRUE(renewed) << renewed.error().sentence();
  EXPECT_TRUE(open_with(**renewed, old_seal)) << "what was sealed before the keys were renewed";
  EXPECT_NE((*keys)->recipient(), old_recipient);
  EXPECT_EQ(find_keyring_file(charter, "case-13", "custodian-1"), nullptr);
  EXPECT_EQ(find_keyring_file(charter, kIdentities, "custodian-1"), nullptr);
}

TEST_F(KeyringOfPeople, GivesAllThatAnOpenerOpensAndSaysWhoOpensTheRest) {
  const auto custodian = OpenedCompartments::open(store, charter, people.two.opener());
  ASSERT_TRUE(custodian) << custodian.error().sentence();
  EXPECT_EQ(custodian->names(), std::vector<std::string>{kEvidence});
  EXPECT_TRUE(open_with(*custodian, sealed_for(kEvidence)));
  const auto denied = open_with(*custodian, sealed_for(kIdentities));
  ASSERT_TRUE(fails_with(denied, Code::denied));
  EXPECT_NE(denied.error().sentence().find("(evidence); of the others, these people open: identities (the trustees); "
                                           "case-12 (partner-1, the trustees)"),
            std::string::npos)
      << denied.error().sentence();
  const auto trustees = OpenedCompartments::open(store, charter, people.trustees.opener());
  ASSERT_TRUE(trustees);
  EXPECT_EQ(trustees->names(), (std::vector<std::string>{kEvidence, kIdentities, "case-12"}));
  for (const char* name : {kEvidence, kIdentities, "case-12"}) EXPECT_TRUE(open_with(*trustees, sealed_for(name)));
  const auto stranger = OpenedCompartments::open(store, charter, people.stranger.opener());
  ASSERT_TRUE(fails_with(stranger, Code::denied));
  EXPECT_NE(stranger.error().sentence().find("evidence (custodian-1, custodian-2, custodian-3, the trustees)"),
            std::string::npos)
      << stranger.error().sentence();
  const std::string file = join("copy", keyring_name(1, "case-12", kTrustees).text());
  fs.corrupt(file, 10);
  EXPECT_CODE(OpenedCompartments::open(store, charter, people.trustees.opener()), Code::corrupt);
}

}  // namespace
}  // namespace muniment
