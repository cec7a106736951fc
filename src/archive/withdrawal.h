// Removal on a copy: what the log orders to remove is served no more at once, and destroyed after its hold. What older
// seals opened with goes the same way. Spec: docs/formats.md "Withdrawal".
// `withdrawn/` is private to the place, like `staging/`: `withdrawn/<id>/` has the objects of a deposit that are not
// served any more, and small files that say when this copy first saw which order, and when it destroyed something.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "archive/view.h"
#include "base/clock.h"
#include "store/store.h"

namespace muniment {

struct WithdrawalReport {
  std::uint64_t withdrawn = 0;         // deposits of which something is served no more since this run
  std::uint64_t destroyed = 0;         // deposits of which something was destroyed in this run
  std::uint64_t brought_back = 0;      // deposits whose removal was vetoed
  std::vector<std::string> sentences;  // what was done, and what waits for what
};

/// Carries out what the log orders, as far as it is time. Nothing is destroyed before its hold is over by this copy's
/// clock and, where the charter asks for a quorum of cosigners, by the time as of which one has cosigned the head;
/// nothing while a legal hold is on, or beyond the charter's limit in any seven days; nothing else is ever touched.
/// Cut off anywhere, the next run goes on. Does nothing where nothing is ordered.
/// Errors: `forged` when the view is not of the pinned archive, `conflict` when another run is at it, `io`.
Result<WithdrawalReport> carry_out_removals(Clock& clock, Store& store, const ArchiveView& view, const IdPin& pin);

/// A deposit whose removal is ordered, and what this copy has of it.
struct RemovalHere {
  Sha256 deposit;
  std::uint64_t index = 0;  // of the order
  std::string order;
  bool is_served = false;             // something of it still lies in deposits/
  bool is_withdrawn = false;          // something of it lies in withdrawn/
  bool is_held = false;               // by a legal hold
  std::optional<std::int64_t> due_s;  // from when on it may be destroyed here, once this copy has seen the order

  /// "waits: it is destroyed from 2026-03-02 on", "destroyed" …
  std::string text() const;
};
/// Errors: those of the store.
Result<std::vector<RemovalHere>> removals_here(Store& store, const ArchiveView& view);

/// How many deposits are removed by order, and of how many something is still there, served or withdrawn.
struct RemovedCount {
  std::uint64_t ordered = 0;
  std::uint64_t served = 0;
  std::uint64_t withdrawn = 0;

  /// Empty when nothing of them is there.
  std::string text() const;
};
RemovedCount count_removed(Store& store, const ArchiveView& view);

}  // namespace muniment
