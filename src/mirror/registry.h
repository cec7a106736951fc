// The copies that a custodian knows of, and what each has shown: home/mirrors, private to its machine.
// Spec: docs/formats.md "Home".
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/fs.h"

namespace muniment {

struct KnownMirror {
  std::string where;
  std::uint64_t size = 0;  // the most entries that it has shown: what a rollback is told by
  std::uint64_t held = 0;  // of how many entries it held everything when last looked at
  std::string seen;        // the date of that
};

/// Sorted by `where`. Empty when none is known. Errors: `corrupt`, `io`.
Result<std::vector<KnownMirror>> read_mirrors(Fs& fs, const std::string& root);

/// Adds the mirror, or renews what is known of it; `size` is never lowered. Errors: `conflict` when another run is at
/// it.
Result<void> remember_mirror(Fs& fs, const std::string& root, const KnownMirror& mirror);

/// Forgets a mirror that is no more; what is not known is none. Errors: likewise.
Result<void> forget_mirror(Fs& fs, const std::string& root, const std::string& where);

/// The sizes by `where`, for audit_copies.
std::map<std::string, std::uint64_t> last_seen_sizes(const std::vector<KnownMirror>& mirrors);

}  // namespace muniment
