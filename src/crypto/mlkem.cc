#include "crypto/mlkem.h"

#include <openssl/evp.h>
#include <openssl/params.h>

#include <memory>

namespace muniment {
namespace {

// By name, since the headers of libcrypto 3.0 know none of these.
constexpr const char* kAlgorithm = "ML-KEM-768";
constexpr const char* kSeed = "seed";   // of a key: d, then z
constexpr const char* kPublic = "pub";  // of a key: its encoding

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeContext {
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using Context = std::unique_ptr<EVP_PKEY_CTX, FreeContext>;

/// Null when libcrypto refuses the bytes.
Key key_from(int selection, const char* name, ByteView bytes) {
  const Context context(EVP_PKEY_CTX_new_from_name(nullptr, kAlgorithm, nullptr));
  MUNIMENT_CHECK(context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1);
  auto* data = const_cast<std::uint8_t*>(bytes.data());  // the call takes void*, and only reads
  std::array<OSSL_PARAM, 2> parameters = {OSSL_PARAM_construct_octet_string(name, data, bytes.size()),
                                          OSSL_PARAM_construct_end()};
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_fromdata(context.get(), &key, selection, parameters.data()) != 1) return nullptr;
  return Key(key);
}

Key private_key(const MlKem768Seed& seed) {
  Key key = key_from(EVP_PKEY_KEYPAIR, kSeed, seed.expose());
  MUNIMENT_CHECK(key != nullptr);  // any 64 bytes are a seed
  return key;
}

Context context_of(const Key& key) {
  Context context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  MUNIMENT_CHECK(context != nullptr);
  return context;
}

}  // namespace

bool has_mlkem768() {
  static const bool found = [] {
    EVP_KEM* const kem = EVP_KEM_fetch(nullptr, kAlgorithm, nullptr);
    EVP_KEM_free(kem);
    return kem != nullptr;
  }();
  return found;
}

Result<void> check_mlkem768() {
  if (has_mlkem768()) return {};
  return Error(
      Code::unsupported,
      "seals that withstand quantum computers need libcrypto 3.5 or newer, for instance that of Debian 13; the "
      "one of this system has no ML-KEM-768");
}

Result<MlKem768Public> mlkem768_public(const MlKem768Seed& seed) {
  TRY(check_mlkem768());
  MlKem768Public key{};
  std::size_t size = 0;
  MUNIMENT_CHECK(EVP_PKEY_get_octet_string_param(private_key(seed).get(), kPublic, key.data(), key.size(), &size) == 1);
  MUNIMENT_CHECK(size == key.size());
  return key;
}

Result<MlKem768Encapsulated> mlkem768_encapsulate(const MlKem768Public& key) {
  TRY(check_mlkem768());
  const Key theirs = key_from(EVP_PKEY_PUBLIC_KEY, kPublic, key);
  if (theirs == nullptr) return Error(Code::corrupt, "the public key is not one of ML-KEM-768");
  const Context context = context_of(theirs);
  MUNIMENT_CHECK(EVP_PKEY_encapsulate_init(context.get(), nullptr) == 1);

  MlKem768Encapsulated made;
  std::size_t ciphertext_size = made.ciphertext.size();
  std::size_t shared_size = made.shared.expose().size();
  MUNIMENT_CHECK(EVP_PKEY_encapsulate(context.get(), made.ciphertext.data(), &ciphertext_size,
                                      made.shared.expose_mut().data(), &shared_size) == 1);
  MUNIMENT_CHECK(ciphertext_size == made.ciphertext.size() && shared_size == made.shared.expose().size());
  return made;
}

Result<Secret<32>> mlkem768_decapsulate(const MlKem768Seed& seed, const MlKem768Ciphertext& ciphertext) {
  TRY(check_mlkem768());
  const Key ours = private_key(seed);
  const Context context = context_of(ours);
  MUNIMENT_CHECK(EVP_PKEY_decapsulate_init(context.get(), nullptr) == 1);
  Secret<32> shared;
  std::size_t size = shared.expose().size();
  MUNIMENT_CHECK(EVP_PKEY_decapsulate(context.get(), shared.expose_mut().data(), &size, ciphertext.data(),
                                      ciphertext.size()) == 1);
  MUNIMENT_CHECK(size == shared.expose().size());
  return shared;
}

}  // namespace muniment
