// Ed25519 (RFC 8032) through libcrypto. A private key is its 32-byte seed.
#pragma once

#include <array>

#include "base/secret.h"

namespace muniment {

using Ed25519Public = std::array<std::uint8_t, 32>;
using Ed25519Signature = std::array<std::uint8_t, 64>;

Ed25519Public ed25519_public(const Secret<32>& seed);
/// What a signer uses in place of the seed: the scalar and the prefix (RFC 8032 section 5.1.5), as Tor wants keys.
Secret<64> ed25519_expanded(const Secret<32>& seed);
Ed25519Signature ed25519_sign(const Secret<32>& seed, ByteView message);
/// Errors: `forged`, also for a signature that is not 64 bytes long.
Result<void> ed25519_verify(const Ed25519Public& key, ByteView message, ByteView signature);

}  // namespace muniment
