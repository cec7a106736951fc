// The keyring: each compartment's key, sealed once for each opener. Spec: docs/formats.md "Keyring".
#pragma once

#include <memory>

#include "age/keys.h"
#include "archive/charter.h"
#include "archive/key_file.h"

namespace muniment {

/// The key of a compartment as a keyring file: an age key file sealed to the opener.
Result<Bytes> seal_compartment_key(const age::X25519Identity& key, const age::Recipient& opener, Random& random);

/// The compartment's key, opened with a holder's keys from the keyring of an archive, checked against the charter.
/// Errors: `denied` (the holder is no opener: the sentence says who is), `corrupt`, `forged`, those of the store.
Result<std::unique_ptr<age::Identity>> open_compartment_key(Store& store, const Charter& charter,
                                                            std::string_view compartment, const HolderKeys& holder);

}  // namespace muniment
