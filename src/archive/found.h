// Founding an archive: keys, charter, keyring, log. Spec: docs/formats.md "Founding".
#pragma once

#include <functional>
#include <string>

#include "archive/doors.h"
#include "archive/key_file.h"
#include "archive/place.h"
#include "archive/trustees.h"
#include "crypto/sha256.h"

namespace muniment {

struct Founded {
  Sha256 id;
  std::string origin;
};

/// The trustees of a new archive: what the charter says of them, and their keys, which sign it.
struct FoundingTrustees {
  Trustees trustees;
  const TrusteesKeys& keys;
};

/// Founds an archive with one custodian, in a folder that is not there yet, or empty. With trustees it has the
/// compartments "evidence", which custodian and trustees open, and "identities", which only the trustees open; without
/// (`trustees` is null) there is only "evidence". Compartments get hybrid keys where libcrypto has ML-KEM. It appears
/// whole or not at all.
/// Errors: `conflict` (something is there), `io`, `denied`.
/// `before_it_appears` (may be empty) is called when the archive is whole and nobody has seen it yet: for handing out
/// the shares. Its error is the founding's, and nothing is left of the archive.
Result<Founded> found_archive(const Doors& doors, const std::string& root, const HolderKeys& custodian,
                              const FoundingTrustees* trustees = nullptr,
                              const std::function<Result<void>(const Founded&)>& before_it_appears = {});

/// Errors: `conflict` where something of an archive is there already.
Result<void> check_is_empty(Store& store);

/// The same in a bucket that has nothing of an archive under its prefix yet. Nothing there appears in one step: the
/// checkpoint comes last, after `before_it_appears`, and what is cut off before that is no archive.
/// Errors also: `unsupported` (the service cannot hold a home), `invalid` (there is no own folder).
Result<Founded> found_archive_at(const Doors& doors, Place& place, const HolderKeys& custodian,
                                 const FoundingTrustees* trustees = nullptr,
                                 const std::function<Result<void>(const Founded&)>& before_it_appears = {});

}  // namespace muniment
