#include "crypto/kdf.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <climits>
#include <string>

#include "base/encoding.h"

namespace muniment {
namespace {

Secret<32> secret_hmac(ByteView key, ByteView message) {
  Mac mac = hmac_sha256(key, message);
  auto secret = Secret<32>::copy_of(mac);
  wipe(mac);
  return secret;
}

}  // namespace

Mac hmac_sha256(ByteView key, ByteView message) {
  MUNIMENT_CHECK(key.size() <= INT_MAX);
  Mac mac{};
  MUNIMENT_CHECK(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), message.data(), message.size(),
                      mac.data(), nullptr) != nullptr);
  return mac;
}

bool equal_in_constant_time(ByteView a, ByteView b) {
  if (a.size() != b.size()) return false;  // a length is no secret
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// RFC 5869 written out: with one block of output, extract and expand are one HMAC each.
Secret<32> hkdf_extract_sha256(ByteView key_material, ByteView salt) { return secret_hmac(salt, key_material); }

Secret<32> hkdf_expand_sha256(const Secret<32>& extracted, ByteView info) {
  Bytes block(info.begin(), info.end());
  block.push_back(1);  // the number of the first block
  return secret_hmac(extracted.expose(), block);
}

Secret<32> hkdf_sha256(ByteView key_material, ByteView salt, std::string_view info) {
  return hkdf_expand_sha256(hkdf_extract_sha256(key_material, salt), as_view(info));
}

SecretBytes pbkdf2_sha256(ByteView password, ByteView salt, std::uint32_t iterations, std::size_t size) {
  MUNIMENT_CHECK(password.size() <= INT_MAX && salt.size() <= INT_MAX && size <= INT_MAX);
  MUNIMENT_CHECK(iterations >= 1 && iterations <= INT_MAX && size >= 1);
  SecretBytes key(size);
  MUNIMENT_CHECK(PKCS5_PBKDF2_HMAC(as_text(password).data(), static_cast<int>(password.size()), salt.data(),
                                   static_cast<int>(salt.size()), static_cast<int>(iterations), EVP_sha256(),
                                   static_cast<int>(size), key.expose_mut().data()) == 1);
  return key;
}

Result<Secret<32>> scrypt(ByteView passphrase, ByteView salt, unsigned log2_n) {
  constexpr std::uint64_t kBlockSize = 8;  // r
  constexpr std::uint64_t kParallel = 1;   // p
  MUNIMENT_CHECK(log2_n >= 1 && log2_n < 40);
  const std::uint64_t n = std::uint64_t{1} << log2_n;
  // libcrypto refuses above 32 MiB unless told otherwise. RFC 7914 needs 128 r (n + p) bytes and some scratch.
  const std::uint64_t memory_max_bytes = 128 * kBlockSize * (n + 8);

  Secret<32> key;
  const int done = EVP_PBE_scrypt(as_text(passphrase).data(), passphrase.size(), salt.data(), salt.size(), n,
                                  kBlockSize, kParallel, memory_max_bytes, key.expose_mut().data(), 32);
  if (done != 1) return Error(Code::io, "the passphrase needs " + human_size(memory_max_bytes) + " of free memory");
  return key;
}

}  // namespace muniment
