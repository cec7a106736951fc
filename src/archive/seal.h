// Sealing: from files to deposits, with public keys only. Spec: docs/formats.md "Deposit".
#pragma once

#include <string>
#include <vector>

#include "archive/deposit_writer.h"

namespace muniment {

/// Seals one given path as one deposit, or several where it is large. Deposits are written below `staging`, a folder
/// of the caller's, and handed to hooks.place one after the other. Each source file is read once;
/// a small one that changed meanwhile is read again.
/// Errors: `not_found` (no such path), `io` (no space: nothing of the deposit under way is kept), those of place.
Result<SealReport> seal_path(const Doors& doors, const std::string& path, const std::string& staging,
                             const SealTarget& target, const SealHooks& hooks, SealLimits limits = {});

/// The same for several paths that belong together: one deposit for all of them, or several where they are large.
/// Errors also: `invalid` when two of them have the same last name.
Result<SealReport> seal_together(const Doors& doors, const std::vector<std::string>& paths, const std::string& staging,
                                 const SealTarget& target, const SealHooks& hooks, SealLimits limits = {});

/// The same for items that were found otherwise: together one deposit, or several where they are large.
Result<SealReport> seal_items(const Doors& doors, const std::vector<SourceItem>& items, const std::string& staging,
                              const SealTarget& target, const SealHooks& hooks, SealLimits limits = {});

/// For SealHooks::place: takes a finished deposit from staging into a folder of sealed ones, under its id. Durable once
/// this returns. Errors: those of Fs::rename_new.
Result<void> place_sealed(Fs& fs, SealedDeposit& deposit, const std::string& output);

}  // namespace muniment
