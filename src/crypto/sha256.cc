// SHA256_Init() and its like, which OpenSSL 3 would rather see called through EVP: that shows no state, which two
// interleaved streams need, and allocates for each digest (docs/decisions.md).
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/sha256.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <functional>

#include "base/encoding.h"
#include "crypto/sha256_pair.h"
#include "crypto/sha256_sixteen.h"

namespace muniment {
namespace {

constexpr std::size_t kBlockBytes = SHA256_CBLOCK;
constexpr std::size_t kLanesMax = 16;
constexpr std::size_t kLanesMin = 8;  // with fewer messages than this, two at once are quicker than sixteen

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

bool Sha256Hasher::is_better_for_both() { return has_room_for_two(); }

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

std::size_t Sha256Hasher::streams_at_once() { return has_room_for_sixteen() ? kLanesMax : 2; }

void Sha256Hasher::update_all(std::vector<Stream> streams) {
  const auto put_like_beside_like = [&streams] {
    std::ranges::sort(streams, std::ranges::greater(), [](const Stream& stream) { return stream.bytes.size(); });
  };
  put_like_beside_like();
  if (has_room_for_sixteen()) {
    for (std::size_t i = 0; i < streams.size(); i += kLanesMax)
      update_sixteen(std::span(streams).subspan(i, std::min(kLanesMax, streams.size() - i)));
    put_like_beside_like();
  }
  for (std::size_t i = 0; i + 1 < streams.size(); i += 2)
    update_both(*streams[i].hasher, streams[i].bytes, *streams[i + 1].hasher, streams[i + 1].bytes);
  if (streams.size() % 2 == 1) streams.back().hasher->update(streams.back().bytes);
}

/// Takes whole blocks of as many streams as there are, up to sixteen, while it is worth it; the rest stays in them.
void Sha256Hasher::update_sixteen(std::span<Stream> streams) {
  for (Stream& stream : streams) stream.bytes = stream.hasher->fill_block(stream.bytes);
  const auto blocks_of = [](const Stream& stream) { return stream.bytes.size() / kBlockBytes; };
  for (;;) {
    std::array<Stream*, kLanesMax> used{};
    std::size_t count = 0;
    std::size_t blocks = SIZE_MAX;
    for (Stream& stream : streams) {
      if (blocks_of(stream) == 0) continue;
      used[count++] = &stream;
      blocks = std::min(blocks, blocks_of(stream));
    }
    if (count < kLanesMin) return;
    std::array<SHA256_CTX, kLanesMax> unused;  // what empty lanes make of the first one's bytes
    std::array<HashLane, kLanesMax> lanes{};
    for (std::size_t i = 0; i < kLanesMax; ++i) {
      lanes[i] = i < count ? HashLane{used[i]->hasher->context_->h, used[i]->bytes.data()}
                           : HashLane{unused[i].h, used[0]->bytes.data()};
    }
    compress_sixteen(lanes, blocks);
    for (std::size_t i = 0; i < count; ++i) {
      used[i]->hasher->skip(blocks);
      used[i]->bytes = used[i]->bytes.subspan(blocks * kBlockBytes);
    }
    OPENSSL_cleanse(unused.data(), sizeof unused);
  }
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
