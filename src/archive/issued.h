// What a home has given out that expires: cards and lists of mirrors, so that somebody is reminded in time, and so that
// it is known what to replace after a loss. home/issued, private to its machine. Spec: docs/formats.md "Home".
#pragma once

#include <string>
#include <vector>

#include "base/fs.h"

namespace muniment {

struct Issued {
  std::string kind;   // "card" or "list"
  std::string id;     // 16 hexadecimal digits of the SHA-256 of its text
  std::string about;  // a card's compartment; empty for a list
  std::string by;     // the custodian who signed it
  std::string made;   // "2026-11-22"
  std::string expires;
  std::vector<std::string> addresses;  // that a card names; never a token, and none of a list
};

/// In the order in which they were made. Empty when there are none. Errors: `corrupt`, `io`.
Result<std::vector<Issued>> read_issued(Fs& fs, const std::string& root);

/// Adds one. Those that expired more than a year before `today` are forgotten. Errors: `conflict` when another run is
/// at it.
Result<void> remember_issued(Fs& fs, const std::string& root, const Issued& issued, const std::string& today);

}  // namespace muniment
