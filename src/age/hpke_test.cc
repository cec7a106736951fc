#include "age/hpke.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/encoding.h"
#include "crypto/sha256.h"

namespace muniment::age {
namespace {

Secret<32> secret_of(std::string_view hex) { return Secret<32>::copy_of(ByteView(*from_hex(hex)).first<32>()); }

X25519Public key_of(std::string_view hex) {
  const Bytes bytes = *from_hex(hex);
  X25519Public key{};
  std::copy(bytes.begin(), bytes.end(), key.begin());
  return key;
}

// The values that age's test file "hybrid" (C2SP/CCTV age/) goes through.
constexpr std::string_view kSeed = "b8be81702bae561b372c3de084b70415734529cfef83c57eeb3e6e57689f9e23";
constexpr std::string_view kRecipient = "4ca0d1a0b2d96b0c8e01fab2d9023225f0b6670c009ef1a7a277ec0f0c625277";
constexpr std::string_view kShared = "ca8968e3d05fc4403263f45b2adb07d6e0713f2af1c12c06e23772f2715d29ab";
constexpr std::string_view kInfo = "age-encryption.org/mlkem768x25519";

TEST(HybridSeed, HasTheX25519KeyOfAgesTestFile) {
  EXPECT_EQ(to_hex(x25519_public(expand_hybrid_seed(secret_of(kSeed)).x25519)), kRecipient);
}

TEST(HybridSeed, IsCutIntoMlKemsSeedFirst) {
  const HybridSecrets secrets = expand_hybrid_seed(secret_of(kSeed));
  Bytes joined(secrets.mlkem.expose().begin(), secrets.mlkem.expose().end());
  append(joined, secrets.x25519.expose());
  // `printf SEED | xxd -r -p | openssl dgst -shake256 -xoflen 96 -binary | sha256sum`
  EXPECT_EQ(sha256(joined).hex(), "462c728db05046c943a1e566af4eaebe81b25256adfcb751a10deaa01d0e446b");
}

TEST(HybridCombiner, MakesTheSharedSecretOfAgesTestFile) {
  const Secret<32> mlkem = secret_of("20e78c107c045eda4f6a0693530509fd1702b16ed9a1b941fe08d7aee3baa46f");
  const Secret<32> x25519 = secret_of("eb7151e3d585fd225fdf545256fd396f565755cf9559dbb99db79de45678d860");
  const X25519Public share = key_of("4c4885d32a6aafe6e9bdca973720952692fb3aec0f755c0f2fb29011b1433827");
  EXPECT_EQ(to_hex(combine_hybrid(mlkem, x25519, share, key_of(kRecipient)).expose()), kShared);
}

TEST(Hpke, MakesTheKeyAndTheNonceOfAgesTestFile) {
  const HpkeContext context = hpke_key_schedule(secret_of(kShared), kInfo);
  EXPECT_EQ(to_hex(context.key.expose()), "389db543a1061c2f1b9563f9c268419bd1287a611e4db95d2ffa41544e36f461");
  EXPECT_EQ(to_hex(context.base_nonce), "d09340e8f797f8a609fdfdf8");
}

TEST(Hpke, DependsOnTheInfo) {
  const HpkeContext context = hpke_key_schedule(secret_of(kShared), "age-encryption.org/mlkem768p256tag");
  EXPECT_NE(to_hex(context.base_nonce), "d09340e8f797f8a609fdfdf8");
}

}  // namespace
}  // namespace muniment::age
