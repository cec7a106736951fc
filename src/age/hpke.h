// The parts of HPKE (RFC 9180) and of its hybrid KEM MLKEM768-X25519, "X-Wing" (draft-ietf-hpke-pq-03 section 4), that
// age's mlkem768x25519 stanzas are made of.
#pragma once

#include "crypto/aead.h"
#include "crypto/mlkem.h"
#include "crypto/x25519.h"

namespace muniment::age {

/// The two private keys that the 32-byte seed of a hybrid key stands for: SHAKE-256 of it, cut.
struct HybridSecrets {
  MlKem768Seed mlkem;
  Secret<32> x25519;
};
HybridSecrets expand_hybrid_seed(const Secret<32>& seed);

/// The KEM's shared secret, from those of both halves and from what X25519 does not bind by itself.
Secret<32> combine_hybrid(const Secret<32>& mlkem_shared, const Secret<32>& x25519_shared, const X25519Public& share,
                          const X25519Public& recipient);

/// The key and the first nonce of RFC 9180 section 5.1, mode base, HKDF-SHA-256, ChaCha20-Poly1305. `base_nonce` is
/// the nonce of the first message, and there is only one.
struct HpkeContext {
  Secret<32> key;
  Nonce base_nonce{};
};
HpkeContext hpke_key_schedule(const Secret<32>& shared, std::string_view info);

}  // namespace muniment::age
