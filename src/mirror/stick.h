// Sticks: an archive carried in pieces that each fit a limit. Each has the log and what is small, and whole deposits in
// the order of the log. Spec: docs/formats.md "Sticks".
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "age/recipient.h"
#include "archive/objects.h"
#include "base/random.h"

namespace muniment {

struct StickLimits {
  std::uint64_t first = 0;  // deposits from this entry on; the ones before are on other sticks
  std::uint64_t bytes_max = UINT64_MAX;
  bool is_wrapped = false;  // the limit is for one sealed file
};

/// What one stick carries: deposits from entry `first` up to, and without, entry `next`.
struct StickPlan {
  std::uint64_t first = 0;
  std::uint64_t next = 0;      // the size of the log where nothing is left for another stick
  std::uint64_t deposits = 0;  // that it carries
  std::uint64_t bytes = 0;     // of its objects, or of its sealed file
};

/// Chooses the deposits. `source` is the home or a copy, and `view` its log. Errors: `limit` where not even the first
/// deposit fits, those of reading.
Result<StickPlan> plan_stick(Store& source, const FoundCharter& charter, const ArchiveView& view,
                             const StickLimits& limits);

/// Receives the objects of a stick one after the other, the checkpoint last; each was checked against the log.
using ObjectSink = std::function<Result<void>(const ObjectName& name, ByteView bytes)>;

/// Errors: `corrupt` for an object that is not as it was logged, those of reading and of the sink.
Result<void> write_stick(Store& source, const FoundCharter& charter, const ArchiveView& view, const StickPlan& plan,
                         const ObjectSink& sink);

/// Fills a folder, which may have been begun before. Errors: `conflict` where it is anything else than a stick of this
/// archive, those of write_stick.
Result<void> fill_stick(Store& source, const FoundCharter& charter, const ArchiveView& view, const StickPlan& plan,
                        Store& stick, const std::function<void(std::uint64_t bytes)>& on_bytes);

/// The same as a pax archive sealed to one recipient, its size padded: age opens it, and tar. `out` gets the bytes.
Result<void> wrap_stick(Store& source, const FoundCharter& charter, const ArchiveView& view, const StickPlan& plan,
                        const age::Recipient& recipient, Random& random, const ByteSink& out);

/// Puts what was wrapped into a new folder. `file` is read to its end. Errors: `corrupt` for anything but the objects
/// of a copy, those of opening, `conflict`.
Result<std::uint64_t> unwrap_stick(InputFile& file, const age::Identity& key, Store& target);

}  // namespace muniment
