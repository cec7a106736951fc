// ChaCha20-Poly1305 (RFC 8439) through libcrypto; associated data is always empty here.
#pragma once

#include <array>
#include <memory>

#include "base/secret.h"

struct evp_cipher_ctx_st;

namespace muniment {

using Nonce = std::array<std::uint8_t, 12>;
inline constexpr std::size_t kTagBytes = 16;

/// One key, many messages. Each nonce serves once.
class ChaCha20Poly1305 {
 public:
  explicit ChaCha20Poly1305(const Secret<32>& key);
  ChaCha20Poly1305(ChaCha20Poly1305&&) noexcept;
  ChaCha20Poly1305& operator=(ChaCha20Poly1305&&) noexcept;
  ~ChaCha20Poly1305();

  /// `sealed` is exactly kTagBytes longer than `plain`: ciphertext, then tag. They may not overlap.
  void seal(const Nonce& nonce, ByteView plain, MutableBytes sealed);

  /// `plain` is exactly kTagBytes shorter than `sealed`; it holds nothing of use after an error.
  /// Errors: `forged`.
  Result<void> open(const Nonce& nonce, ByteView sealed, MutableBytes plain);

 private:
  struct Free {
    void operator()(evp_cipher_ctx_st* context) const;
  };
  std::unique_ptr<evp_cipher_ctx_st, Free> sealing_;
  std::unique_ptr<evp_cipher_ctx_st, Free> opening_;
};

}  // namespace muniment
