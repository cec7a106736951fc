#include "crypto/aead.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/encoding.h"

namespace muniment {
namespace {

Secret<32> key_of(std::string_view hex) {
  const Bytes bytes = *from_hex(hex);
  return Secret<32>::copy_of(ByteView(bytes).first<32>());
}

Secret<32> some_key() { return key_of("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"); }

Bytes seal(ChaCha20Poly1305& cipher, const Nonce& nonce, ByteView plain) {
  Bytes sealed(plain.size() + kTagBytes);
  cipher.seal(nonce, plain, sealed);
  return sealed;
}

// RFC 8439 section 2.8.2: key, nonce, text and ciphertext. The RFC's tag covers associated data, which age has none
// of; the tag for none is the one that other libraries' tests agree on.
TEST(ChaCha20Poly1305, AgreesWithTheRfc) {
  ChaCha20Poly1305 cipher(some_key());
  const Nonce nonce = {7, 0, 0, 0, 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47};
  const std::string_view plain =
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be "
      "it.";
  EXPECT_EQ(to_hex(seal(cipher, nonce, as_view(plain))),
            "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"
            "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
            "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
            "3ff4def08e4b7a9de576d26586cec64b6116"
            "6a23a4681fd59456aea1d29f82477216");
}

// The payload of age's test file "x25519", opened with its payload key.
TEST(ChaCha20Poly1305, OpensAnAgeChunk) {
  ChaCha20Poly1305 cipher(key_of("6b6c189a7af0e7b1dba932c87080d8926b2de53fbf9eac516394701223669022"));
  Nonce nonce{};
  nonce[11] = 1;
  Bytes plain(3);
  ASSERT_TRUE(cipher.open(nonce, *from_hex("b74c5bfef7beaa52c8f0bc0e992c1e8331fb66"), plain));
  EXPECT_EQ(as_text(plain), "age");
}

TEST(ChaCha20Poly1305, RefusesAnotherNonceAndAnotherKey) {
  ChaCha20Poly1305 cipher(some_key());
  const Bytes sealed = seal(cipher, Nonce{1}, as_view("names"));
  Bytes plain(5);
  EXPECT_EQ(cipher.open(Nonce{2}, sealed, plain).error().code(), Code::forged);
  ChaCha20Poly1305 other(key_of("00000000000000000000000000000000000000000000000000000000000000ff"));
  EXPECT_EQ(other.open(Nonce{1}, sealed, plain).error().code(), Code::forged);
}

TEST(ChaCha20Poly1305, LeavesNothingOfAForgedMessage) {
  ChaCha20Poly1305 cipher(some_key());
  Bytes sealed = seal(cipher, Nonce{}, as_view("the testimony"));
  sealed.back() ^= 1;
  Bytes plain(13, 0xaa);
  ASSERT_FALSE(cipher.open(Nonce{}, sealed, plain));
  EXPECT_TRUE(all_zero(plain));
}

TEST(ChaCha20Poly1305, WorksOnAfterAForgedMessageAndAfterAMove) {
  ChaCha20Poly1305 first(some_key());
  const Bytes sealed = seal(first, Nonce{}, as_view("abc"));
  Bytes plain(3);
  ASSERT_FALSE(first.open(Nonce{9}, sealed, plain));
  ChaCha20Poly1305 second = std::move(first);
  ASSERT_TRUE(second.open(Nonce{}, sealed, plain));
  EXPECT_EQ(as_text(plain), "abc");
  EXPECT_EQ(seal(second, Nonce{}, as_view("abc")), sealed);
}

RC_GTEST_PROP(ChaCha20Poly1305, OpensWhatItSealed, (const Bytes& plain, const Nonce& nonce)) {
  ChaCha20Poly1305 cipher(some_key());
  const Bytes sealed = seal(cipher, nonce, plain);
  Bytes opened(plain.size());
  RC_ASSERT(cipher.open(nonce, sealed, opened).has_value());
  RC_ASSERT(opened == plain);
}

RC_GTEST_PROP(ChaCha20Poly1305, RefusesAnyFlippedBit, (const Bytes& plain)) {
  ChaCha20Poly1305 cipher(some_key());
  Bytes sealed = seal(cipher, Nonce{}, plain);
  const auto bit = *rc::gen::inRange<std::size_t>(0, sealed.size() * 8);
  sealed[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
  Bytes opened(plain.size());
  const auto result = cipher.open(Nonce{}, sealed, opened);
  RC_ASSERT(!result);
  RC_ASSERT(result.error().code() == Code::forged);
}

}  // namespace
}  // namespace muniment
