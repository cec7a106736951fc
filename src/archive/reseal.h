// New seals for deposits: the same file key and payload nonce for another recipient, and the contents sealed anew.
// Parts and receipt stay as they are. Spec: docs/formats.md "Reseal".
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "age/keys.h"
#include "archive/keyring.h"
#include "archive/order.h"
#include "archive/view.h"

namespace muniment {

/// What opens the parts of a deposit for one more recipient.
struct NewSeal {
  Bytes header;
  Bytes contents;
};

/// The deposit's file key and payload nonce, and its contents, sealed for `recipient`, in memory. What opens under the
/// newest seal is held against the receipt before. Errors: as reseal_deposit.
Result<NewSeal> make_seal(Store& store, const LoggedDeposit& deposit, const age::Identity& key,
                          const std::string& recipient, Random& random);

/// Makes the next seal of a logged deposit, header-<k> and contents-<k>.age, for `recipient`, and puts both into the
/// store, durable. Gives the two lines for the order. A seal of that number that is not logged is of a run that was cut
/// off, and is replaced: the caller sees to it that no order that names it waits for signatures. Errors: those of
/// open_contents_bytes (`denied`: not for this key), `conflict` (the deposit was removed), `invalid` for a recipient
/// that is none.
Result<std::vector<LoggedObject>> reseal_deposit(Store& store, const LoggedDeposit& deposit, const age::Identity& key,
                                                 const std::string& recipient, Random& random);

/// The compartment for which the newest seal of a deposit was made, and its keys. Valid while the charter lives.
struct OfCompartment {
  const Compartment* compartment;
  std::unique_ptr<CompartmentKeys> keys;
  Seal seal;  // that they open
};
/// Tries those that `opener` opens. Errors: `denied` when it is none of them, those of read_logged_receipt and
/// open_contents.
Result<OfCompartment> find_compartment_of(Store& store, const Charter& charter, const LoggedDeposit& deposit,
                                          const Opener& opener);

inline constexpr std::size_t kResealSample = 5;

/// What another custodian does before signing a reseal, since nobody without a key can tell a good header from noise:
/// opens deposits under the new seal, wholly: header, contents, every part and every file. All of them where they are
/// kResealSample at the most, else so many by random choice. Gives the ids of those that were opened.
/// Errors: `denied` (sealed for nobody whose keys `key` has), `corrupt`, `forged`: do not sign.
Result<std::vector<Sha256>> check_reseal_sample(Store& store, const ArchiveView& view, const Order& reseal,
                                                const age::Identity& key, Random& random);

}  // namespace muniment
