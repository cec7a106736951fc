// Sealed deposits carried as one file: a tar of their folders, as the page of a card makes it.
// Spec: docs/formats.md "The card's page".
#pragma once

#include <string>
#include <vector>

#include "bag/tar.h"
#include "base/fs.h"

namespace muniment {

/// True when the file starts as a tar of sealed deposits does: with the age header of one. Any other file is evidence.
bool is_carried_file(Fs& fs, const std::string& path);

/// Where an entry of such a tar belongs: "deposit-1" and "part-0000000".
struct CarriedObject {
  std::string folder;
  std::string name;
};

/// Errors: `corrupt` for what is no object of a deposit in a folder, `limit` for one that is larger than any.
Result<CarriedObject> parse_carried_entry(const bag::TarEntry& entry);

struct Unpacked {
  std::vector<std::string> folders;  // in the order of the tar; names, not paths
  std::string trouble;               // why it ended early, or empty: what came before is there all the same
};

/// Unpacks into `target`, an empty folder of the caller's, without syncing. What is in the folders is not checked:
/// they are sealed deposits like any others. Errors: those of reading and writing.
Result<Unpacked> unpack_carried(Fs& fs, const std::string& path, const std::string& target);

}  // namespace muniment
