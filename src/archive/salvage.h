// Salvaging a deposit of which only the beginning is there: the first parts give the first files.
// Spec: docs/formats.md "Salvage".
#pragma once

#include <string>
#include <vector>

#include "age/keys.h"
#include "archive/doors.h"

namespace muniment {

struct SalvageReport {
  std::vector<std::string> whole;       // files below the target, under their names in the bag
  std::vector<std::string> incomplete;  // the last one may be cut: it is there as "incomplete-<n>"
  std::uint64_t parts = 0;              // that could be read
  std::string stopped;                  // why it ended there; empty when the whole bag was read
};

/// Opens what can be opened of the folder of a deposit, whole or not: the newest header that
/// the key opens, and the parts from part-0000000 on.
/// age authenticates every chunk, so what comes out is what was sealed; that it is all of it, or that it is the deposit
/// which somebody means, is not shown. Errors: `not_found` (no header), `denied`, `conflict` (a file is there), `io`.
Result<SalvageReport> salvage_deposit(const Doors& doors, const std::string& folder, const age::Identity& key,
                                      const std::string& target);

}  // namespace muniment
