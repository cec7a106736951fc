#include "age/keys.h"

#include <gtest/gtest.h>

#include <string>

#include "age/bech32.h"
#include "base/encoding.h"
#include "testing/expect_code.h"
#include "testing/fixed_random.h"

namespace muniment::age {
namespace {

// The identities of age's test files, and the values that its file "x25519" and "scrypt" hold.
constexpr std::string_view kIdentity = "AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0";
constexpr std::string_view kOther = "AGE-SECRET-KEY-143WN7DCXU4G8R5AXQSSYD9AEPYDNT3HXSLWSPK36CDU6E8M59SSSAGZ3KG";
constexpr std::string_view kRecipient = "age1xmwwc06ly3ee5rytxm9mflaz2u56jjj36s0mypdrwsvlul66mv4q47ryef";
constexpr std::string_view kShare = "TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOCc";
constexpr std::string_view kX25519Body = "86369b197c122d0f5cdd2e8bc368be4b64eed9f8b04071ec95b04de81e3514b1";
constexpr std::string_view kSalt = "rF0/NwblUHHTpgQgRpe5CQ";
constexpr std::string_view kScryptBody = "8148c4ca614a3155d010a74c3072f6e2861ec631374c80b43b4cc64aa2766946";
constexpr std::string_view kFileKeyText = "YELLOW SUBMARINE";

FileKey file_key() { return FileKey::copy_of(as_view(kFileKeyText).first<16>()); }
SecretBytes passphrase(std::string_view text) { return SecretBytes::copy_of(as_view(text)); }

Stanza stanza(std::vector<std::string> args, std::string_view body_hex) {
  return {std::move(args), *from_hex(body_hex)};
}
Stanza x25519_stanza() { return stanza({"X25519", std::string(kShare)}, kX25519Body); }
Stanza scrypt_stanza(std::string log2_n = "10") {
  return stanza({"scrypt", std::string(kSalt), std::move(log2_n)}, kScryptBody);
}

std::string opened_by(const Identity& identity, const std::vector<Stanza>& stanzas) {
  const auto key = identity.unwrap(stanzas);
  if (!key) return std::string(name_of(key.error().code()));
  return std::string(as_text(key->expose()));
}

std::string opened_by(std::string_view identity_text, const std::vector<Stanza>& stanzas) {
  const auto identity = parse_identity(identity_text);
  EXPECT_TRUE(identity) << identity_text;
  return opened_by(**identity, stanzas);
}

Code code_of_recipient(std::string_view text) {
  const auto recipient = parse_recipient(text);
  EXPECT_FALSE(recipient) << text;
  return recipient ? Code::invalid : recipient.error().code();
}

Code code_of_identity(std::string_view text) {
  const auto identity = parse_identity(text);
  EXPECT_FALSE(identity) << text;
  return identity ? Code::invalid : identity.error().code();
}

TEST(X25519Identity, OpensAgesTestFile) {
  EXPECT_EQ(opened_by(kIdentity, {x25519_stanza()}), kFileKeyText);
  EXPECT_EQ(opened_by(kOther, {x25519_stanza()}), "denied");
}

TEST(X25519Identity, FindsItsStanzaAmongOthers) {
  FixedRandom random;
  const auto other = X25519Identity::make(random).recipient().wrap(file_key(), random);
  ASSERT_TRUE(other);
  EXPECT_EQ(opened_by(kIdentity, {stanza({"grease"}, ""), *other, x25519_stanza()}), kFileKeyText);
  EXPECT_EQ(opened_by(kIdentity, {stanza({"grease"}, ""), *other}), "denied");
  EXPECT_EQ(opened_by(kIdentity, {stanza({"x25519", std::string(kShare)}, kX25519Body)}), "denied");
  EXPECT_EQ(opened_by(kIdentity, {scrypt_stanza()}), "denied");
}

TEST(X25519Identity, SaysWhichStanzasAreMalformed) {
  const std::string share(kShare), body(kX25519Body);
  const std::string zero_point(43, 'A');
  for (const Stanza& bad :
       {stanza({"X25519"}, body), stanza({"X25519", share, "more"}, body), stanza({"X25519", share + "="}, body),
        stanza({"X25519", share.substr(0, 42)}, body), stanza({"X25519", share + "AA"}, body),
        stanza({"X25519", zero_point}, body), stanza({"X25519", share}, body + "00"),
        stanza({"X25519", share}, body.substr(2)), stanza({"X25519", share}, "")}) {
    EXPECT_EQ(opened_by(kIdentity, {bad}), "corrupt") << bad.args.back() << " " << to_hex(bad.body);
  }
}

TEST(X25519Identity, IsWrittenAsAgeWritesIt) {
  const auto scalar = parse_bech32(kIdentity);
  ASSERT_TRUE(scalar);
  const X25519Identity identity(Secret<32>::copy_of(scalar->data.expose().first<32>()));
  EXPECT_EQ(identity.text().expose_text(), kIdentity);
  EXPECT_EQ(identity.recipient().text(), kRecipient);
}

TEST(X25519Recipient, WrapsForItsIdentityOnly) {
  FixedRandom random;
  const X25519Identity identity = X25519Identity::make(random);
  const auto recipient = parse_recipient(identity.recipient().text());
  ASSERT_TRUE(recipient);
  const auto first = (*recipient)->wrap(file_key(), random);
  const auto second = (*recipient)->wrap(file_key(), random);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(opened_by(identity, {*first}), kFileKeyText);
  EXPECT_EQ(opened_by(kIdentity, {*first}), "denied");
  EXPECT_NE(first->args, second->args);  // a new ephemeral key each time
  EXPECT_EQ(identity.recipient().label(), "X25519");
}

TEST(X25519Recipient, OfLowOrderIsRefused) {
  FixedRandom random;
  const auto wrapped = X25519Recipient(X25519Public{}).wrap(file_key(), random);
  ASSERT_FALSE(wrapped);
  EXPECT_EQ(wrapped.error().code(), Code::corrupt);
}

TEST(ScryptIdentity, OpensAgesTestFile) {
  EXPECT_EQ(opened_by(ScryptIdentity(passphrase("password")), {scrypt_stanza()}), kFileKeyText);
  EXPECT_EQ(opened_by(ScryptIdentity(passphrase("Password")), {scrypt_stanza()}), "denied");
  EXPECT_EQ(opened_by(ScryptIdentity(passphrase("password")), {scrypt_stanza("9")}), "denied");
  EXPECT_EQ(opened_by(ScryptIdentity(passphrase("password")), {x25519_stanza()}), "denied");
}

TEST(ScryptIdentity, WantsItsStanzaAlone) {
  const ScryptIdentity identity(passphrase("password"));
  EXPECT_EQ(opened_by(identity, {scrypt_stanza(), stanza({"grease"}, "")}), "corrupt");
  EXPECT_EQ(opened_by(identity, {x25519_stanza(), scrypt_stanza()}), "corrupt");
  EXPECT_EQ(opened_by(identity, {scrypt_stanza(), scrypt_stanza()}), "corrupt");
}

TEST(ScryptIdentity, BoundsTheWorkFactor) {
  EXPECT_EQ(opened_by(ScryptIdentity(passphrase("password"), 9), {scrypt_stanza()}), "limit");
  EXPECT_EQ(opened_by(ScryptIdentity(passphrase("password")), {scrypt_stanza("23")}), "limit");
  EXPECT_EQ(opened_by(ScryptIdentity(passphrase("password")), {scrypt_stanza("18446744073709551626")}), "limit");
  for (const char* bad : {"0", "010", "+10", "-10", "0xa", "1e1", "10 ", "ten"}) {
    EXPECT_EQ(opened_by(ScryptIdentity(passphrase("password")), {scrypt_stanza(bad)}), "corrupt") << bad;
  }
}

TEST(ScryptIdentity, SaysWhichStanzasAreMalformed) {
  const std::string salt(kSalt), body(kScryptBody);
  for (const Stanza& bad :
       {stanza({"scrypt"}, body), stanza({"scrypt", salt}, body), stanza({"scrypt", salt, "10", "more"}, body),
        stanza({"scrypt", salt + "AA", "10"}, body), stanza({"scrypt", salt.substr(2), "10"}, body),
        stanza({"scrypt", salt + "==", "10"}, body), stanza({"scrypt", salt, "10"}, body + "00"),
        stanza({"scrypt", salt, "10"}, body.substr(2))}) {
    EXPECT_EQ(opened_by(ScryptIdentity(passphrase("password")), {bad}), "corrupt") << to_hex(bad.body);
  }
}

TEST(ScryptRecipient, WrapsForItsPassphraseOnly) {
  FixedRandom random;
  const ScryptRecipient recipient(passphrase("correct horse"), 4);
  const auto first = recipient.wrap(file_key(), random);
  const auto second = recipient.wrap(file_key(), random);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->args[2], "4");
  EXPECT_NE(first->args[1], second->args[1]);  // a new salt each time
  EXPECT_EQ(opened_by(ScryptIdentity(passphrase("correct horse")), {*first}), kFileKeyText);
  EXPECT_EQ(opened_by(ScryptIdentity(passphrase("correct mule")), {*first}), "denied");
  EXPECT_EQ(recipient.text(), "");
  EXPECT_EQ(recipient.label(), "scrypt");
}

TEST(ParseRecipient, TakesWhatAgeWrites) {
  const auto recipient = parse_recipient(kRecipient);
  ASSERT_TRUE(recipient) << recipient.error().sentence();
  EXPECT_EQ((*recipient)->text(), kRecipient);
}

TEST(ParseRecipient, NamesTheKindsItDoesNotKnow) {
  const std::string tagged(render_bech32("age1tagpq", Bytes(1249)).expose_text());
  for (const std::string_view text : {std::string_view(tagged), std::string_view("age1yubikey1qypqxl3v7vr")}) {
    EXPECT_EQ(code_of_recipient(text), Code::unsupported);
  }
  EXPECT_NE(parse_recipient(tagged).error().sentence().find("age1tagpq1"), std::string::npos);
}

TEST(ParseRecipient, RefusesAnythingElse) {
  for (const std::string_view text :
       {std::string_view(), std::string_view("age1"), kIdentity, kRecipient.substr(0, 61),
        std::string_view("age1xmwwc06ly3ee5rytxm9mflaz2u56jjj36s0mypdrwsvlul66mv4q47ryeg"),   // a wrong checksum
        std::string_view("AGE1XMWWC06LY3EE5RYTXM9MFLAZ2U56JJJ36S0MYPDRWSVLUL66MV4Q47RYEF"),   // upper case
        std::string_view("age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqar9jk6"),     // 31 bytes
        std::string_view("age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqzhlqeg"),  // 33 bytes
        std::string_view("bc1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqaj76hn"),
        std::string_view("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM")}) {
    EXPECT_EQ(code_of_recipient(text), Code::corrupt) << text;
  }
}

TEST(ParseIdentity, NamesTheKindsItDoesNotKnow) {
  const std::string_view plugin = "AGE-PLUGIN-YUBIKEY-1QYPQX3HE0TX";
  EXPECT_EQ(code_of_identity(plugin), Code::unsupported);
  const std::string sentence = parse_identity(plugin).error().sentence();
  EXPECT_NE(sentence.find("AGE-PLUGIN-YUBIKEY-1"), std::string::npos) << sentence;
  EXPECT_EQ(sentence.find("QYPQX"), std::string::npos) << "the secret is in the sentence";
}

TEST(ParseIdentity, RefusesAnythingElse) {
  std::string lower_case(kIdentity);
  for (char& c : lower_case) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  for (const std::string_view text : {std::string_view(), kRecipient, std::string_view(lower_case),
                                      kIdentity.substr(0, 73), std::string_view("AGE-SECRET-KEY-1"),
                                      std::string_view("AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ"
                                                       "QQQQQQQQ6J6TAE")}) {
    EXPECT_EQ(code_of_identity(text), Code::corrupt) << text;
  }
}

TEST(RecipientOf, IsThatOfTheIdentity) {
  FixedRandom random;
  const X25519Identity identity = X25519Identity::make(random);
  EXPECT_EQ(*recipient_of(identity.text().expose_text()), identity.recipient().text());
  EXPECT_CODE(recipient_of("AGE-SECRET-KEY-1"), Code::corrupt);
  EXPECT_CODE(recipient_of(identity.recipient().text()), Code::corrupt);
}

TEST(ParseKeyFile, TakesCommentsEmptyLinesAndCarriageReturns) {
  const std::string first(kIdentity), second(kOther);
  for (const std::string& text : {"# created: 2026-01-01T00:00:00Z\n# public key: age1\n" + first + "\n\n" + second,
                                  first + "\r\n\r\n#\r\n" + second + "\r\n"}) {
    const auto identities = parse_key_file(text);
    ASSERT_TRUE(identities) << identities.error().sentence();
    ASSERT_EQ(identities->size(), 2u);
    EXPECT_EQ(opened_by(*identities->front(), {x25519_stanza()}), kFileKeyText);
    EXPECT_EQ(opened_by(*identities->back(), {x25519_stanza()}), "denied");
  }
}

TEST(ParseKeyFile, SaysWhichLineIsWrong) {
  const auto wrong = parse_key_file("# mine\n" + std::string(kIdentity) + "\n " + std::string(kOther) + "\n");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code(), Code::corrupt);
  EXPECT_TRUE(wrong.error().sentence().starts_with("line 3: ")) << wrong.error().sentence();
  const auto plugin = parse_key_file("AGE-PLUGIN-YUBIKEY-1QYPQX3HE0TX\n");
  ASSERT_FALSE(plugin);
  EXPECT_EQ(plugin.error().code(), Code::unsupported);
}

TEST(ParseKeyFile, WantsAtLeastOneAndNotTooMany) {
  for (const std::string_view text : {"", "\n\n", "# a comment only"}) {
    const auto identities = parse_key_file(text);
    ASSERT_FALSE(identities);
    EXPECT_EQ(identities.error().code(), Code::corrupt);
  }
  std::string many;
  for (int i = 0; i < 1024; ++i) many += std::string(kIdentity) + "\n";
  EXPECT_TRUE(parse_key_file(many));
  const auto too_many = parse_key_file(many + std::string(kIdentity));
  ASSERT_FALSE(too_many);
  EXPECT_EQ(too_many.error().code(), Code::limit);
}

}  // namespace
}  // namespace muniment::age
