// An archive as its log tells it: charter, deposits, who vouches for them. Read in one pass over the entries.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "archive/charter_chain.h"
#include "archive/order.h"
#include "archive/receipt.h"
#include "ledger/log.h"

namespace muniment {

struct Sha256Hash {
  std::size_t operator()(const Sha256& digest) const {
    std::size_t value = 0;
    for (std::size_t i = 0; i < sizeof value; ++i) value = (value << 8) | digest.bytes[i];
    return value;
  }
};

/// An order to remove that was not vetoed; of several for one deposit the one with the shortest hold.
struct Removal {
  std::uint64_t index = 0;
  std::string order;  // its number
  std::uint64_t hold_days = 0;
};

struct LoggedDeposit {
  std::uint64_t index = 0;
  Sha256 id;
  std::uint64_t bytes = 0;
  std::uint64_t parts = 0;
  std::vector<Seal> seals;         // that were added, ascending; seal 0 is the receipt's
  std::uint64_t oldest_seal = 0;   // the ones below were dropped by a reseal
  std::optional<Removal> removal;  // withdrawn: not served, and destroyed after the hold
  bool is_held = false;            // a legal hold: not destroyed

  std::uint64_t newest_seal() const { return seals.empty() ? 0 : seals.back().number; }
  /// Those that no reseal has dropped, the newest first.
  std::vector<Seal> seals_in_force(const Receipt& receipt) const;
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

struct LoggedOrder {
  std::uint64_t index = 0;
  Order order;
  Signers signers;
};

struct LoggedCharter {
  std::uint64_t index = 0;
  std::uint64_t version = 0;
};

struct ArchiveView {
  Sha256 id;
  FoundCharter chain;                   // the charters that were logged
  Charter charter;                      // the one in force: the newest of them
  std::vector<LoggedCharter> charters;  // where in the log
  SignedHead head;
  std::vector<LoggedDeposit> deposits;                            // in the order of the log, ids unique
  std::vector<LoggedOrder> orders;                                // signed by enough people, and counting
  std::vector<std::pair<std::uint64_t, std::uint64_t>> accepted;  // what somebody vouches for: from, up to but without
  std::vector<UnknownEntry> unknown;    // kinds that this program does not know: kept and checked
  std::vector<ObjectName> next_cards;   // where cards lie that follow others
  std::vector<std::string> objections;  // entries that mean nothing here, one sentence each

  /// Somebody of the archive has signed for the entry. The log key alone vouches for nothing.
  bool is_vouched_for(std::uint64_t index) const;
  bool is_accepted(const LoggedDeposit& deposit) const { return is_vouched_for(deposit.index); }
  void vouch(std::uint64_t from, std::uint64_t to);
  /// By the whole id; null when the log names no such deposit. Valid while the view lives.
  const LoggedDeposit* deposit(const Sha256& deposit_id) const;
  /// By hexadecimal id, or as much of its start (8 digits at least) as is unique. Errors: `not_found`, `invalid`.
  Result<LoggedDeposit> find_deposit(std::string_view id_start) const;

  std::unordered_map<Sha256, std::size_t, Sha256Hash> by_id;  // into `deposits`
};

/// Everything that the log says, held against its signed head. Errors: `not_found` (no archive there), `forged`,
/// `corrupt`, those of the store.
Result<ArchiveView> view_archive(Store& store, const std::optional<IdPin>& pin);

/// The same at an older or newer head of the same log.
Result<ArchiveView> view_at(Store& store, FoundCharter charter, SignedHead head);

/// The note "accept": one custodian vouches for the entries from `from` on before it. `head` is the tree it will stand
/// behind.
std::string make_accept(const Sha256& archive, std::uint64_t from, const tlog::TreeHead& head,
                        const SignerKey& custodian);

}  // namespace muniment
