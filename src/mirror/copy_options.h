// What a copying is told, and what it tells: shared by those who copy an archive and those who copy its objects.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "archive/view.h"
#include "store/store.h"

namespace muniment {

struct SourceFinding {
  std::size_t source = 0;  // index into the sources
  Finding finding;         // what it gave that was not good
};

struct CopyResult {
  std::uint64_t objects_copied = 0;
  std::uint64_t objects_present = 0;  // there already
  std::uint64_t bytes_copied = 0;
  bool is_part = false;  // the target holds a part, by agreement
  /// From sources; a good one was found elsewhere unless it is also in `lost`. Of a source that cannot be reached, the
  /// first object it was asked for stands for all.
  std::vector<SourceFinding> bad;
  std::vector<Finding> lost;    // no source has a good one
  std::uint64_t elsewhere = 0;  // objects on sticks that were not among the sources: nothing was published
};

/// What one more thread works with: the same sources and the same target, opened once more for it alone.
struct CopyLane {
  std::vector<Store*> sources;
  Store* target = nullptr;
};

struct CopyOptions {
  /// Whether deposits that the target shows already are read and held against their digests, or taken as good where all
  /// of their objects are there, the parts in their sizes. Everything else is always read.
  bool read_present = false;
  /// A home may be the target as long as `head` is its own: what it has damaged is put right, nothing is added.
  bool may_be_home = false;
  /// Sources may be sticks of several: what is on none of those given is waited for, and not lost.
  bool waits_for_sticks = false;
  /// A signed list of what the target is to hold from now on ("Agreed part"); empty: what was agreed before, or all.
  std::string agreed_part = {};
  std::function<void(std::uint64_t bytes)> on_bytes = {};  // may be empty; called by one thread at a time
  /// Deposits and parts are copied by so many threads. Empty: by the caller's.
  std::vector<CopyLane> lanes = {};
  /// Counts nanoseconds; with it the source that is likely to be done soonest is asked first, and one that gave wrong
  /// bytes last. Empty: they are asked in the order in which they were given.
  std::function<std::int64_t()> steady_ns = {};
};

}  // namespace muniment
