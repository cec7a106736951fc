// A holder's key file: an age key and an Ed25519 key in one age file under a passphrase.
// Spec: docs/formats.md "Key file". `age -d` opens it, and `age -i` takes it as it is.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "age/keys.h"
#include "archive/keyring.h"
#include "base/fs.h"
#include "note/cosignature.h"

namespace muniment {

inline constexpr std::uint64_t kKeyFileBytesMax = 64 * 1024;

/// Opened keys of one holder.
class HolderKeys {
 public:
  /// New keys; with `hybrid` the age key is a hybrid one. `pseudonym` has passed check_pseudonym. Only make where
  /// libcrypto has ML-KEM asks for a hybrid key.
  static HolderKeys make(std::string pseudonym, Random& random, bool hybrid = false);
  /// The text inside a key file. Errors: `corrupt`.
  static Result<HolderKeys> parse(std::string_view text);

  const std::string& pseudonym() const { return pseudonym_; }
  /// True when the charter names these very keys as a custodian's.
  bool is_custodian_of(const Charter& charter) const;
  /// What a charter says of the holder.
  Holder holder() const { return {recipient_, signer_->verifier()}; }
  /// For the keyring; valid while this lives.
  Opener opener() const { return {pseudonym_, *identity_}; }
  const age::Identity& identity() const { return *identity_; }
  /// "age1…" or "age1pq1…".
  const std::string& recipient() const { return recipient_; }
  const SignerKey& signer() const { return *signer_; }
  /// For cosigning the logs of others: a key of its own, derived, since what a cosigner signs names nobody.
  CosignerSigner cosigner() const;

  /// The seed of the Ed25519 key of an onion service: derived as well, so that its address does not tell whose it is.
  Secret<32> onion_seed() const;

  /// The text of the key file, to be sealed.
  SecretBytes text() const;

 private:
  HolderKeys(std::string pseudonym, SecretBytes age_line, std::unique_ptr<age::Identity> identity,
             std::string recipient, Secret<32> seed);

  std::string pseudonym_;
  SecretBytes age_line_;                     // "AGE-SECRET-KEY-…"
  std::unique_ptr<age::Identity> identity_;  // by pointer, so that a moved HolderKeys keeps its address
  std::string recipient_;
  Secret<32> seed_;
  std::unique_ptr<SignerKey> signer_;
};

/// `log2_n` is scrypt's work factor; tests take a small one.
Result<void> write_key_file(Fs& fs, const std::string& path, const HolderKeys& keys, SecretBytes passphrase,
                            Random& random, unsigned log2_n = age::kScryptLog2N);

/// Errors: `denied` (wrong passphrase), `not_found`, `corrupt`, those of age::open_bytes.
Result<HolderKeys> read_key_file(Fs& fs, const std::string& path, SecretBytes passphrase);

}  // namespace muniment
