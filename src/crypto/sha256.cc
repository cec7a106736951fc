// libcrypto's EVP interface cannot give the state of a hash, which two interleaved streams need, and costs a small
// message twice the time of hashing it. The older one is deprecated, not gone, and runs the same assembly.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/sha256.h"

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

Sha256Hasher::Sha256Hasher() : state_(std::make_unique<SHA256state_st>()) {
  MUNIMENT_CHECK(SHA256_Init(state_.get()) == 1);
}

Sha256Hasher::Sha256Hasher(Sha256Hasher&&) noexcept = default;
Sha256Hasher& Sha256Hasher::operator=(Sha256Hasher&&) noexcept = default;
Sha256Hasher::~Sha256Hasher() = default;

void Sha256Hasher::update(ByteView bytes) {
  MUNIMENT_CHECK(SHA256_Update(state_.get(), bytes.data(), bytes.size()) == 1);
}

Sha256 Sha256Hasher::finish() {
  Sha256 digest;
  MUNIMENT_CHECK(SHA256_Final(digest.bytes.data(), state_.get()) == 1);
  MUNIMENT_CHECK(SHA256_Init(state_.get()) == 1);
  return digest;
}

/// Takes of `bytes` what brings the stream to the end of a block, and gives the rest.
ByteView Sha256Hasher::fill_block(ByteView bytes) {
  const std::size_t count = std::min(bytes.size(), (kBlockBytes - state_->num) % kBlockBytes);
  update(bytes.first(count));
  return bytes.subspan(count);
}

/// Counts blocks that were compressed elsewhere: a number of bits in two words.
void Sha256Hasher::skip(std::size_t blocks) {
  const std::uint64_t bits = (std::uint64_t{state_->Nh} << 32 | state_->Nl) + blocks * kBlockBytes * 8;
  state_->Nl = static_cast<std::uint32_t>(bits);
  state_->Nh = static_cast<std::uint32_t>(bits >> 32);
}

void Sha256Hasher::update_both(Sha256Hasher& a, ByteView a_bytes, Sha256Hasher& b, ByteView b_bytes) {
  if (has_sha_instructions()) {
    a_bytes = a.fill_block(a_bytes);
    b_bytes = b.fill_block(b_bytes);
    const std::size_t blocks = std::min(a_bytes.size(), b_bytes.size()) / kBlockBytes;
    compress_two({a.state_->h, a_bytes.data()}, {b.state_->h, b_bytes.data()}, blocks);
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
  SHA256_CTX state;
  MUNIMENT_CHECK(SHA256_Init(&state) == 1);
  MUNIMENT_CHECK(SHA256_Update(&state, bytes.data(), bytes.size()) == 1);
  MUNIMENT_CHECK(SHA256_Final(digest.bytes.data(), &state) == 1);
  return digest;
}

}  // namespace muniment
