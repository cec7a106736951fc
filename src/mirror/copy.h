// Filling a copy: every object checked against the log before it is written, the checkpoint last.
// Push, pull and recover are this with other sources and targets. Spec: docs/formats.md "Copying".
#pragma once

#include <vector>

#include "mirror/copy_options.h"
#include "mirror/survey.h"

namespace muniment {

/// How many entries the target shows already, once it is clear that it may be filled: 0 for a new one, and for one
/// whose checkpoint cannot be read or does not count. The target's own charters count as well: what they do not let
/// pass is not copied there. Errors: `conflict` when it is another archive, a home, or newer than `head`; `forged` when
/// its log contradicts the one that leads to `head`, or its charters the head or `charter`.
Result<std::uint64_t> check_target(const std::vector<Store*>& sources, const FoundCharter& charter,
                                   const SignedHead& head, Store& target, bool may_be_home = false);

/// Brings `target` to `head`, whose objects are taken from whichever source gives the right bytes. Charters that are
/// not logged yet go along, before the log does. What is there already and right is kept. A target that has agreed to
/// hold a part is brought only that. A stick among the targets is refused (`conflict`). With objects lost the
/// checkpoint is published all the same: the rest is good, and the log says what is missing. Errors: those of
/// check_target, `corrupt` when the entries themselves cannot be put together, those of parse_agreed_part, those of
/// writing.
Result<CopyResult> copy_archive(const std::vector<Store*>& sources, const FoundCharter& charter, const SignedHead& head,
                                Store& target, const CopyOptions& options = {});

/// Copies the largest head whose entries can be put together, and makes it the survey's best. Whoever has the log key
/// can sign a checkpoint over entries that do not exist; it must not hide the ones that do. Errors: as copy_archive.
Result<CopyResult> copy_newest(const std::vector<Store*>& sources, Survey& survey, Store& target,
                               const CopyOptions& options = {});

}  // namespace muniment
