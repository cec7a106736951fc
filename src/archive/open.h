// Opening a deposit: the way of sealing back, with every check on it. Spec: docs/formats.md "Opening".
#pragma once

#include <functional>
#include <map>
#include <string>

#include "age/keys.h"
#include "archive/contents.h"
#include "archive/sealed_deposit.h"
#include "archive/view.h"
#include "base/worker.h"

namespace muniment {

/// Is given each file in the order of the bag. What it was given is authentic up to there; only when open_deposit has
/// returned without error is the deposit whole and every check made.
class FileHandler {
 public:
  virtual ~FileHandler() = default;
  virtual Result<void> begin_file(const ContentsFile& file) = 0;
  virtual Result<void> data(ByteView bytes) = 0;
  virtual Result<void> end_file(const ContentsFile& file) = 0;
};

/// The contents alone: header, contents and receipt held against each other. Reads no part.
/// Errors: `denied` (sealed to another key), `corrupt`, `forged`.
Result<Contents> open_contents(const DepositSource& source, const Receipt& receipt, const Seal& seal,
                               const age::Identity& key);

/// The newest seal of a deposit whose header and contents the key opens and, where there are several, whose header
/// gives the key of the first part: what one person added that opens nothing locks nobody out as long as an older one
/// is in force. Errors: those of open_contents under the newest, `forged` where its header gives another key.
Result<Seal> find_seal(const DepositSource& source, const Receipt& receipt, const LoggedDeposit& deposit,
                       const age::Identity& key);

/// Opens all of it in one pass. Checks each object against the receipt, contents against the receipt, every file
/// against the contents, the bag against its own manifests, and that the padding is zero.
/// With a thread, the next part is read and checked by it meanwhile: `source` must bear that nobody else asks it.
/// Errors: as open_contents, those of the handler.
Result<Contents> open_deposit(const DepositSource& source, const Receipt& receipt, const Seal& seal,
                              const age::Identity& key, FileHandler& handler,
                              Worker::Mode work = Worker::Mode::at_once);

/// The plaintext contents of a deposit, held against the receipt. Errors: as open_contents.
Result<SecretBytes> open_contents_bytes(const DepositSource& source, const Receipt& receipt, const Seal& seal,
                                        const age::Identity& key);

}  // namespace muniment
