#include "age/stream.h"

#include <algorithm>
#include <string>
#include <utility>

namespace muniment::age {
namespace {

/// 11 bytes of counter, big-endian, and one that tells the last chunk from the others.
Nonce chunk_nonce(std::uint64_t counter, bool last) {
  Nonce nonce{};
  for (std::size_t i = 0; i < 8; ++i) nonce[10 - i] = static_cast<std::uint8_t>(counter >> (8 * i));
  nonce[11] = last ? 1 : 0;
  return nonce;
}

}  // namespace

std::uint64_t sealed_size(std::uint64_t plain_bytes) {
  const std::uint64_t chunks = plain_bytes == 0 ? 1 : (plain_bytes - 1) / kChunkBytes + 1;
  return plain_bytes + chunks * kTagBytes;
}

StreamSealer::StreamSealer(const Secret<32>& payload_key, ByteSink out)
    : cipher_(payload_key), out_(std::move(out)), pending_(kChunkBytes), sealed_(kSealedChunkBytes) {}

Result<void> StreamSealer::write(ByteView plain) {
  while (!plain.empty()) {
    // More follows a full chunk, so it is not the last one.
    if (pending_bytes_ == kChunkBytes) {
      TRY(seal_chunk(pending_.expose(), false));
      pending_bytes_ = 0;
    }
    if (pending_bytes_ == 0 && plain.size() > kChunkBytes) {
      TRY(seal_chunk(plain.first(kChunkBytes), false));  // straight from the caller's bytes
      plain = plain.subspan(kChunkBytes);
      continue;
    }
    const std::size_t taken = std::min(plain.size(), kChunkBytes - pending_bytes_);
    std::copy_n(plain.begin(), taken, pending_.expose_mut().subspan(pending_bytes_).begin());
    pending_bytes_ += taken;
    plain = plain.subspan(taken);
  }
  return {};
}

Result<void> StreamSealer::finish() { return seal_chunk(pending_.expose().first(pending_bytes_), true); }

Result<void> StreamSealer::seal_chunk(ByteView plain, bool last) {
  const MutableBytes sealed = MutableBytes(sealed_).first(plain.size() + kTagBytes);
  cipher_.seal(chunk_nonce(counter_++, last), plain, sealed);
  return out_(sealed);
}

StreamOpener::StreamOpener(const Secret<32>& payload_key, ByteSink out)
    : cipher_(payload_key), out_(std::move(out)), plain_(kChunkBytes) {
  pending_.reserve(kSealedChunkBytes);
}

Result<void> StreamOpener::write(ByteView sealed) {
  while (!sealed.empty()) {
    if (whole_) {
      whole_ = false;  // whatever is asked next fails too
      return Error(Code::forged, "bytes follow the last chunk");
    }
    if (pending_.empty() && sealed.size() >= kSealedChunkBytes) {
      TRY(open_full_chunk(sealed.first(kSealedChunkBytes)));  // straight from the caller's bytes
      sealed = sealed.subspan(kSealedChunkBytes);
      continue;
    }
    const std::size_t taken = std::min(sealed.size(), kSealedChunkBytes - pending_.size());
    append(pending_, sealed.first(taken));
    sealed = sealed.subspan(taken);
    if (pending_.size() == kSealedChunkBytes) {
      TRY(open_full_chunk(pending_));
      pending_.clear();
    }
  }
  return {};
}

Result<void> StreamOpener::finish() {
  if (whole_) return {};
  if (pending_.size() < kTagBytes) return Error(Code::corrupt, "the payload is cut off: its last chunk is missing");
  TRY(decrypt(pending_, true));
  if (pending_.size() == kTagBytes && counter_ > 0) {
    return Error(Code::corrupt, "the payload's last chunk is empty, which only an empty payload's may be");
  }
  return release(pending_.size() - kTagBytes, true);
}

Result<void> StreamOpener::open_full_chunk(ByteView sealed) {
  // A full chunk is nearly always followed by another, but the last one may be full too. Both are tried at once, so
  // that no chunk waits for the bytes after it.
  bool last = false;
  if (!decrypt(sealed, last)) {
    last = true;
    TRY(decrypt(sealed, last));
  }
  return release(kChunkBytes, last);
}

Result<void> StreamOpener::decrypt(ByteView sealed, bool last) {
  const MutableBytes plain = plain_.expose_mut().first(sealed.size() - kTagBytes);
  if (cipher_.open(chunk_nonce(counter_, last), sealed, plain)) return {};
  return Error(Code::forged, "the payload was altered, or cut within a chunk: the tag of chunk " +
                                 std::to_string(counter_) + " does not match");
}

Result<void> StreamOpener::release(std::size_t plain_bytes, bool last) {
  ++counter_;
  whole_ = last;
  return out_(plain_.expose().first(plain_bytes));
}

}  // namespace muniment::age
