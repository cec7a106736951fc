#include "archive/key_file.h"

#include <gtest/gtest.h>

#include "age/armor.h"
#include "age/file.h"
#include "archive/archive_testing.h"
#include "base/encoding.h"
#include "testing/expect_code.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

constexpr unsigned kQuick = 4;  // scrypt's work factor here: nothing that is worth guarding

SecretBytes secret(std::string_view text) { return SecretBytes::copy_of(as_view(text)); }

class KeyFile : public ::testing::Test {
 protected:
  std::string text_of(const HolderKeys& holder) {
    const SecretBytes text = holder.text();
    return std::string(text.expose_text());
  }
  std::string stored() { return std::string(as_text(*read_file(fs, "keys/c.key", kKeyFileBytesMax))); }
  Result<void> write() { return write_key_file(fs, "keys/c.key", keys, secret("correct horse"), random, kQuick); }
  void seal_text(std::string_view inside) {
    const age::ScryptRecipient recipient(secret("correct horse"), kQuick);
    const age::Recipient* const recipients[] = {&recipient};
    fs.seed("keys/c.key", *age::seal_bytes(as_view(inside), recipients, random));
  }
  Result<HolderKeys> read(std::string_view passphrase = "correct horse") {
    return read_key_file(fs, "keys/c.key", secret(passphrase));
  }

  MemoryFs fs;
  FixedRandom random;
  HolderKeys keys = HolderKeys::make("custodian-1", random);
};

TEST_F(KeyFile, OpensWithItsPassphrase) {
  ASSERT_TRUE(write());
  EXPECT_TRUE(stored().starts_with("-----BEGIN AGE ENCRYPTED FILE-----\n"));
  const auto again = read();
  ASSERT_TRUE(again) << again.error().sentence();
  EXPECT_EQ(again->pseudonym(), "custodian-1");
  EXPECT_EQ(text_of(*again), text_of(keys));
  EXPECT_EQ(again->signer().verifier(), keys.signer().verifier());
  EXPECT_EQ(again->recipient(), keys.recipient());
}

TEST_F(KeyFile, OpensWithTheDefaultWorkFactorToo) {
  // The one slow test of this kind: 256 MiB and about a second.
  ASSERT_TRUE(write_key_file(fs, "default.key", keys, secret("x"), random));
  EXPECT_TRUE(read_key_file(fs, "default.key", secret("x")));
}

TEST_F(KeyFile, IsDeniedToAWrongPassphrase) {
  ASSERT_TRUE(write());
  for (const char* wrong : {"correct hors", "correct horse ", "Correct horse", ""}) {
    const auto opened = read(wrong);
    ASSERT_TRUE(fails_with(opened, Code::denied)) << wrong;
    EXPECT_NE(opened.error().sentence().find("keys/c.key"), std::string::npos);
  }
}

TEST_F(KeyFile, IsNeverWrittenOverAnother) {
  ASSERT_TRUE(write());
  const std::string before = stored();
  EXPECT_CODE(write(), Code::conflict);
  EXPECT_EQ(stored(), before);
  EXPECT_EQ(fs.files().size(), 1u) << "and nothing is left beside it";
}

TEST_F(KeyFile, HasAKeyForAnOnionThatTellsNothingOfTheOthers) {
  const HolderKeys one = HolderKeys::make("oak", random);
  const HolderKeys other = HolderKeys::make("oak", random);
  const auto onion = ed25519_public(one.onion_seed());
  EXPECT_EQ(onion, ed25519_public(HolderKeys::parse(one.text().expose_text())->onion_seed())) << "the same each time";
  EXPECT_NE(onion, ed25519_public(other.onion_seed()));
  EXPECT_NE(onion, one.signer().verifier().key);
  EXPECT_NE(onion, one.cosigner().verifier().key);
}

TEST_F(KeyFile, WithCrlfIsTheSame) {
  ASSERT_TRUE(write());
  std::string armored;
  for (const char c : stored()) armored += c == '\n' ? std::string("\r\n") : std::string(1, c);
  fs.seed("keys/c.key", as_view(armored));
  EXPECT_TRUE(read()) << "an armour that came through a mail program";
  std::string inside;
  for (const char c : text_of(keys)) inside += c == '\n' ? std::string("\r\n") : std::string(1, c);
  seal_text(inside);
  const auto again = read();
  ASSERT_TRUE(again) << again.error().sentence();
  EXPECT_EQ(text_of(*again), text_of(keys));
}

TEST_F(KeyFile, IsAnAgeKeyFileInside) {
  const std::string inside = text_of(keys);
  const auto identities = age::parse_key_file(inside);
  ASSERT_TRUE(identities) << identities.error().sentence();
  EXPECT_EQ(identities->size(), 1u) << "the signing key is a comment to age";
  EXPECT_NE(inside.find("# public key: " + keys.recipient() + "\n"), std::string::npos);
}

TEST_F(KeyFile, WithoutOneOfItsKeysIsRefused) {
  const std::string inside = text_of(keys);
  for (const char* line : {"# holder: ", "# signing key: ", "AGE-SECRET-KEY-1"}) {
    std::string lacking = inside;
    const std::size_t start = lacking.find(line);
    ASSERT_NE(start, std::string::npos);
    lacking.erase(start, lacking.find('\n', start) - start + 1);
    EXPECT_CODE(HolderKeys::parse(lacking), Code::corrupt) << line;
    std::string altered = inside;
    altered[start + std::string_view(line).size() + 4] ^= 1;  // '-' becomes ',', a checksum fails
    if (std::string_view(line) != "# holder: ") {
      EXPECT_CODE(HolderKeys::parse(altered), Code::corrupt) << line;
    }
    seal_text(lacking);
    EXPECT_CODE(read(), Code::corrupt) << line;
  }
  EXPECT_CODE(HolderKeys::parse(""), Code::corrupt);
  EXPECT_CODE(HolderKeys::parse("# holder: ../../x\n" + inside), Code::corrupt);
}

TEST_F(KeyFile, WhoseKeysAreInEachOthersPlaceIsRefused) {
  const std::string inside = text_of(keys);
  const std::size_t age_key = inside.find("AGE-SECRET-KEY-1");
  const std::size_t signing = inside.find("# signing key: ");
  const std::string swapped = inside.substr(0, signing) + "# signing key: " + inside.substr(age_key) +
                              inside.substr(signing + 15, inside.find('\n', signing) - signing - 14);
  EXPECT_CODE(HolderKeys::parse(swapped), Code::corrupt);
}

TEST_F(KeyFile, ThatIsNoKeyFileIsNotCalledAWrongPassphrase) {
  EXPECT_CODE(read_key_file(fs, "nothing", secret("x")), Code::not_found);
  fs.seed("keys/c.key", as_view("a photograph"));
  EXPECT_CODE(read(), Code::corrupt);
  fs.seed("keys/c.key", noise(kKeyFileBytesMax + 1));
  EXPECT_CODE(read(), Code::limit);
}

TEST_F(KeyFile, IsWholeOrNotThereWhenThePowerGoes) {
  for (std::uint64_t cut = 1;; ++cut) {
    MemoryFs disk;
    disk.cut_power_at(cut);
    const auto written = write_key_file(disk, "keys/c.key", keys, secret("p"), random, kQuick);
    for (const Unsynced unsynced : kEveryUnsynced) {
      MemoryFs after = disk;
      after.reboot(unsynced);
      const auto opened = read_key_file(after, "keys/c.key", secret("p"));
      EXPECT_TRUE(opened || opened.error().code() == Code::not_found) << cut << ": " << opened.error().sentence();
      EXPECT_TRUE(opened || !written) << "reported success, then forgot";
    }
    if (written) break;
  }
}

}  // namespace
}  // namespace muniment
