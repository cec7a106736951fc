// Checking a copy of an archive whole, without a key. Every finding is a sentence's worth. Spec: docs/formats.md
// "What a whole copy is".
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "archive/objects.h"
#include "archive/withdrawal.h"
#include "base/random.h"

namespace muniment {

/// How much of the archive a copy holds by agreement, in sealed bytes of deposits that are not removed.
struct AgreedShare {
  std::uint64_t held = 0;
  std::uint64_t all = 0;
  bool with_seals = true;
  bool is_stick = false;

  /// Rounded down, so that a part is never 100.
  std::uint64_t percent() const;
  /// "its agreed part (61 %, without what opens deposits)", "one stick's part (20 %)"
  std::string text() const;
};

struct CopyReport {
  ArchiveView view;
  std::uint64_t objects = 0;  // checked
  std::uint64_t bytes = 0;
  std::uint64_t unread = 0;              // parts, by sampling: they are there
  std::vector<Finding> findings;         // empty: whole
  std::vector<Finding> not_vouched_for;  // the same of entries that no custodian vouches for: they do not count
  std::vector<std::string> unlogged;     // deposits that lie there and are not in the log
  RemovedCount removed;                  // of deposits that were removed by order
  std::optional<AgreedShare> agreed;     // the copy holds a part, by agreement
};

/// So many of a hundred parts are read, each chosen by chance; of the others it is seen that they are there, in their
/// sizes. What is small is read all the same.
struct Sampling {
  unsigned percent = 100;
  Random* random = nullptr;  // lent; null only where all are read
};

struct VerifyHooks {
  std::function<void(std::uint64_t bytes)> on_bytes = {};  // may be empty; called by one thread at a time
  /// The same store, opened once more for each further thread. Empty: the caller's reads all.
  std::vector<Store*> lanes = {};
  Sampling sampling = {};
};

/// Reads everything that the log of this copy names. An error means that there is no log to go by; whatever else is
/// wrong is a finding. Errors: those of view_archive.
Result<CopyReport> verify_copy(Store& store, const std::optional<IdPin>& pin, const VerifyHooks& hooks = {});

/// Deposits that lie in the store and that the log does not name: "deposits/ab/abcd…". Errors: those of Store::list.
Result<std::vector<std::string>> find_unlogged(Store& store, const ArchiveView& view);

/// The same against a head that is known from elsewhere.
Result<CopyReport> verify_view(Store& store, ArchiveView view, const VerifyHooks& hooks = {});

}  // namespace muniment
