// The payload of an age v1 file (C2SP age section "Payload"): STREAM in chunks of 64 KiB.
#pragma once

#include "base/bytes.h"
#include "base/secret.h"
#include "crypto/aead.h"

namespace muniment::age {

inline constexpr std::size_t kChunkBytes = 65536;
inline constexpr std::size_t kSealedChunkBytes = kChunkBytes + kTagBytes;

/// The size of the sealed payload of `plain_bytes`, without header and nonce; an empty payload is one empty chunk.
std::uint64_t sealed_size(std::uint64_t plain_bytes);

/// Plain bytes in, sealed chunks out: each call of `out` gets one whole chunk, the last one may be short.
class StreamSealer {
 public:
  StreamSealer(const Secret<32>& payload_key, ByteSink out);
  Result<void> write(ByteView plain);
  /// Seals what is left as the last chunk. Nothing may be written afterwards.
  Result<void> finish();

 private:
  Result<void> seal_chunk(ByteView plain, bool last);

  ChaCha20Poly1305 cipher_;
  ByteSink out_;
  SecretBytes pending_;  // plain; room for one chunk: only the next write tells that it is not the last
  std::size_t pending_bytes_ = 0;
  Bytes sealed_;
  std::uint64_t counter_ = 0;
};

/// Sealed bytes in, in pieces of any size; authenticated plain bytes out, chunk by chunk.
/// What `out` got is authentic up to there; only finish() tells that the payload is whole.
/// Errors of both calls: `forged` (altered, cut within a chunk, or bytes after the last chunk), `corrupt` (cut off
/// between two chunks), and those of `out`. After an error nothing succeeds any more.
class StreamOpener {
 public:
  StreamOpener(const Secret<32>& payload_key, ByteSink out);
  Result<void> write(ByteView sealed);
  Result<void> finish();

 private:
  Result<void> open_full_chunk(ByteView sealed);
  Result<void> decrypt(ByteView sealed, bool last);
  Result<void> release(std::size_t plain_bytes, bool last);

  ChaCha20Poly1305 cipher_;
  ByteSink out_;
  Bytes pending_;      // up to one sealed chunk
  SecretBytes plain_;  // room for one chunk
  std::uint64_t counter_ = 0;
  bool whole_ = false;  // the last chunk was opened
};

}  // namespace muniment::age
