// The objects that the log names, entry by entry: what a copy holds, without a directory listing and without a key.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "archive/agreed_part.h"
#include "archive/sealed_deposit.h"
#include "archive/view.h"

namespace muniment {

/// Above this an object that is not a deposit's is refused: README.txt, a keyring file, what later kinds name.
inline constexpr std::uint64_t kLooseObjectBytesMax = 64ull << 20;

/// True for errors that say nothing of an object: its place could not be asked for it, or gives it to others only.
inline bool could_not_look(Code code) { return code == Code::unavailable || code == Code::denied; }

/// What one entry makes an archive hold.
struct EntryObjects {
  std::uint64_t index = 0;
  std::string title;                  // "deposit 1a2b3c4d…", "charter/1", for sentences
  std::vector<LoggedObject> objects;  // names from the root; a deposit's only its SHA256SUMS, which lists its parts
  std::vector<LoggedObject> seals;    // of a deposit: the headers and contents that are in force
  bool is_removed = false;            // a deposit that was withdrawn: neither seals nor parts are to be there
  bool is_held = true;                // a deposit of the part that was agreed on: its parts are to be there
  std::optional<LoggedObject> own;    // the object whose bytes are the entry itself: a receipt, charter/1
  std::string own_text;
  std::optional<Receipt> receipt;  // for a deposit
  Sha256 deposit;                  // its id
};

/// Visits the entries of a log whose head has been checked. With an `agreed` part that is not null, what is not held by
/// agreement is not among their seals and objects. Errors: those of replay and of the visitor.
Result<void> visit_objects(Store& store, const ArchiveView& view, const AgreedPart* agreed,
                           const std::function<Result<void>(const EntryObjects&)>& visit);

}  // namespace muniment
