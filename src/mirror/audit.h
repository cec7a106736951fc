// Auditing copies: reading all of each and saying in plain words what it holds. Spec: docs/formats.md "States of a
// copy".
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "archive/verify.h"
#include "mirror/survey.h"

namespace muniment {

enum class CopyState { whole, agreed_part, stick, behind, rolled_back, not_ours, damaged, forked, unreachable };

/// "whole", "holds its agreed part", "one stick of several", "behind", "rolled back" …
std::string_view name_of(CopyState state);

struct AuditedCopy {
  std::string where;
  CopyState state = CopyState::unreachable;
  std::uint64_t size = 0;             // entries its checkpoint shows
  std::uint64_t behind = 0;           // entries it lacks; also set for a damaged copy
  std::uint64_t charters_behind = 0;  // charters that other copies have and it has not
  std::uint64_t objects = 0;          // checked
  std::uint64_t bytes = 0;
  std::uint64_t unread = 0;  // parts, by sampling
  std::vector<Finding> findings;
  RemovedCount removed;
  std::optional<AgreedShare> agreed;
  std::string sentence;  // all of it in one sentence
};

struct AuditHooks {
  std::function<void(std::uint64_t bytes)> on_bytes = {};  // may be empty; called by one thread at a time
  /// For each copy the same store, opened once more for each further thread. Empty: the caller's reads all.
  std::vector<std::vector<Store*>> lanes = {};
  Sampling sampling = {};
};

/// Audits every copy against the newest head that any of them shows. `last_seen` is how many entries a copy has shown
/// before, by where(): a copy that shows fewer now was rolled back, where without that knowledge it is only behind.
/// A checkpoint by a log key that the newest charter has ended is not ours, and no fork. Forks are told only where some
/// copy's entries lead to the newest head; where none do, all that show it are damaged.
Result<std::vector<AuditedCopy>> audit_copies(Survey survey, const std::map<std::string, std::uint64_t>& last_seen,
                                              const AuditHooks& hooks = {});

}  // namespace muniment
