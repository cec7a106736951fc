// What only a libcrypto with ML-KEM-768 can show is skipped on others, and what such a one says is shown there.
#include "age/hybrid.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "age/bech32.h"
#include "age/file.h"
#include "age/keys.h"
#include "base/encoding.h"
#include "crypto/sha256.h"
#include "testing/expect_code.h"
#include "testing/fixed_random.h"

namespace muniment::age {
namespace {

// The identity of age's test file "hybrid" (C2SP/CCTV age/) and the SHA-256 of its recipient's 1,216 bytes.
constexpr std::string_view kIdentity = "AGE-SECRET-KEY-PQ-1HZLGZUPT4ETPKDEV8HSGFDCYZ4E522W0A7PU2LHT8EH9W6YLNC3SW78XKG";
constexpr std::string_view kRecipientDigest = "33a42c48b254135d6a3b65a8b687b33a84b8bfb3d2b99c92e1a203808f10d2c9";
constexpr std::string_view kFileKeyText = "YELLOW SUBMARINE";
constexpr std::size_t kEncapsulatedBytes = 1120;

FileKey file_key() { return FileKey::copy_of(as_view(kFileKeyText).first<16>()); }

HybridIdentity test_identity() {
  const auto parsed = parse_bech32(kIdentity);
  EXPECT_TRUE(parsed);
  return HybridIdentity(Secret<32>::copy_of(parsed->data.expose().first<32>()));
}

std::string opened_by(const Identity& identity, const std::vector<Stanza>& stanzas) {
  const auto key = identity.unwrap(stanzas);
  if (!key) return std::string(name_of(key.error().code()));
  return std::string(as_text(key->expose()));
}

Stanza stanza(std::vector<std::string> args, std::size_t body_bytes = 32) {
  return {std::move(args), Bytes(body_bytes)};
}

/// A well-formed stanza for nobody: its X25519 share is the base point.
std::string some_encapsulated(std::size_t size = kEncapsulatedBytes) {
  Bytes bytes(size);
  if (size >= 32) bytes[size - 32] = 9;
  return to_base64(bytes, Padding::none);
}

std::string recipient_text(std::size_t size) { return std::string(render_bech32("age1pq", Bytes(size)).expose_text()); }

TEST(HybridIdentity, IsWrittenAsAgeWritesIt) {
  EXPECT_EQ(test_identity().text().expose_text(), kIdentity);
  const auto parsed = parse_identity(kIdentity);
  ASSERT_TRUE(parsed) << parsed.error().sentence();
  const auto* hybrid = dynamic_cast<const HybridIdentity*>(parsed->get());
  ASSERT_NE(hybrid, nullptr);
  EXPECT_EQ(hybrid->text().expose_text(), kIdentity);
}

TEST(HybridIdentity, IsRefusedWhenItsTextIsNot) {
  std::string lower_case(kIdentity);
  for (char& c : lower_case) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  const auto of_bytes = [](std::size_t size) {
    return std::string(render_bech32("AGE-SECRET-KEY-PQ-", Bytes(size)).expose_text());
  };
  for (const std::string& text : {lower_case, std::string(kIdentity.substr(0, 76)), of_bytes(31), of_bytes(33)}) {
    EXPECT_CODE(parse_identity(text), Code::corrupt) << text;
  }
}

TEST(HybridRecipient, IsReadAndWrittenWithoutMlKem) {
  const std::string text = recipient_text(1216);
  EXPECT_EQ(text.size(), 1959u);
  const auto recipient = parse_recipient(text);
  ASSERT_TRUE(recipient) << recipient.error().sentence();
  EXPECT_EQ((*recipient)->text(), text);
  EXPECT_EQ((*recipient)->label(), "postquantum");
}

TEST(HybridRecipient, IsRefusedWhenItsTextIsNot) {
  std::string upper_case = recipient_text(1216);
  for (char& c : upper_case) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  for (const std::string& text : {upper_case, recipient_text(1215), recipient_text(1217)}) {
    const auto recipient = parse_recipient(text);
    ASSERT_FALSE(recipient);
    EXPECT_NE(recipient.error().code(), Code::invalid);
  }
}

TEST(HybridIdentity, SaysWhichStanzasAreMalformed) {
  const std::string good = some_encapsulated();
  for (const Stanza& bad :
       {stanza({"mlkem768x25519"}), stanza({"mlkem768x25519", good, "more"}), stanza({"mlkem768x25519", good + "="}),
        stanza({"mlkem768x25519", some_encapsulated(kEncapsulatedBytes - 1)}),
        stanza({"mlkem768x25519", some_encapsulated(kEncapsulatedBytes + 1)}), stanza({"mlkem768x25519", good}, 31),
        stanza({"mlkem768x25519", good}, 33), stanza({"mlkem768x25519", good}, 0)}) {
    EXPECT_EQ(opened_by(test_identity(), {bad}), "corrupt") << bad.args.size() << " " << bad.body.size();
  }
}

TEST(HybridIdentity, PassesOverStanzasOfOtherKinds) {
  EXPECT_EQ(opened_by(test_identity(), {stanza({"X25519", some_encapsulated(32)}), stanza({"grease"}, 0),
                                        stanza({"MLKEM768X25519", some_encapsulated()})}),
            "denied");
}

// C2SP age: hybrid and classic recipients do not share a file, or it would be worth what the weaker one is.
TEST(HybridRecipient, DoesNotShareAFileWithAClassicOne) {
  FixedRandom random;
  const HybridRecipient hybrid(HybridPublic{});
  const X25519Recipient classic = X25519Identity::make(random).recipient();
  for (const std::vector<const Recipient*>& mixed :
       {std::vector<const Recipient*>{&hybrid, &classic}, std::vector<const Recipient*>{&classic, &hybrid}}) {
    EXPECT_CODE(seal_bytes(as_view("plain"), mixed, random), Code::invalid);
  }
}

TEST(HybridSupport, IsRefusedInAClearSentenceWhereLibcryptoLacksMlKem) {
  if (has_mlkem768()) GTEST_SKIP() << "the libcrypto of this system has ML-KEM-768";
  FixedRandom random;
  const HybridIdentity identity = HybridIdentity::make(random);
  EXPECT_CODE(identity.recipient(), Code::unsupported);
  EXPECT_CODE(HybridRecipient(HybridPublic{}).wrap(file_key(), random), Code::unsupported);
  const auto opened = identity.unwrap({stanza({"mlkem768x25519", some_encapsulated()})});
  EXPECT_CODE(opened, Code::unsupported);
  EXPECT_NE(opened.error().sentence().find("libcrypto 3.5"), std::string::npos) << opened.error().sentence();
}

class Hybrid : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!has_mlkem768()) GTEST_SKIP() << "the libcrypto of this system has no ML-KEM-768: it came with 3.5";
  }

  Stanza wrapped_for(const HybridIdentity& identity) {
    const auto recipient = identity.recipient();
    EXPECT_TRUE(recipient);
    auto made = recipient->wrap(file_key(), random_);
    EXPECT_TRUE(made);
    return std::move(*made);
  }

  FixedRandom random_;
};

TEST_F(Hybrid, IdentityHasTheRecipientOfAgesTestFile) {
  const auto recipient = test_identity().recipient();
  ASSERT_TRUE(recipient);
  const auto parsed = parse_bech32(recipient->text());
  ASSERT_TRUE(parsed);
  EXPECT_EQ(sha256(parsed->data.expose()).hex(), kRecipientDigest);
}

TEST_F(Hybrid, RecipientWrapsForItsIdentityOnly) {
  const HybridIdentity identity = HybridIdentity::make(random_);
  const Stanza first = wrapped_for(identity);
  const Stanza second = wrapped_for(identity);
  EXPECT_EQ(first.args.size(), 2u);
  EXPECT_NE(first.args, second.args);
  EXPECT_EQ(opened_by(identity, {first}), kFileKeyText);
  EXPECT_EQ(opened_by(test_identity(), {first}), "denied");
  EXPECT_EQ(opened_by(identity, {wrapped_for(test_identity()), stanza({"grease"}, 0), second}), kFileKeyText);
}

/// One byte of an ML-KEM ciphertext, of the share and of the body: each alone keeps the file closed.
TEST_F(Hybrid, StanzaThatWasAlteredAnywhereDoesNotOpen) {
  const HybridIdentity identity = test_identity();
  const Stanza good = wrapped_for(identity);
  for (const std::size_t place : {std::size_t{0}, std::size_t{1087}, std::size_t{1088}, std::size_t{1110}}) {
    Bytes encapsulated = *from_base64(good.args[1], Padding::none);
    encapsulated[place] ^= 1;
    const Stanza altered{{good.args[0], to_base64(encapsulated, Padding::none)}, good.body};
    EXPECT_EQ(opened_by(identity, {altered}), "denied") << place;
  }
  Stanza altered = good;
  altered.body[0] ^= 1;
  EXPECT_EQ(opened_by(identity, {altered}), "denied");
}

TEST_F(Hybrid, RefusesAShareOfLowOrder) {
  const Stanza good = wrapped_for(test_identity());
  Bytes encapsulated = *from_base64(good.args[1], Padding::none);
  std::fill(encapsulated.end() - 32, encapsulated.end(), std::uint8_t{0});
  EXPECT_EQ(opened_by(test_identity(), {{{good.args[0], to_base64(encapsulated, Padding::none)}, good.body}}),
            "corrupt");
}

TEST_F(Hybrid, RefusesToWrapForKeysThatAreNone) {
  const auto key_bytes = parse_bech32(test_identity().recipient()->text());
  HybridPublic good{};
  std::copy_n(key_bytes->data.expose().begin(), good.size(), good.begin());
  EXPECT_TRUE(HybridRecipient(good).wrap(file_key(), random_));
  HybridPublic low_order = good;
  std::fill(low_order.end() - 32, low_order.end(), std::uint8_t{0});
  EXPECT_CODE(HybridRecipient(low_order).wrap(file_key(), random_), Code::corrupt);
  HybridPublic not_reduced = good;
  std::fill(not_reduced.begin(), not_reduced.begin() + 3, std::uint8_t{0xff});
  EXPECT_CODE(HybridRecipient(not_reduced).wrap(file_key(), random_), Code::corrupt);
}

TEST_F(Hybrid, FileOpensForEachOfItsRecipients) {
  const HybridIdentity ada = HybridIdentity::make(random_);
  const HybridIdentity ben = HybridIdentity::make(random_);
  const HybridIdentity eve = HybridIdentity::make(random_);
  const auto for_ada = ada.recipient();
  const auto for_ben = ben.recipient();
  ASSERT_TRUE(for_ada && for_ben);
  const std::vector<const Recipient*> recipients = {&*for_ada, &*for_ben};
  const Bytes plain(100'000, 7);
  const auto file = seal_bytes(plain, recipients, random_);
  ASSERT_TRUE(file);
  for (const Identity* identity : {&ada, &ben}) {
    const std::vector<const Identity*> identities = {&eve, identity};
    const auto opened = open_bytes(*file, identities);
    ASSERT_TRUE(opened) << opened.error().sentence();
    EXPECT_TRUE(equal(opened->expose(), plain));
  }
  const std::vector<const Identity*> others = {&eve};
  EXPECT_CODE(open_bytes(*file, others), Code::denied);
}

}  // namespace
}  // namespace muniment::age
