// Withdrawing some files of a deposit: the others go into a new deposit, which keeps the older contents lines about
// them, so that the older entry in the log still dates them. Spec: docs/formats.md "Withdrawal of files".
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "archive/deposit_writer.h"
#include "archive/open.h"

namespace muniment {

struct SurvivorReport {
  std::vector<SealedDeposit> deposits;  // in folders below `staging`, whole; several where contents are large
  std::vector<std::string> withdrawn;   // true paths of what is in none of them
  std::uint64_t survivors = 0;          // files, links, empty folders and what was left out
};

/// Opens the deposit and seals what survives anew, in one pass. `paths` are true paths; a folder's stands for all that
/// lies in it. Every check of the opening is made; only when this returns without error are the new deposits good.
/// Errors: `not_found` (a path that is not in the deposit), `invalid` (nothing would be left), those of open_deposit
/// and of writing.
Result<SurvivorReport> withdraw_paths(const Doors& doors, const DepositSource& source, const Sha256& id,
                                      const Receipt& receipt, const Seal& seal, const age::Identity& key,
                                      const std::vector<std::string>& paths, const SealTarget& target,
                                      const std::string& staging, SealLimits limits = {});

/// An item that an older entry of the log dates, since that deposit held it as well.
struct DatedItem {
  std::uint64_t item = 0;
  std::string path;
  Sha256 deposit;  // the older one
};

/// The receipt of an older deposit, by its id: it stays in the log when the deposit is removed.
using ReceiptSource = std::function<Result<Receipt>(const Sha256& deposit)>;

/// Holds every kept line against the tree of the receipt that it names. An item is dated by an older deposit when all
/// lines that describe it there were kept. Errors: `forged` for a line that was no leaf there, those of the source.
Result<std::vector<DatedItem>> check_kept_lines(const Contents& contents, const ReceiptSource& receipts);

}  // namespace muniment
