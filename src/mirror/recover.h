// After a loss: an archive rebuilt in an empty folder from whatever copies are left. Spec: docs/formats.md
// "Recovering".
#pragma once

#include <string>
#include <vector>

#include "mirror/audit.h"
#include "mirror/copy.h"

namespace muniment {

struct RecoverReport {
  FoundCharter charter;
  tlog::TreeHead head;              // of what was rebuilt
  std::uint64_t largest_shown = 0;  // entries of the largest checkpoint; above head.size nobody has all of them
  std::vector<AuditedCopy> copies;  // what each of the sources is worth
  CopyResult copied;
  CopyReport verified;  // the rebuilt archive, read back
};

struct RecoverHooks {
  std::function<void(std::uint64_t bytes)> on_bytes;      // may be empty
  std::function<void(const std::string& doing)> on_step;  // may be empty
};

/// Audits every copy, takes the newest head that all others agree with, copies what is good of it from wherever it is,
/// and reads the result back. `target` is empty or the work of an earlier recovery of the same archive, which goes on.
/// Errors: `forged` for a fork (nothing is written; the sentence names the copies), those of survey_copies and
/// copy_archive.
Result<RecoverReport> recover_archive(const std::vector<Store*>& sources, const IdPin& pin, Store& target,
                                      const RecoverHooks& hooks = {});

}  // namespace muniment
