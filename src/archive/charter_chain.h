// The chain of charters from the pinned charter/1 to the newest. Charters travel as files beside the log and as its
// entries; whichever way one came, it counts only if it follows. Spec: docs/formats.md "Charter".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/charter.h"
#include "archive/id.h"

namespace muniment {

struct CharterVersion {
  std::string note;  // charter/<version>, byte for byte
  Charter charter;
  Sha256 digest;  // of the note
};

/// "charter/3".
ObjectName charter_name(std::uint64_t version);

struct FoundCharter {
  Sha256 id;
  std::string note;                      // charter/1: its digest is the id
  Charter charter;                       // the newest
  std::vector<CharterVersion> versions;  // from charter/1 to the newest, one at least

  /// Starts a chain. Errors: those of parse_charter, `corrupt` for a later version.
  static Result<FoundCharter> start(std::string_view note);
  /// Adds the version that follows. Errors: those of parse_charter and check_succession.
  Result<void> follow(std::string_view note);
  /// Adds whatever follows of another chain of the same archive. Errors: `forged` when the two chains part: people of
  /// the archive have signed two different charters of one version.
  Result<void> follow(const FoundCharter& other);
};

/// The charters of a store: charter/1 (or entry 0 where that is lost), whose digest is the id, and what follows it in
/// the files charter/2, charter/3 … A file that does not follow ends the chain. Errors: `not_found`, `forged` (not the
/// pinned archive), `corrupt`.
Result<FoundCharter> read_charter(Store& store, const std::optional<IdPin>& pin);

}  // namespace muniment
