// The charter: who holds which keys, who may do what, where the log is. Spec: docs/formats.md "Charter".
// A charter has versions, each chained to the one before by its digest; who must sign a new one is in authority.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/entry.h"
#include "ledger/log.h"
#include "note/note.h"
#include "shares/commitment.h"
#include "tlog/policy.h"

namespace muniment {

/// A custodian, named by pseudonym. The name of the note key is the pseudonym.
struct Holder {
  std::string recipient;  // "age1…"
  VerifierKey key;
  const std::string& pseudonym() const { return key.name; }
  bool operator==(const Holder&) const = default;
};

/// Somebody who reads what a compartment holds and signs nothing.
struct Partner {
  std::string pseudonym;
  std::string recipient;
  bool operator==(const Partner&) const = default;
};

/// The name by which the trustees sign and open.
inline constexpr const char* kTrustees = "trustees";

/// The people who together open what nobody opens alone. Their keys derive from one secret, dealt in shares.
struct Trustees {
  unsigned threshold = 0;  // how many must come together, two at least
  unsigned count = 0;      // shares
  std::uint64_t set = 0;   // 1 for the shares that were dealt first, one more each time
  std::string recipient;
  VerifierKey key;                      // its name is kTrustees
  std::vector<ShareCommitment> shares;  // as many as `count`
  bool operator==(const Trustees&) const = default;
};

/// How many people must sign, and what a mirror may destroy.
struct Rules {
  unsigned charter = 1;                  // a new charter
  unsigned reseal = 2;                   // to drop older seals; two at least
  unsigned remove = 2;                   // to remove deposits, or to end a legal hold; two at least
  std::uint64_t hold_days = 30;          // between a removal and its destruction
  std::uint64_t removals_per_week = 20;  // what a mirror destroys in seven days at the most
  bool operator==(const Rules&) const = default;
};

/// The compartments of every archive: what custodians open, and what only the trustees do.
inline constexpr const char* kEvidence = "evidence";
inline constexpr const char* kIdentities = "identities";
/// Where an archive has one of this name, accounts of testimonies are sealed for it.
inline constexpr const char* kTestimonies = "testimonies";

/// How the text of a charter begins, and what stands in it for a compartment without a hybrid key.
inline constexpr std::string_view kCharterTitle = "muniment/charter/v1";
inline constexpr std::string_view kNoHybrid = "none";

struct Compartment {
  std::string name;
  bool is_closed = false;            // nothing new is sealed for it
  std::string recipient;             // "age1…", X25519: what deposits are sealed to where nothing better is known
  std::string hybrid;                // "age1pq1…", or empty in an archive that was founded without ML-KEM
  std::vector<std::string> openers;  // pseudonyms or kTrustees: for whom the keyring holds the compartment's keys
  bool operator==(const Compartment&) const = default;
};

struct Charter {
  std::uint64_t version = 1;
  Sha256 archive;      // from version 2 on: the archive's id
  Sha256 previous;     // from version 2 on: the digest of the charter before
  std::string origin;  // of the log: 32 hexadecimal digits and ".muniment"
  std::string home;    // 32 hexadecimal digits: which place appends
  std::vector<Holder> custodians;
  std::vector<Partner> partners;
  std::optional<Trustees> trustees;
  Rules rules;
  std::vector<LogKey> log_keys;  // one at least, the first from entry 0
  tlog::Policy policy;           // who must have cosigned a head; no addresses: the log says nothing of where they are
  std::vector<Compartment> compartments;
  std::vector<LoggedObject> objects;  // README.txt and the keyring

  LogIdentity log() const { return {origin, log_keys}; }
  std::vector<VerifierKey> custodian_keys() const;
  /// Null when there is none; valid while the charter lives.
  const Compartment* find_compartment(std::string_view name) const;
  const Holder* find_custodian(std::string_view pseudonym) const;
  /// The recipient of a custodian, a partner or the trustees; empty when nobody has that name.
  std::string recipient_of(std::string_view name) const;
  /// Who opens a compartment that has a hybrid key with a classic one: to whoever has the keyring and a quantum
  /// computer the compartment is as weak as that.
  std::vector<std::string> weak_openers_of(const Compartment& compartment) const;
};

/// The text of a charter, ready to be signed.
std::string render_charter(const Charter& charter);

/// Where the keyring holds a compartment's keys for an opener: "keyring/1/evidence/custodian-1.age". `version` is that
/// of the charter that first names the file.
ObjectName keyring_name(std::uint64_t version, std::string_view compartment, std::string_view opener);

/// What such a name says; nothing when the name is of another form.
struct KeyringName {
  std::uint64_t version = 0;
  std::string compartment;
  std::string opener;
};
std::optional<KeyringName> parse_keyring_name(const ObjectName& name);

/// Errors: `invalid` for a pseudonym that cannot be a note key's name and a file's name.
Result<void> check_pseudonym(std::string_view pseudonym);

inline constexpr std::uint64_t kCharterVersionMax = 1'000'000;
inline constexpr std::uint64_t kCharterBytesMax = 60'000;  // it is a log entry

}  // namespace muniment
