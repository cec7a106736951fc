// Founding an archive: keys, charter, keyring, log. Spec: docs/formats.md "Founding".
#pragma once

#include <string>

#include "archive/doors.h"
#include "archive/key_file.h"
#include "crypto/sha256.h"

namespace muniment {

struct Founded {
  Sha256 id;
  std::string origin;
};

/// Founds an archive with one custodian and the compartment "evidence" in a folder that is not there yet, or empty.
/// It appears whole or not at all. Errors: `conflict` (something is there), `io`, `denied`.
Result<Founded> found_archive(const Doors& doors, const std::string& root, const HolderKeys& custodian);

}  // namespace muniment
