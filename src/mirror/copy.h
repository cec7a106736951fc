// Filling a copy: every object checked against the log before it is written, the checkpoint last.
// Push, pull and recover are this with other sources and targets. Spec: docs/formats.md "Copying".
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "archive/objects.h"
#include "mirror/survey.h"

namespace muniment {

struct SourceFinding {
  std::size_t source = 0;  // index into the sources
  Finding finding;         // what it gave that was not good
};

struct CopyResult {
  std::uint64_t objects_copied = 0;
  std::uint64_t objects_present = 0;  // there already
  std::uint64_t bytes_copied = 0;
  std::vector<SourceFinding> bad;  // from sources; a good one was found elsewhere unless it is also in `lost`
  std::vector<Finding> lost;       // no source has a good one
};

struct CopyHooks {
  std::function<void(std::uint64_t bytes)> on_bytes;  // may be empty
};

/// Brings `target` to `head`, whose objects are taken from whichever source gives the right bytes, in the order of
/// `sources`. What is there already is kept, unless it has the wrong size or is a wrong tile. With objects lost the
/// checkpoint is published all the same: the rest is good, and the log says what is missing.
/// Errors: `corrupt` when the entries themselves cannot be put together, those of the target.
Result<CopyResult> copy_archive(const std::vector<Store*>& sources, const FoundCharter& charter, const SignedHead& head,
                                Store& target, const CopyHooks& hooks = {});

}  // namespace muniment
