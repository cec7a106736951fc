// What only a libcrypto with ML-KEM-768 can show is skipped on others, and what such a one says is shown there.
#include "crypto/mlkem.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

#include "base/encoding.h"
#include "crypto/sha256.h"
#include "crypto/sha3.h"
#include "testing/expect_code.h"

namespace muniment {
namespace {

constexpr const char* kTooOld = "the libcrypto of this system has no ML-KEM-768: it came with 3.5";

MlKem768Seed seed_of(std::uint8_t first) {
  MlKem768Seed seed;
  std::uint8_t next = first;
  for (std::uint8_t& byte : seed.expose_mut()) byte = next++;
  return seed;
}

class MlKem768 : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!has_mlkem768()) GTEST_SKIP() << kTooOld;
  }
};

TEST(MlKem768Support, IsRefusedInAClearSentenceWhereLibcryptoLacksIt) {
  if (has_mlkem768()) GTEST_SKIP() << "the libcrypto of this system has ML-KEM-768";
  EXPECT_CODE(check_mlkem768(), Code::unsupported);
  EXPECT_CODE(mlkem768_public(seed_of(0)), Code::unsupported);
  EXPECT_CODE(mlkem768_encapsulate({}), Code::unsupported);
  EXPECT_CODE(mlkem768_decapsulate(seed_of(0), {}), Code::unsupported);
  for (const std::string_view word : {"3.5", "Debian 13"}) {
    EXPECT_NE(check_mlkem768().error().sentence().find(word), std::string::npos) << word;
  }
}

// The hybrid key of age's test file "hybrid" (C2SP/CCTV age/): the key is ML-KEM's 1184 bytes and X25519's 32.
TEST_F(MlKem768, MakesThePublicKeyOfAgesTestFile) {
  const Bytes seed = *from_hex("b8be81702bae561b372c3de084b70415734529cfef83c57eeb3e6e57689f9e23");
  MlKem768Seed expanded;
  shake256(seed, expanded.expose_mut());
  const auto key = mlkem768_public(expanded);
  ASSERT_TRUE(key);
  Bytes hybrid(key->begin(), key->end());
  append(hybrid, *from_hex("4ca0d1a0b2d96b0c8e01fab2d9023225f0b6670c009ef1a7a277ec0f0c625277"));
  EXPECT_EQ(sha256(hybrid).hex(), "33a42c48b254135d6a3b65a8b687b33a84b8bfb3d2b99c92e1a203808f10d2c9");
}

TEST_F(MlKem768, BothSidesShareASecretThatIsNewEachTime) {
  const MlKem768Seed seed = seed_of(7);
  const auto key = mlkem768_public(seed);
  ASSERT_TRUE(key);
  const auto first = mlkem768_encapsulate(*key);
  const auto second = mlkem768_encapsulate(*key);
  ASSERT_TRUE(first && second);
  const auto opened = mlkem768_decapsulate(seed, first->ciphertext);
  ASSERT_TRUE(opened);
  EXPECT_EQ(to_hex(opened->expose()), to_hex(first->shared.expose()));
  EXPECT_NE(first->ciphertext, second->ciphertext);
  EXPECT_NE(to_hex(first->shared.expose()), to_hex(second->shared.expose()));
}

// FIPS 203 section 6.3: the secret is then J(z, c), which is SHAKE-256, and nothing tells that it is not the one meant.
TEST_F(MlKem768, ACiphertextForAnotherGivesTheSecretOfImplicitRejection) {
  const MlKem768Seed seed = seed_of(7);
  const auto made = mlkem768_encapsulate(*mlkem768_public(seed_of(8)));
  ASSERT_TRUE(made);
  const auto opened = mlkem768_decapsulate(seed, made->ciphertext);
  ASSERT_TRUE(opened);
  const ByteView z = ByteView(seed.expose()).last(32);
  Bytes rejection(z.begin(), z.end());
  append(rejection, made->ciphertext);
  Bytes expected(32);
  shake256(rejection, expected);
  EXPECT_EQ(to_hex(opened->expose()), to_hex(expected));
}

TEST_F(MlKem768, RefusesAKeyWhoseCoefficientsAreNotReduced) {
  MlKem768Public key = *mlkem768_public(seed_of(7));
  EXPECT_TRUE(mlkem768_encapsulate(key));
  std::fill(key.begin(), key.begin() + 3, std::uint8_t{0xff});  // the first two of 12 bits each: 4095, not below 3329
  EXPECT_CODE(mlkem768_encapsulate(key), Code::corrupt);
}

}  // namespace
}  // namespace muniment
