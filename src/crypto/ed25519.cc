#include "crypto/ed25519.h"

#include <openssl/evp.h>

#include <memory>

namespace muniment {
namespace {

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

Key private_key(const Secret<32>& seed) {
  Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.expose().data(), seed.expose().size()));
  MUNIMENT_CHECK(key != nullptr);
  return key;
}

}  // namespace

Ed25519Public ed25519_public(const Secret<32>& seed) {
  Ed25519Public key{};
  std::size_t size = key.size();
  MUNIMENT_CHECK(EVP_PKEY_get_raw_public_key(private_key(seed).get(), key.data(), &size) == 1);
  return key;
}

Secret<64> ed25519_expanded(const Secret<32>& seed) {
  Secret<64> expanded;
  const auto bytes = expanded.expose_mut();
  unsigned size = 0;
  MUNIMENT_CHECK(EVP_Digest(seed.expose().data(), seed.expose().size(), bytes.data(), &size, EVP_sha512(), nullptr) ==
                 1);
  MUNIMENT_CHECK(size == bytes.size());
  bytes[0] &= 0xf8;
  bytes[31] = static_cast<std::uint8_t>((bytes[31] & 0x3f) | 0x40);
  return expanded;
}

Ed25519Signature ed25519_sign(const Secret<32>& seed, ByteView message) {
  const Key key = private_key(seed);
  const Context context(EVP_MD_CTX_new());
  MUNIMENT_CHECK(context != nullptr);
  // No digest is named: Ed25519 hashes the message itself, twice, so it comes in one piece.
  MUNIMENT_CHECK(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1);
  Ed25519Signature signature{};
  std::size_t size = signature.size();
  MUNIMENT_CHECK(EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) == 1);
  return signature;
}

Result<void> ed25519_verify(const Ed25519Public& key, ByteView message, ByteView signature) {
  const Key point(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size()));
  const Context context(EVP_MD_CTX_new());
  MUNIMENT_CHECK(point != nullptr && context != nullptr);  // whether the bytes are a point is looked at below
  MUNIMENT_CHECK(EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, point.get()) == 1);
  if (EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) != 1) {
    return Error(Code::forged, "the signature does not match");
  }
  return {};
}

}  // namespace muniment
