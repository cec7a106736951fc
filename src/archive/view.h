// An archive as its log tells it: charter, deposits, who vouches for them. Read in one pass over the entries.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "archive/charter.h"
#include "archive/id.h"
#include "archive/receipt.h"
#include "ledger/log.h"

namespace muniment {

struct LoggedDeposit {
  std::uint64_t index = 0;
  Sha256 id;
  std::uint64_t bytes = 0;
  std::uint64_t parts = 0;
};

/// Something that is wrong, for a report: "part-0000003" "has been altered or cut".
struct Finding {
  std::string object;
  std::string what;
};

struct UnknownEntry {
  std::uint64_t index = 0;
  std::string kind;
};

struct ArchiveView {
  Sha256 id;
  std::string charter_note;
  Charter charter;
  SignedHead head;
  std::vector<LoggedDeposit> deposits;  // in the order of the log, ids unique
  std::uint64_t accepted_size = 0;      // a custodian vouches for the entries below this index
  std::vector<UnknownEntry> unknown;    // kinds that this program does not know: kept and checked
  std::vector<std::string> objections;  // entries that mean nothing here, one sentence each

  bool is_accepted(const LoggedDeposit& deposit) const { return deposit.index < accepted_size; }
  /// By hexadecimal id, or as much of its start (8 digits at least) as is unique. Errors: `not_found`, `invalid`.
  Result<LoggedDeposit> find_deposit(std::string_view id_start) const;
};

/// The charter of a store, whose digest is its id. The object charter/1, or entry 0 where that is lost.
/// Errors: `not_found`, `forged` (not the pinned archive), `corrupt`.
struct FoundCharter {
  Sha256 id;
  std::string note;
  Charter charter;
};
Result<FoundCharter> read_charter(Store& store, const std::optional<IdPin>& pin);

/// Everything that the log says, held against its signed head. Errors: `not_found` (no archive there), `forged`,
/// `corrupt`, those of the store.
Result<ArchiveView> view_archive(Store& store, const std::optional<IdPin>& pin);

/// The same at an older or newer head of the same log.
Result<ArchiveView> view_at(Store& store, FoundCharter charter, SignedHead head);

/// The note "accept": one custodian vouches for every entry before it. `head` is the tree it will stand behind.
std::string make_accept(const Sha256& archive, const tlog::TreeHead& head, const SignerKey& custodian);

}  // namespace muniment
