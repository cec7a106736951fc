// Which volunteers' mirrors have told the home that they joined, or left: home/volunteers, private to its machine.
// Spec: docs/formats.md "Home".
#pragma once

#include <string>
#include <vector>

#include "archive/mirror_notice.h"
#include "base/fs.h"

namespace muniment {

struct Volunteer {
  std::string key;      // "mirror-…+hash+base64"
  std::string address;  // empty where nobody comes to it
  std::string joined;   // "2026-11-26"; empty where only its leaving was heard of
  std::string left;     // empty while it is there
};

/// In the order in which they were heard of. Empty when there are none. Errors: `corrupt`, `io`.
Result<std::vector<Volunteer>> read_volunteers(Fs& fs, const std::string& root);

/// Takes note of what a mirror says of itself. Errors: `denied` where a mirror is said to have left, or an address is
/// given, by another key than the one that was heard of; `conflict` when another run is at it.
Result<Volunteer> note_volunteer(Fs& fs, const std::string& root, const MirrorNotice& notice);

}  // namespace muniment
