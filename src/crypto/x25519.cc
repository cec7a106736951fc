#include "crypto/x25519.h"

#include <openssl/evp.h>

#include <memory>

namespace muniment {
namespace {

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeContext {
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;

Key private_key(const Secret<32>& scalar) {
  Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nullptr, scalar.expose().data(), scalar.expose().size()));
  MUNIMENT_CHECK(key != nullptr);
  return key;
}

}  // namespace

X25519Public x25519_public(const Secret<32>& scalar) {
  X25519Public key{};
  std::size_t size = key.size();
  MUNIMENT_CHECK(EVP_PKEY_get_raw_public_key(private_key(scalar).get(), key.data(), &size) == 1);
  return key;
}

Result<Secret<32>> x25519(const Secret<32>& scalar, const X25519Public& other) {
  const Key ours = private_key(scalar);
  const Key theirs(EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nullptr, other.data(), other.size()));
  MUNIMENT_CHECK(theirs != nullptr);  // any 32 bytes are a point
  const std::unique_ptr<EVP_PKEY_CTX, FreeContext> context(EVP_PKEY_CTX_new(ours.get(), nullptr));
  MUNIMENT_CHECK(context != nullptr && EVP_PKEY_derive_init(context.get()) == 1);
  MUNIMENT_CHECK(EVP_PKEY_derive_set_peer(context.get(), theirs.get()) == 1);

  Secret<32> shared;
  std::size_t size = shared.expose().size();
  // libcrypto refuses an all-zero result itself; there is nothing else that can go wrong here.
  if (EVP_PKEY_derive(context.get(), shared.expose_mut().data(), &size) != 1) {
    return Error(Code::forged, "the public key is a point of low order");
  }
  return shared;
}

}  // namespace muniment
