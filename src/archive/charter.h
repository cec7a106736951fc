// The charter: who holds which keys, who may do what, where the log is. Spec: docs/formats.md "Charter".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "archive/entry.h"
#include "ledger/log.h"
#include "note/note.h"

namespace muniment {

/// A custodian, named by pseudonym. The name of the note key is the pseudonym.
struct Holder {
  std::string recipient;  // "age1…"
  VerifierKey key;
  const std::string& pseudonym() const { return key.name; }
};

/// The compartment of this version.
inline constexpr const char* kEvidence = "evidence";

struct Compartment {
  std::string name;                  // "evidence"
  std::string recipient;             // "age1…": what deposits are sealed to
  std::vector<std::string> openers;  // pseudonyms: for whom the keyring holds the compartment's key
};

struct Charter {
  std::string origin;  // of the log: 32 hexadecimal digits and ".muniment"
  std::string home;    // 32 hexadecimal digits: which place appends
  std::vector<Holder> custodians;
  VerifierKey log_key;  // counts from entry 0
  std::vector<Compartment> compartments;
  std::vector<LoggedObject> objects;  // README.txt and the keyring

  LogIdentity log() const { return {origin, {log_key}}; }
  std::vector<VerifierKey> custodian_keys() const;
  /// Null when there is none; valid while the charter lives.
  const Compartment* find_compartment(std::string_view name) const;
};

/// The text of charter/1, ready to be signed.
std::string render_charter(const Charter& charter);

/// The whole note charter/1: parsed, and signed by one of the custodians whom it names. Says nothing about whose
/// charter it is: compare sha256 of the note with the pinned id. Errors: `corrupt`, `forged`, `unsupported` (a later
/// version).
Result<Charter> parse_charter(std::string_view note);

/// Where the keyring holds a compartment's key for an opener: "keyring/1/evidence/custodian-1.age".
ObjectName keyring_name(std::string_view compartment, std::string_view opener);

/// Errors: `invalid` for a pseudonym that cannot be a note key's name and a file's name.
Result<void> check_pseudonym(std::string_view pseudonym);

inline constexpr std::uint64_t kCharterBytesMax = 60'000;  // it is a log entry

}  // namespace muniment
