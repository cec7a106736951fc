// Cosigners and quorums: a mirror that has looked says so under the head of the log, and a head counts when those whom
// the charter names have said it. Spec: docs/formats.md "Cosigning".
#pragma once

#include <string>
#include <vector>

#include "archive/view.h"
#include "ledger/cosigner.h"
#include "store/http_client.h"

namespace muniment {

struct CosignedBy {
  std::string name;  // in the charter's policy
  std::uint64_t time_s = 0;
};

/// Who has cosigned a head, by the policy of a charter.
struct HeadQuorum {
  bool is_asked_for = false;           // the charter names a quorum
  std::vector<CosignedBy> cosigned;    // in the order of the charter
  std::vector<std::string> missing;    // the other cosigners
  std::optional<std::uint64_t> as_of;  // when the quorum's slowest signed; nothing as long as there is no quorum
  bool is_met() const { return as_of.has_value(); }
};
/// Errors: `forged` when a cosignature of somebody in the policy does not verify.
Result<HeadQuorum> find_quorum(const SignedHead& head, const tlog::Policy& policy);

/// Cosigns the head of a copy in the cosigner's name, keeps it in `state`, and adds the line to the copy's checkpoint.
/// Every entry since the head that was cosigned last must be vouched for by people of the archive; entries below
/// `looked_at` are taken as they are, by the word of who runs the cosigner. Gives the line.
/// Errors: `denied` (an entry that nobody signed for, a log key whose time is over), `forged` (the log is forked, or
/// goes back in time: nothing is signed), `io` (a full disk refuses), those of the store.
Result<std::string> cosign_copy(Store& copy, const ArchiveView& view, HeadStore& state, const CosignerSigner& signer,
                                Clock& clock, std::uint64_t looked_at);

/// What a cosigner answers to the body of add-checkpoint, by its own copy: the head must be the one that this copy
/// shows, looked at as in cosign_copy.
WitnessAnswer answer_add_checkpoint(Store& copy, const IdPin& pin, HeadStore& state, const CosignerSigner& signer,
                                    Clock& clock, std::string_view body);

/// Asks a cosigner at an address for its signature under the head of `store`, from whatever it cosigned last. Gives the
/// head's note with its lines. Errors: `denied`, `forged` (the cosigner's own words), `unavailable`, `unsupported` (no
/// cosigner there).
Result<std::string> ask_cosigner(HttpClient& client, const std::string& address, Store& store, const SignedHead& head);

/// Takes over what other copies show of cosignatures under the very head of `store`, into its checkpoint. Gives how
/// many cosigners of the policy are new or newer. A copy that cannot be read is passed over.
/// Errors: those of the store; `conflict` while somebody works in this home, or when it shows another head by now.
Result<std::size_t> collect_cosignatures(Store& store, const SignedHead& head, const tlog::Policy& policy,
                                         const std::vector<Store*>& others);

/// The same of notes that were given.
Result<std::size_t> add_to_checkpoint(Store& store, const SignedHead& head, const tlog::Policy& policy,
                                      const std::vector<std::string>& notes);

}  // namespace muniment
