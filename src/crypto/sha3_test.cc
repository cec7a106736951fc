#include "crypto/sha3.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace muniment {
namespace {

// NIST "SHA-3 Examples": the empty message and "abc".
TEST(Sha3, AgreesWithNist) {
  EXPECT_EQ(to_hex(sha3_256({}).expose()), "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a");
  const std::string of_abc = "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532";
  EXPECT_EQ(to_hex(sha3_256({as_view("abc")}).expose()), of_abc);
  EXPECT_EQ(to_hex(sha3_256({as_view("a"), {}, as_view("bc")}).expose()), of_abc);
}

// NIST "SHAKE256, 0 bit message", its first 64 bytes: the output goes on with each byte that is asked for.
TEST(Shake256, AgreesWithNistAtAnyLength) {
  const std::string of_nothing =
      "46b9dd2b0ba88d13233b3feb743eeb243fcd52ea62b81b82b50c27646ed5762f"
      "d75dc4ddd8c0f200cb05019d67b592f6fc821c49479ab48640292eacb3b7c4be";
  for (const std::size_t size : {1u, 32u, 64u}) {
    Bytes output(size);
    shake256({}, output);
    EXPECT_EQ(to_hex(output), of_nothing.substr(0, 2 * size));
  }
}

}  // namespace
}  // namespace muniment
