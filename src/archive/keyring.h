// The keyring: each compartment's keys, sealed once for each opener. Spec: docs/formats.md "Keyring".
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "age/keys.h"
#include "archive/charter.h"

namespace muniment {

/// The secret keys of a compartment, the newest first: an X25519 key and, where there is one, a hybrid key for each
/// time that they were renewed. As an identity it opens whatever was ever sealed for the compartment.
class CompartmentKeys final : public age::Identity {
 public:
  /// New keys. With `hybrid` a hybrid one as well. Errors: `unsupported` where libcrypto has no ML-KEM.
  static Result<CompartmentKeys> make(Random& random, bool hybrid);
  /// The text of a keyring file. Errors: `corrupt`, `unsupported`.
  static Result<CompartmentKeys> parse(std::string_view text);

  Result<age::FileKey> unwrap(const std::vector<age::Stanza>& stanzas) const override;

  /// The text of a keyring file: an age key file.
  SecretBytes text() const;
  /// The recipients of the newest keys: what the charter says of the compartment.
  std::string recipient() const;
  /// Empty when there is none, or when it was parsed where libcrypto has no ML-KEM.
  std::string hybrid() const;
  /// Wipes what only sealing the keys anew needs.
  void keep_for_opening_only() { lines_.clear(); }
  /// New keys in front of those there are.
  Result<void> renew(Random& random, bool hybrid);

 private:
  std::vector<SecretBytes> lines_;  // "AGE-SECRET-KEY-…", newest first
  std::vector<std::unique_ptr<age::Identity>> identities_;
  std::string recipient_;
  std::string hybrid_;
};

/// Somebody who opens: a custodian, a partner or the trustees, by name and age key. Lent by the caller.
struct Opener {
  std::string name;
  const age::Identity& identity;
};

/// A keyring file: the keys sealed to one opener. Errors: `corrupt` for a recipient that is none, `unsupported`.
Result<Bytes> seal_compartment_keys(const CompartmentKeys& keys, const std::string& recipient, Random& random);

/// The keyring file in force for an opener; null when the charter names none. Valid while the charter lives.
const LoggedObject* find_keyring_file(const Charter& charter, std::string_view compartment, std::string_view opener);

/// The compartment's keys, opened from the keyring of an archive and checked against the charter.
/// Errors: `denied` (not an opener: the sentence says who is), `corrupt`, `forged`, those of the store.
Result<std::unique_ptr<CompartmentKeys>> open_compartment(Store& store, const Charter& charter,
                                                          std::string_view compartment, const Opener& opener);

/// All that an opener can open, as one identity.
class OpenedCompartments final : public age::Identity {
 public:
  /// Errors: `denied` when there is none, those of open_compartment.
  static Result<OpenedCompartments> open(Store& store, const Charter& charter, const Opener& opener);

  /// Errors also: `denied`, and then the sentence says what was tried and who opens the rest.
  Result<age::FileKey> unwrap(const std::vector<age::Stanza>& stanzas) const override;
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;
  std::vector<std::unique_ptr<CompartmentKeys>> keys_;
  std::string others_;  // "identities (the trustees)": compartments that somebody else opens
};

}  // namespace muniment
