// SHA256_Init() and its like, which OpenSSL 3 would rather see called through EVP: that shows no state, which two
// interleaved streams need, and allocates for each digest (docs/decisions.md).
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/sha256.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>

#include "base/encoding.h"
#include "crypto/sha256_pair.h"

namespace muniment {
namespace {

constexpr std::size_t kBlockBytes = SHA256_CBLOCK;

}  // namespace

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

/// Takes of `bytes` what brings the stream to the end of a block, and gives the rest.
ByteView Sha256Hasher::fill_block(ByteView bytes) {
  const std::size_t count = std::min(bytes.size(), (kBlockBytes - context_->num) % kBlockBytes);
  update(bytes.first(count));
  return bytes.subspan(count);
}

/// Counts blocks that were compressed elsewhere: a number of bits in two words.
void Sha256Hasher::skip(std::size_t blocks) {
  const std::uint64_t bits = (std::uint64_t{context_->Nh} << 32 | context_->Nl) + blocks * kBlockBytes * 8;
  context_->Nl = static_cast<std::uint32_t>(bits);
  context_->Nh = static_cast<std::uint32_t>(bits >> 32);
}

void Sha256Hasher::update_both(Sha256Hasher& a, ByteView a_bytes, Sha256Hasher& b, ByteView b_bytes) {
  if (has_sha_instructions()) {
    a_bytes = a.fill_block(a_bytes);
    b_bytes = b.fill_block(b_bytes);
    const std::size_t blocks = std::min(a_bytes.size(), b_bytes.size()) / kBlockBytes;
    compress_two({a.context_->h, a_bytes.data()}, {b.context_->h, b_bytes.data()}, blocks);
    a.skip(blocks);
    b.skip(blocks);
    a_bytes = a_bytes.subspan(blocks * kBlockBytes);
    b_bytes = b_bytes.subspan(blocks * kBlockBytes);
  }
  a.update(a_bytes);
  b.update(b_bytes);
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
