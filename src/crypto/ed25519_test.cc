#include "crypto/ed25519.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string_view>

#include "base/encoding.h"

namespace muniment {
namespace {

Secret<32> seed_of(std::string_view hex) {
  const Bytes bytes = *from_hex(hex);
  return Secret<32>::copy_of(ByteView(bytes).first<32>());
}

Ed25519Public key_of(std::string_view hex) {
  const Bytes bytes = *from_hex(hex);
  Ed25519Public key{};
  std::copy(bytes.begin(), bytes.end(), key.begin());
  return key;
}

struct Vector {
  std::string_view seed, key, message, signature;  // hexadecimal
};

// RFC 8032 section 7.1, tests 1 to 3.
constexpr Vector kVectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
     "d25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
     "387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
     "4a7c15e9716ed28dc027beceea1ec40a"}};

TEST(Ed25519, AgreesWithTheRfc) {
  for (const Vector& vector : kVectors) {
    const Secret<32> seed = seed_of(vector.seed);
    const Bytes message = *from_hex(vector.message);
    EXPECT_EQ(to_hex(ed25519_public(seed)), vector.key);
    EXPECT_EQ(to_hex(ed25519_sign(seed, message)), vector.signature);
    EXPECT_TRUE(ed25519_verify(key_of(vector.key), message, *from_hex(vector.signature)));
  }
}

TEST(Ed25519, RefusesAnotherKeyMessageOrLength) {
  const Bytes signature = *from_hex(kVectors[0].signature);
  const Ed25519Public key = key_of(kVectors[0].key);
  Bytes longer = signature;
  longer.push_back(0);
  EXPECT_EQ(ed25519_verify(key_of(kVectors[1].key), {}, signature).error().code(), Code::forged);
  EXPECT_EQ(ed25519_verify(key, as_view("x"), signature).error().code(), Code::forged);
  EXPECT_EQ(ed25519_verify(key, {}, {}).error().code(), Code::forged);
  EXPECT_EQ(ed25519_verify(key, {}, ByteView(signature).first(63)).error().code(), Code::forged);
  EXPECT_EQ(ed25519_verify(key, {}, longer).error().code(), Code::forged);
}

TEST(Ed25519, RefusesAKeyThatIsNoPoint) {
  const auto verified = ed25519_verify(key_of("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"), {},
                                       *from_hex(kVectors[0].signature));
  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().code(), Code::forged);
}

// RFC 8032 section 5.1.7: S must be below the group's order L, or one signature would have two forms.
TEST(Ed25519, RefusesASignatureWhoseSIsTooLarge) {
  // The first vector's S plus L = 2^252 + 27742317777372353535851937790883648493.
  const Bytes order = *from_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  Bytes signature = *from_hex(kVectors[0].signature);
  unsigned carry = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const unsigned sum = signature[32 + i] + order[i] + carry;
    signature[32 + i] = static_cast<std::uint8_t>(sum & 0xff);
    carry = sum >> 8;
  }
  const auto verified = ed25519_verify(key_of(kVectors[0].key), {}, signature);
  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().code(), Code::forged);
}

RC_GTEST_PROP(Ed25519, RefusesAnyFlippedBit, (const Bytes& message)) {
  const Secret<32> seed = seed_of(kVectors[0].seed);
  Ed25519Signature signature = ed25519_sign(seed, message);
  RC_ASSERT(ed25519_verify(ed25519_public(seed), message, signature).has_value());
  const auto bit = *rc::gen::inRange<std::size_t>(0, signature.size() * 8);
  signature[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
  const auto verified = ed25519_verify(ed25519_public(seed), message, signature);
  RC_ASSERT(!verified);
  RC_ASSERT(verified.error().code() == Code::forged);
}

// The seed of RFC 8032 section 7.1, test 1, through SHA-512 and the clamping of section 5.1.5.
TEST(Ed25519, ExpandsASeedToScalarAndPrefix) {
  EXPECT_EQ(to_hex(ed25519_expanded(seed_of(kVectors[0].seed)).expose()),
            "307c83864f2833cb427a2ef1c00a013cfdff2768d980c0a3a520f006904de94f"
            "9b4f0afe280b746a778684e75442502057b7473a03f08f96f5a38e9287e01f8f");
}

}  // namespace
}  // namespace muniment
