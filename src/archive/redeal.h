// A new deal: another secret, another set of shares, the keyring sealed anew. Spec: docs/formats.md "Trustees".
#pragma once

#include "archive/charter_draft.h"
#include "archive/dealing.h"
#include "archive/key_file.h"

namespace muniment {

/// Drafts the charter of a new deal. `old` are the trustees in force, or null in an archive that has none yet: then
/// `custodian`, who opens "evidence", brings them in. What only trustees open gets new keys, so that old shares with an
/// old copy of the keyring open nothing that is sealed from now on. `deal` has the set number after the last.
/// Errors: those of open_compartment.
Result<CharterDraft> draft_deal(Store& store, const FoundCharter& charters, const Deal& deal, const TrusteesKeys* old,
                                const HolderKeys& custodian, bool hybrid, Random& random);

/// The keyring files that a charter lets go, by the charter before it: old copies of them still open to old keys.
std::vector<ObjectName> superseded_keyring_files(const Charter& before, const Charter& after);

}  // namespace muniment
