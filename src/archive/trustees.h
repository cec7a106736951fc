// The trustees' keys, derived from their one secret. Spec: docs/formats.md "Trustees".
#pragma once

#include <memory>
#include <string>

#include "age/keys.h"
#include "archive/charter.h"
#include "archive/keyring.h"

namespace muniment {

/// Lives while the trustees are together, and is wiped.
class TrusteesKeys {
 public:
  /// HKDF-SHA-256 of the secret: an age key and an Ed25519 key. With `hybrid` the age key is a hybrid one.
  /// Errors: `unsupported` where libcrypto has no ML-KEM.
  static Result<TrusteesKeys> derive(const Secret<32>& secret, bool hybrid);

  const SignerKey& signer() const { return *signer_; }
  const std::string& recipient() const { return recipient_; }
  /// For the keyring; valid while this lives.
  Opener opener() const { return {kTrustees, *identity_}; }

  /// These are the keys that the charter names. Errors: `denied`: another set of shares.
  Result<void> check(const Charter& charter) const;

 private:
  TrusteesKeys() = default;

  std::unique_ptr<age::Identity> identity_;
  std::string recipient_;
  std::unique_ptr<SignerKey> signer_;
};

}  // namespace muniment
