#include "crypto/kdf.h"

#include <gtest/gtest.h>

#include <string>

#include "base/encoding.h"

namespace muniment {
namespace {

// RFC 4231 test case 2.
TEST(Hmac, AgreesWithTheRfc) {
  EXPECT_EQ(to_hex(hmac_sha256(as_view("Jefe"), as_view("what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

// RFC 5869 appendix A, cases 1 and 3; the first 32 bytes of output.
TEST(Hkdf, AgreesWithTheRfc) {
  const Bytes key_material(22, 0x0b);
  const Bytes salt = *from_hex("000102030405060708090a0b0c");
  const Bytes info = *from_hex("f0f1f2f3f4f5f6f7f8f9");
  EXPECT_EQ(to_hex(hkdf_sha256(key_material, salt, as_text(info)).expose()),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
  EXPECT_EQ(to_hex(hkdf_sha256(key_material, {}, "").expose()),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
}

// RFC 7914 section 11.
TEST(Pbkdf2, AgreesWithTheRfc) {
  EXPECT_EQ(to_hex(pbkdf2_sha256(as_view("passwd"), as_view("salt"), 1, 64).expose()),
            "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
            "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783");
  EXPECT_EQ(to_hex(pbkdf2_sha256(as_view("Password"), as_view("NaCl"), 80000, 64).expose()),
            "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
            "a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d");
}

TEST(Pbkdf2, TakesAnEmptyPasswordAndAnEmptySalt) {
  const auto empty = pbkdf2_sha256({}, {}, 1, 16);
  EXPECT_EQ(empty.size(), 16u);
  EXPECT_FALSE(equal(empty.expose(), pbkdf2_sha256(as_view("x"), {}, 1, 16).expose()));
  EXPECT_FALSE(equal(empty.expose(), pbkdf2_sha256({}, as_view("x"), 1, 16).expose()));
  EXPECT_FALSE(equal(empty.expose(), pbkdf2_sha256({}, {}, 2, 16).expose()));
}

// RFC 5869 appendix A, case 1: its pseudorandom key stands between the two halves.
TEST(Hkdf, HasHalvesThatAgreeWithTheRfc) {
  const Bytes key_material(22, 0x0b);
  const Bytes salt = *from_hex("000102030405060708090a0b0c");
  const Bytes info = *from_hex("f0f1f2f3f4f5f6f7f8f9");
  const Secret<32> extracted = hkdf_extract_sha256(key_material, salt);
  EXPECT_EQ(to_hex(extracted.expose()), "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
  EXPECT_EQ(to_hex(hkdf_expand_sha256(extracted, info).expose()),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
}

// RFC 7914 section 12: the vector with r = 8 and p = 1 that fits a test; the first 32 bytes of output.
TEST(Scrypt, AgreesWithTheRfc) {
  const auto key = scrypt(as_view("pleaseletmein"), as_view("SodiumChloride"), 14);
  ASSERT_TRUE(key) << key.error().sentence();
  EXPECT_EQ(to_hex(key->expose()), "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2");
}

// libcrypto's own bound is 32 MiB, which is 2^15 already.
TEST(Scrypt, IsNotHeldByLibcryptosBoundOnMemory) {
  for (const unsigned log2_n : {1u, 15u, 16u, 17u}) {
    EXPECT_TRUE(scrypt(as_view("passphrase"), as_view("salt"), log2_n)) << log2_n;
  }
}

// Sanitizers abort where malloc would refuse.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define MUNIMENT_MALLOC_ABORTS
#endif
#endif

TEST(Scrypt, SaysWhenTheMemoryIsNotToBeHad) {
#ifdef MUNIMENT_MALLOC_ABORTS
  GTEST_SKIP() << "a sanitizer aborts where malloc would refuse";
#endif
  const auto key = scrypt(as_view("passphrase"), as_view("salt"), 39);  // 512 TiB
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().code(), Code::io);
  EXPECT_NE(key.error().sentence().find("512.0 TiB"), std::string::npos) << key.error().sentence();
}

TEST(Scrypt, TakesAnEmptyPassphrase) {
  const auto empty = scrypt({}, as_view("salt"), 4);
  const auto other = scrypt(as_view("x"), as_view("salt"), 4);
  ASSERT_TRUE(empty && other);
  EXPECT_FALSE(equal(empty->expose(), other->expose()));
}

TEST(EqualInConstantTime, ComparesLengthAndBytes) {
  EXPECT_TRUE(equal_in_constant_time({}, {}));
  EXPECT_TRUE(equal_in_constant_time(as_view("abc"), as_view("abc")));
  EXPECT_FALSE(equal_in_constant_time(as_view("abc"), as_view("abd")));
  EXPECT_FALSE(equal_in_constant_time(as_view("abc"), as_view("xbc")));
  EXPECT_FALSE(equal_in_constant_time(as_view("abc"), as_view("ab")));
  EXPECT_FALSE(equal_in_constant_time(as_view("ab"), as_view("abc")));
}

}  // namespace
}  // namespace muniment
