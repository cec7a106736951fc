#include "crypto/sha256.h"

#include <openssl/evp.h>

#include "base/encoding.h"

namespace muniment {
namespace {

/// Fetched once: a look-up by name costs more than hashing a log entry. A libcrypto without SHA-256 is of no use.
const EVP_MD* sha256_algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  MUNIMENT_CHECK(algorithm != nullptr);
  return algorithm;
}

}  // namespace

std::string Sha256::hex() const { return to_hex(bytes); }

Result<Sha256> parse_sha256(std::string_view hex) {
  Sha256 digest;
  TRY(from_hex_into(hex, digest.bytes));
  return digest;
}

void Sha256Hasher::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Sha256Hasher::Sha256Hasher() : context_(EVP_MD_CTX_new()) {
  MUNIMENT_CHECK(context_ != nullptr);
  MUNIMENT_CHECK(EVP_DigestInit_ex2(context_.get(), sha256_algorithm(), nullptr) == 1);
}

Sha256Hasher::Sha256Hasher(Sha256Hasher&&) noexcept = default;
Sha256Hasher& Sha256Hasher::operator=(Sha256Hasher&&) noexcept = default;
Sha256Hasher::~Sha256Hasher() = default;

void Sha256Hasher::update(ByteView bytes) {
  MUNIMENT_CHECK(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
}

Sha256 Sha256Hasher::finish() {
  Sha256 digest;
  MUNIMENT_CHECK(EVP_DigestFinal_ex(context_.get(), digest.bytes.data(), nullptr) == 1);
  // Without an algorithm the context keeps the one it has, and its memory.
  MUNIMENT_CHECK(EVP_DigestInit_ex2(context_.get(), nullptr, nullptr) == 1);
  return digest;
}

Sha256 sha256(ByteView bytes) {
  Sha256 digest;
  MUNIMENT_CHECK(EVP_Digest(bytes.data(), bytes.size(), digest.bytes.data(), nullptr, sha256_algorithm(), nullptr) ==
                 1);
  return digest;
}

}  // namespace muniment
