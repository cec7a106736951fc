#include "crypto/sha256.h"

// SHA256_Init() and its like, which OpenSSL 3 would rather see called through EVP: that allocates for each digest, and
// for the short pieces of a log takes a quarter longer (docs/decisions.md).
#define OPENSSL_SUPPRESS_DEPRECATED

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include "base/encoding.h"

namespace muniment {

std::string Sha256::hex() const { return to_hex(bytes); }

Result<Sha256> parse_sha256(std::string_view hex) {
  Sha256 digest;
  TRY(from_hex_into(hex, digest.bytes));
  return digest;
}

void Sha256Hasher::Free::operator()(SHA256state_st* context) const { OPENSSL_clear_free(context, sizeof *context); }

// In libcrypto's own memory, which is kept like a secret: it may hold the beginning of one.
Sha256Hasher::Sha256Hasher() : context_(static_cast<SHA256_CTX*>(OPENSSL_malloc(sizeof(SHA256_CTX)))) {
  MUNIMENT_CHECK(context_ != nullptr);
  MUNIMENT_CHECK(SHA256_Init(context_.get()) == 1);
}

Sha256Hasher::Sha256Hasher(Sha256Hasher&&) noexcept = default;
Sha256Hasher& Sha256Hasher::operator=(Sha256Hasher&&) noexcept = default;
Sha256Hasher::~Sha256Hasher() = default;

void Sha256Hasher::update(ByteView bytes) {
  MUNIMENT_CHECK(SHA256_Update(context_.get(), bytes.data(), bytes.size()) == 1);
}

Sha256 Sha256Hasher::finish() {
  Sha256 digest;
  MUNIMENT_CHECK(SHA256_Final(digest.bytes.data(), context_.get()) == 1);
  MUNIMENT_CHECK(SHA256_Init(context_.get()) == 1);
  return digest;
}

Sha256 sha256(ByteView bytes) {
  Sha256 digest;
  SHA256_CTX context;
  MUNIMENT_CHECK(SHA256_Init(&context) == 1);
  MUNIMENT_CHECK(SHA256_Update(&context, bytes.data(), bytes.size()) == 1);
  MUNIMENT_CHECK(SHA256_Final(digest.bytes.data(), &context) == 1);
  OPENSSL_cleanse(&context, sizeof context);
  return digest;
}

}  // namespace muniment
