// Proposals: charters and orders that wait for signatures. A proposal is the note as it will be logged, with the
// signatures so far; it travels as a file. Spec: docs/formats.md "Proposals".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "archive/doors.h"
#include "archive/key_file.h"
#include "archive/place.h"
#include "archive/view.h"

namespace muniment {

struct Proposal {
  std::string id;    // 16 hexadecimal digits: of the text's SHA-256
  std::string note;  // with the signatures so far
  std::optional<Charter> charter;
  std::optional<Order> order;
  Signers signers;             // so far, by the charter in force
  std::optional<Error> lacks;  // why it is not enough; none when it can be carried out
  // Who has not signed and would count, kTrustees last; the trustees alone where it is their signature that is missing.
  // Empty when it can be carried out.
  std::vector<std::string> missing;
};

/// Reads a proposal against the archive as it is now. Errors: `corrupt`, `forged` (another archive, a signature that
/// does not verify), `conflict` for a charter whose version is in force already.
Result<Proposal> read_proposal(std::string_view note, const ArchiveView& view);

/// The note with one more signature; the same note where the signer has signed before.
std::string add_signature(std::string_view note, const SignerKey& signer);

/// Where a proposal lies: home/proposals/<id>.note below the own root of a place. So below.
std::string proposal_path(const std::string& root, const std::string& id);

/// Keeps a proposal at home/proposals/<id>.note; signatures that lie there already are kept as well. Gives the id.
/// Errors: `corrupt`, those of writing.
Result<std::string> save_proposal(const Doors& doors, const std::string& root, std::string_view note);

/// Those that lie in home/proposals and can still be carried out, by id. What no longer fits is passed over, and said
/// in `passed_over` (may be null), one sentence each.
Result<std::vector<Proposal>> list_proposals(Fs& fs, const std::string& root, const ArchiveView& view,
                                             std::vector<std::string>* passed_over = nullptr);

/// Carries out what is signed by enough people: appends the order, or puts the charter beside the log, and appends it
/// under the log key that it names. `holder` is a custodian of the charter in force or of the new one.
/// Errors: `denied` (too few have signed), those of Home::open and of writing.
Result<void> carry_out(const Doors& doors, Place& place, const IdPin& pin, const Proposal& proposal,
                       const HolderKeys& holder);

/// What a proposal would do, in sentences for those who are asked to sign it.
std::vector<std::string> describe(const Proposal& proposal, const ArchiveView& view);

}  // namespace muniment
