// Recipients and identities of age v1: X25519 and scrypt here, the hybrid kind in age/hybrid.h. A further kind is one
// more class of each and one more line in parse_recipient and parse_identity.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "age/recipient.h"
#include "crypto/x25519.h"

namespace muniment::age {

class X25519Recipient final : public Recipient {
 public:
  explicit X25519Recipient(const X25519Public& key) : key_(key) {}
  Result<Stanza> wrap(const FileKey& file_key, Random& random) const override;
  std::string_view label() const override { return "X25519"; }
  std::string text() const override;

 private:
  X25519Public key_;
};

class X25519Identity final : public Identity {
 public:
  explicit X25519Identity(Secret<32> scalar);
  static X25519Identity make(Random& random);
  Result<FileKey> unwrap(const std::vector<Stanza>& stanzas) const override;
  X25519Recipient recipient() const { return X25519Recipient(public_); }
  /// "AGE-SECRET-KEY-1…".
  SecretBytes text() const;

 private:
  Result<FileKey> unwrap_one(const Stanza& stanza) const;

  Secret<32> scalar_;
  X25519Public public_;
};

/// Work factors (log2 N): what new files get (256 MiB of memory), and what a file of unknown origin may cost (4 GiB).
/// age itself writes 18 and accepts 22.
inline constexpr unsigned kScryptLog2N = 18;
inline constexpr unsigned kScryptLog2NMax = 22;

class ScryptRecipient final : public Recipient {
 public:
  explicit ScryptRecipient(SecretBytes passphrase, unsigned log2_n = kScryptLog2N);
  Result<Stanza> wrap(const FileKey& file_key, Random& random) const override;
  std::string_view label() const override { return "scrypt"; }
  std::string text() const override { return {}; }

 private:
  SecretBytes passphrase_;
  unsigned log2_n_;
};

class ScryptIdentity final : public Identity {
 public:
  explicit ScryptIdentity(SecretBytes passphrase, unsigned log2_n_max = kScryptLog2NMax);
  /// Errors also: `corrupt` when an scrypt stanza is not the only stanza.
  Result<FileKey> unwrap(const std::vector<Stanza>& stanzas) const override;

 private:
  SecretBytes passphrase_;
  unsigned log2_n_max_;
};

/// "age1…" or "age1pq1…", which needs no ML-KEM yet. Errors: `corrupt`, `unsupported` (a kind this build does not know:
/// the sentence names it).
Result<std::unique_ptr<Recipient>> parse_recipient(std::string_view text);

/// "AGE-SECRET-KEY-1…" or "AGE-SECRET-KEY-PQ-1…". Errors: `corrupt`, `unsupported`.
Result<std::unique_ptr<Identity>> parse_identity(std::string_view text);

/// The recipient of an identity's text, "age1…" or "age1pq1…". Errors: as parse_identity; `unsupported` for a hybrid
/// one where libcrypto has no ML-KEM-768.
Result<std::string> recipient_of(std::string_view identity);

/// An age key file: one identity a line; empty lines and lines that start with '#' are skipped; CRLF is accepted.
/// At least one identity. Errors: those of parse_identity with the line's number, `corrupt` when there is none,
/// `limit` above 1,024.
Result<std::vector<std::unique_ptr<Identity>>> parse_key_file(std::string_view text);

}  // namespace muniment::age
