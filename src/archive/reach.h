// What a person's keys reach: what whoever seizes them can read and do, by the charters alone, without any key.
// Spec: docs/cli.md "muniment exposure --custodian"; docs/formats.md "Authority", "Keyring".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "archive/view.h"

namespace muniment {

/// A compartment and what one person's keys open of it.
struct CompartmentReach {
  std::string name;
  bool is_opener = false;  // by the charter in force
  // The last charter that gave keys; none when no charter ever did. The keyring file of that charter, on any old copy,
  // still opens what was sealed under its keys.
  std::optional<std::uint64_t> last_charter;
  bool has_newest_keys = false;  // what is sealed today opens as well: nobody has renewed the keys since
};

/// In the order in which they are told: what one person can do, then what people decide together.
enum class Deed {
  take_in,        // into the log, vouched for; where it is not the home, a log of one's own
  veto,           // stop a removal
  hold,           // a legal hold
  reseal,         // that keeps the older seals
  remove,         // deposits, or end a legal hold
  remove_sooner,  // with a hold that is shorter than the charter's
  drop_seals,     // reseal that drops the older ones
  people,         // a charter that changes custodians, partners, log keys
  foundations,    // a charter that changes what is the trustees'
};

/// "take in": for --json.
std::string_view name_of(Deed deed);

struct Power {
  Deed deed = Deed::take_in;
  unsigned others = 0;          // people who must sign besides; 0: alone
  bool needs_trustees = false;  // who are then among the others, all that must come together
};

struct PersonsReach {
  bool is_custodian = false;  // by the charter in force
  bool is_partner = false;
  std::vector<CompartmentReach> compartments;  // of every charter there was, in the order of their names
  std::vector<Power> powers;                   // of a custodian
  // No entry says for which compartment a deposit is sealed: all that may be readable, and whether all of them are.
  std::vector<LoggedDeposit> deposits;
  bool reads_all_deposits = false;
};

/// Errors: `not_found` for a name that no charter of the archive gives to a custodian or a partner.
Result<PersonsReach> find_reach(const ArchiveView& view, const std::string& name);

}  // namespace muniment
