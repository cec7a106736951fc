// What was sent to a mirror comes to the home, and leaves the mirror once the log names it. Spec: docs/formats.md
// "Sending".
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "archive/doors.h"
#include "archive/view.h"
#include "mirror/outbox.h"

namespace muniment {

struct FetchedArrivals {
  std::vector<Sha256> fetched;   // whole now in the home's incoming/
  std::uint64_t here = 0;        // that were there already, or are in the log
  std::vector<Outgoing> logged;  // of those that were there: what the log names, by the folder below incoming/
  std::uint64_t unfinished = 0;  // that have no receipt yet
  std::vector<Finding> refused;  // what lies there and cannot be taken, and why
};

/// Copies what arrived whole at a mirror into incoming/ of the home at `root`, each object held against the receipt,
/// the receipt last. What an earlier run brought is not asked for again. `on_bytes` may be empty.
/// Errors: those of Store::list for the mirror's incoming/, `unavailable`, those of writing.
Result<FetchedArrivals> fetch_arrivals(const Doors& doors, Store& mirror, const std::string& root,
                                       const ArchiveView& view, const std::function<void(std::uint64_t)>& on_bytes);

/// Takes out of incoming/ of a copy what its own log names and whose public part the copy holds. Gives how many.
/// Errors: those of reading the copy, of removing.
Result<std::uint64_t> clear_arrivals(Fs& fs, Store& copy, const std::string& root, const Sha256& archive);

/// The same for a bucket, from afar, of those that fetch_arrivals found `logged`: of each its objects, the receipt
/// last.
Result<std::uint64_t> clear_arrivals(Store& bucket, const std::vector<Outgoing>& logged, const Sha256& archive);

}  // namespace muniment
