#include "crypto/x25519.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

#include "base/encoding.h"

namespace muniment {
namespace {

X25519Public key_of(std::string_view hex) {
  const Bytes bytes = *from_hex(hex);
  X25519Public key{};
  std::copy(bytes.begin(), bytes.end(), key.begin());
  return key;
}

Secret<32> scalar_of(std::string_view hex) { return Secret<32>::copy_of(key_of(hex)); }

// RFC 7748 section 6.1.
constexpr auto kAlice = "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a";
constexpr auto kAlicePublic = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a";
constexpr auto kBob = "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb";
constexpr auto kBobPublic = "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f";
constexpr auto kShared = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";

TEST(X25519, AgreesWithTheRfc) {
  EXPECT_EQ(to_hex(x25519_public(scalar_of(kAlice))), kAlicePublic);
  EXPECT_EQ(to_hex(x25519_public(scalar_of(kBob))), kBobPublic);
  const auto ours = x25519(scalar_of(kAlice), key_of(kBobPublic));
  const auto theirs = x25519(scalar_of(kBob), key_of(kAlicePublic));
  ASSERT_TRUE(ours && theirs);
  EXPECT_EQ(to_hex(ours->expose()), kShared);
  EXPECT_EQ(to_hex(theirs->expose()), kShared);
}

// RFC 7748 section 5.2, whose point has its highest bit set in some encodings: it is to be ignored.
TEST(X25519, IgnoresTheHighestBitOfAPoint) {
  const auto scalar = scalar_of("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4");
  const auto expected = "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552";
  for (const std::string_view last : {"4c", "cc"}) {
    const std::string point = "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c" + std::string(last);
    const auto shared = x25519(scalar, key_of(point));
    ASSERT_TRUE(shared);
    EXPECT_EQ(to_hex(shared->expose()), expected);
  }
}

TEST(X25519, RefusesPointsOfLowOrder) {
  for (const std::string_view point : {"0000000000000000000000000000000000000000000000000000000000000000",
                                       "0100000000000000000000000000000000000000000000000000000000000000",
                                       "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                                       "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
                                       "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"}) {
    const auto shared = x25519(scalar_of(kAlice), key_of(point));
    ASSERT_FALSE(shared) << point;
    EXPECT_EQ(shared.error().code(), Code::forged);
  }
}

}  // namespace
}  // namespace muniment
