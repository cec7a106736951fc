#include "tor/address.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/encoding.h"

namespace muniment {
namespace {

Ed25519Public key_of(std::string_view hex) {
  const Bytes bytes = *from_hex(hex);
  Ed25519Public key{};
  std::ranges::copy(bytes, key.begin());
  return key;
}

// The three examples of rend-spec-v3 section 6, with the keys that they encode, and the example of the Python library
// stem (stem.descriptor.hidden_service, address_from_identity_key).
TEST(OnionAddress, IsThatOfTheStandardsExamples) {
  EXPECT_EQ(onion_address(key_of("79bcc625184b05194975c28b66b66b0469f7f6556fb1ac3189a79b40dda32f1f")),
            "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd");
  EXPECT_EQ(onion_address(key_of("93f6ad7b54b6391d2b78147a0b2e808e143780de07f1bda6ee7f052d2e9da67b")),
            "sp3k262uwy4r2k3ycr5awluarykdpag6a7y33jxop4cs2lu5uz5sseqd");
  EXPECT_EQ(onion_address(key_of("b8391d2003bb3bd285b035ac8eb30c80c4e2a29bb7a2f0ce0df8743c37ec3593")),
            "xa4r2iadxm55fbnqgwwi5mymqdcofiu3w6rpbtqn7b2dyn7mgwj64jyd");
  EXPECT_EQ(onion_address(key_of("92e680fa57552e7d484c9d2a3edb46fbc076e54ea90b77bb84e3e6d5657d52a1")),
            "sltib6sxkuxh2scmtuvd5w2g7pahnzkovefxpo4e4ptnkzl5kkq5h2ad");
}

}  // namespace
}  // namespace muniment
