// X25519 (RFC 7748) through libcrypto.
#pragma once

#include <array>

#include "base/secret.h"

namespace muniment {

using X25519Public = std::array<std::uint8_t, 32>;

X25519Public x25519_public(const Secret<32>& scalar);

/// The shared secret. Errors: `forged` when it is all zero, as a low-order point makes it (RFC 7748 section 6.1).
Result<Secret<32>> x25519(const Secret<32>& scalar, const X25519Public& other);

}  // namespace muniment
