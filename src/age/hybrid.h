// age's hybrid recipients and identities, mlkem768x25519: who copies a file sealed for them today must break both
// X25519 and ML-KEM-768 to read it later. ML-KEM needs libcrypto 3.5 at run time; texts are read and written without.
// Spec: docs/formats.md "Hybrid seals".
#pragma once

#include "age/hpke.h"
#include "age/recipient.h"

namespace muniment::age {

inline constexpr std::string_view kHybridRecipientPrefix = "age1pq";
inline constexpr std::string_view kHybridIdentityPrefix = "AGE-SECRET-KEY-PQ-";

/// The key of ML-KEM-768, then that of X25519.
using HybridPublic = std::array<std::uint8_t, 1216>;

/// True for a header that hybrid keys alone open: it has no stanza of another kind.
bool is_hybrid(const std::vector<Stanza>& stanzas);

/// True for "age1pq1…".
bool is_hybrid_recipient(std::string_view text);

class HybridRecipient final : public Recipient {
 public:
  explicit HybridRecipient(const HybridPublic& key) : key_(key) {}
  Result<Stanza> wrap(const FileKey& file_key, Random& random) const override;
  std::string_view label() const override { return "postquantum"; }
  /// "age1pq1…", 1,959 characters.
  std::string text() const override;

 private:
  HybridPublic key_;
};

class HybridIdentity final : public Identity {
 public:
  explicit HybridIdentity(Secret<32> seed);
  static HybridIdentity make(Random& random);
  Result<FileKey> unwrap(const std::vector<Stanza>& stanzas) const override;
  /// Errors: `unsupported` where libcrypto has no ML-KEM-768.
  Result<HybridRecipient> recipient() const;
  /// "AGE-SECRET-KEY-PQ-1…".
  SecretBytes text() const;

 private:
  Result<FileKey> unwrap_one(const Stanza& stanza) const;

  Secret<32> seed_;
  HybridSecrets secrets_;
  X25519Public x25519_public_;
};

}  // namespace muniment::age
