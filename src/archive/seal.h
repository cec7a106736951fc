// Sealing: from files to deposits, with public keys only. Spec: docs/formats.md "Deposit".
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "age/file.h"
#include "archive/contents.h"
#include "archive/doors.h"
#include "archive/receipt.h"
#include "archive/walk.h"
#include "bag/names.h"

namespace muniment {

/// What a deposit is sealed for.
struct SealTarget {
  Sha256 archive;
  std::string compartment;
  std::string recipient;  // "age1…"
};

struct SealLimits {
  std::uint64_t split_bytes = 1ull << 30;  // a new deposit starts above this, unless a single file is larger
  std::uint64_t split_items = 5000;
  std::uint64_t split_contents_bytes = 8ull << 20;  // very long paths
};

/// A finished deposit in a folder of its own, synced.
struct SealedDeposit {
  Sha256 id;
  Receipt receipt;
  std::string folder;
  std::uint64_t files = 0;
  std::uint64_t source_bytes = 0;
};

/// What was given, and whether all of it was taken.
struct SealReport {
  std::vector<SealedDeposit> deposits;
  std::vector<std::string> not_whole;  // one sentence each: left out, unreadable, changed while it was read
  std::uint64_t links = 0;             // recorded, not followed
};

struct SealHooks {
  /// Takes a finished deposit away from its staging folder and updates `folder`. An error ends the run.
  std::function<Result<void>(SealedDeposit& deposit)> place;
  /// Bytes of the source read since the last call; may be empty.
  std::function<void(std::uint64_t bytes)> on_bytes;
};

/// Seals one given path as one deposit, or several where it is large. Deposits are written below `staging`, a folder
/// of the caller's, and handed to hooks.place one after the other. Each source file is read once.
/// Errors: `not_found` (no such path), `io` (no space: nothing of the deposit under way is kept), those of place.
Result<SealReport> seal_path(const Doors& doors, const std::string& path, const std::string& staging,
                             const SealTarget& target, const SealHooks& hooks, SealLimits limits = {});

}  // namespace muniment
