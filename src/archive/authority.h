// Who may do what: signatures counted in people. Authority is people, not machines: the log key counts for nothing
// here. Spec: docs/formats.md "Authority".
#pragma once

#include <string>
#include <vector>

#include "archive/charter.h"

namespace muniment {

/// Whose signatures a note bears. A custodian is one person; the trustees are as many as must come together.
struct Signers {
  std::vector<std::string> custodians;  // pseudonyms
  bool trustees = false;
  unsigned people = 0;

  /// "custodian-1 and the trustees".
  std::string text() const;
};

/// Errors: `forged` when a signature of somebody in the charter does not verify, or when nobody of the charter signed.
Result<Signers> find_signers(const Note& note, const Charter& charter);

/// The same, but a note that nobody of the charter has signed has no signers, and that is no error.
Result<Signers> find_signers_so_far(const Note& note, const Charter& charter);

/// `people` signatures are there, and the trustees' where they are asked for and the archive has trustees.
/// Errors: `denied`; the sentence says who has signed and who is missing.
Result<void> check_enough(const Signers& signers, const Charter& charter, unsigned people, bool needs_trustees);

/// A charter's signatures under its own rules: version 1 by a custodian whom it names, each later one by the people it
/// asks for itself. Errors: `forged`.
Result<void> check_signed_by_its_own(const Charter& charter, const Note& note);

/// True when the step from one charter to the next touches what only the trustees may change: recipients of
/// compartments, who opens what is held closed, the trustees themselves, the rules.
bool needs_trustees(const Charter& now, const Charter& next);

/// The charter `next`, parsed from `note`, may follow `now`: it is chained to it, keeps what may not change, and both
/// the people of `now` and those of `next` have signed. `now_digest` is the SHA-256 of the note of `now`.
/// Errors: `corrupt` (skips a version, goes backwards), `forged` (another archive, another charter before it),
/// `denied` (too few have signed: the sentence says who is missing).
Result<void> check_succession(const Sha256& archive, const Charter& now, const Sha256& now_digest, const Charter& next,
                              const Note& note);

/// All of check_succession but the signatures: for a charter that waits for them.
Result<void> check_follows(const Sha256& archive, const Charter& now, const Sha256& now_digest, const Charter& next);

}  // namespace muniment
