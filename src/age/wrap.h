// What the kinds of stanza have in common: a file key wrapped in a body, and checks of what came from outside.
#pragma once

#include "age/header.h"
#include "crypto/aead.h"
#include "crypto/x25519.h"

namespace muniment::age {

/// The body of a stanza. `wrap_key` serves once, so that the nonce may be fixed.
Bytes wrap_file_key(const Secret<32>& wrap_key, const Nonce& nonce, const FileKey& file_key);

/// `body` has passed check_body. Errors: `denied`.
Result<FileKey> unwrap_file_key(const Secret<32>& wrap_key, const Nonce& nonce, ByteView body);

/// Called before anything is decrypted: a long body can be made to open under many keys. Errors: `corrupt`.
Result<void> check_body(const Stanza& stanza);

/// An argument that the stanza has, and that must have exactly `size` bytes. Errors: `corrupt`.
Result<Bytes> parse_argument(const Stanza& stanza, std::size_t index, std::size_t size);

/// `scalar` may be ephemeral (wrapping) or the identity's (unwrapping); `other` is the other side's key.
/// Errors: `corrupt` for a point of low order.
Result<Secret<32>> stanza_x25519(const Secret<32>& scalar, const X25519Public& other);

}  // namespace muniment::age
