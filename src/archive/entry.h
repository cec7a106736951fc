// Entries of the log. Spec: docs/formats.md "Entries". Every entry starts with its kind and, but for entry 0, the
// archive id, and names its objects as "<hex>  <path>" lines; kinds that this program does not know are kept,
// checked and reported by that alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "crypto/sha256.h"
#include "store/store.h"

namespace muniment {

/// An object and the digest that the log gives it.
struct LoggedObject {
  ObjectName name;
  Sha256 digest;
};

struct EntryFrame {
  std::string kind;          // "deposit", "accept", "charter" …
  std::string version;       // "v1"
  bool has_archive = false;  // entry 0 has none: it is the id
  Sha256 archive;
  std::vector<LoggedObject> objects;  // a deposit's are relative to its folder, all others to the root
};

/// The frame of any entry: "muniment/<kind>/<version>" LF, "archive <hex>" LF, then lines of which those with a digest
/// and two spaces in front name objects. A signed note's signature lines come after a blank line and are not read here.
/// Errors: `corrupt`, `limit`.
Result<EntryFrame> parse_entry_frame(ByteView entry);

/// True for 64 hexadecimal digits, two spaces and something.
bool is_object_line(std::string_view line);
/// Errors: `corrupt`, also for an unsafe name.
Result<LoggedObject> parse_object_line(std::string_view line);
std::string render_object_line(const LoggedObject& object);

/// Paths that an entry of an unknown kind may not name: those that this program gives a meaning of its own.
bool is_reserved_path(const ObjectName& name);

}  // namespace muniment
