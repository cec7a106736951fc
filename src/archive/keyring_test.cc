#include "archive/keyring.h"

#include <gtest/gtest.h>

#include "archive/archive_testing.h"
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

}  // namespace
}  // namespace muniment
