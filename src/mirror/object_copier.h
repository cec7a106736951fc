// The objects of an entry, from whichever source gives the right bytes into the target: what one lane of a copying
// does. Spec: docs/formats.md "Copying".
#pragma once

#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "archive/objects.h"
#include "base/crew.h"
#include "mirror/copy_options.h"
#include "mirror/source_order.h"

namespace muniment {

/// What the lanes of one copying share.
struct CopyRun {
  CopyRun(std::size_t sources, const CopyOptions& copy_options)
      : options(copy_options), order(sources, copy_options.steady_ns) {}

  const CopyOptions& options;
  SourceOrder order;
  std::uint64_t published_size = 0;  // entries that the target shows already
  std::set<ObjectName> charters;     // that were put
  std::set<std::size_t> partial;     // sources that hold a part, by agreement or as sticks
  bool has_sticks = false;

  std::mutex mutex;  // for what follows
  CopyResult result;
  std::set<std::size_t> unreachable;  // sources of which that is said already
};

/// For one thread: its own connections to the sources, and its own view of the target.
class ObjectCopier {
 public:
  ObjectCopier(const std::vector<Store*>& sources, Store& target, CopyRun& run)
      : sources_(sources), target_(target), run_(run) {}

  Store& target() { return target_; }

  /// Bytes that are known to be right take the place of whatever is there.
  Result<void> put_checked(const ObjectName& name, ByteView bytes);
  /// Gives the object's bytes, from the target where it is right there, else from a source; nothing when it is lost.
  /// `expected_bytes` is its size where the log says it, or 0.
  Result<std::optional<Bytes>> copy_object(const LoggedObject& object, std::uint64_t bytes_max,
                                           std::uint64_t expected_bytes = 0);
  /// Whether the target, which shows this entry already, has all of it, by names and by the sizes that the log says.
  bool is_present(const EntryObjects& entry);
  Result<void> count_present();
  void add_finding(std::size_t source, const ObjectName& name, const std::string& what, std::optional<Code> code = {});

 private:
  Result<void> put_checked(const ObjectName& name, ByteView bytes, bool is_there);
  Result<std::optional<Bytes>> fetch(const LoggedObject& object, std::uint64_t bytes_max, std::uint64_t expected_bytes,
                                     Unfinished* unfinished);
  bool has(const ObjectName& name, std::optional<std::uint64_t> size_bytes);

  const std::vector<Store*>& sources_;
  Store& target_;
  CopyRun& run_;
};

/// Copies one entry by the lanes of a crew, the caller's being `lane`. Returns when all of it is in the target.
Result<void> copy_entry(std::vector<ObjectCopier>& lanes, CopyRun& run, Crew& crew, std::size_t lane,
                        const EntryObjects& entry);

}  // namespace muniment
