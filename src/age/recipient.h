// Whom age files are sealed for and who opens them, and what the kinds of stanza have in common: a file key wrapped in
// a body, and checks of what came from outside.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "age/header.h"
#include "base/random.h"
#include "crypto/aead.h"
#include "crypto/x25519.h"

namespace muniment::age {

class Recipient {
 public:
  virtual ~Recipient() = default;
  /// Errors: `corrupt` (a key of low order, or none of ML-KEM), `io`, `unsupported`.
  virtual Result<Stanza> wrap(const FileKey& file_key, Random& random) const = 0;
  /// Recipients of different labels may not share a file (C2SP age: hybrid and classic, anything beside scrypt).
  virtual std::string_view label() const = 0;
  /// "age1…", or empty for a passphrase.
  virtual std::string text() const = 0;
};

class Identity {
 public:
  virtual ~Identity() = default;
  /// The file key in one of these stanzas. Errors: `denied` when none is for this identity, `corrupt` for a
  /// stanza of this kind that is malformed, `limit` for an scrypt work factor above the one allowed, `unsupported`
  /// for a hybrid stanza where libcrypto has no ML-KEM-768.
  virtual Result<FileKey> unwrap(const std::vector<Stanza>& stanzas) const = 0;
};

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
