// The home of an archive: the one place that appends to its log. Spec: docs/formats.md "Home".
// home/place says which folder or bucket it is, so that a copy or a restored backup does not append and fork the log;
// home/log-key-<id>-<custodian>.age is the log key, sealed to each custodian; home/head is the private head; home/lock
// is held by the writer at work. None of it is part of a copy.
#pragma once

#include <memory>
#include <string>

#include "archive/charter_chain.h"
#include "archive/doors.h"
#include "archive/key_file.h"
#include "archive/place.h"
#include "ledger/appender.h"

namespace muniment {

class Home {
 public:
  /// Takes the lock and opens the log key. `charter` is the newest, or the next one, about to be put beside the log.
  /// `place` outlives the home. Errors: `conflict` (another run is at work, or has changed the charter), `denied` (this
  /// is a copy, or the holder is no custodian), `not_found` (no home here), `corrupt`.
  static Result<std::unique_ptr<Home>> open(const Doors& doors, Place& place, const Charter& charter,
                                            const HolderKeys& holder);
  Home(const Home&) = delete;
  Home& operator=(const Home&) = delete;

  Place& place() { return place_; }
  Store& store() { return place_.store(); }
  Appender& appender() { return appender_; }
  /// Publishes what an earlier run swapped in, and logs charters that lie beside the log and are not in it: the run
  /// that wrote them was cut off. First the log key is sealed anew to the custodians of the newest one, so that none
  /// of them is left without it. Done before anything is built on the log.
  Result<void> finish_earlier(const std::optional<IdPin>& pin);

 private:
  Home(const Doors& doors, Place& place, const Charter& charter, Secret<32> log_seed, std::unique_ptr<FileLock> lock);

  Result<void> check_is_newest(const Charter& charter);

  Doors doors_;
  Place& place_;
  Secret<32> log_seed_;
  std::unique_ptr<FileLock> lock_;
  LogIdentity log_;
  SignerKey signer_;
  Appender appender_;
};

/// Makes a place the home that the charter means: the log key, sealed to the custodians, then home/place. A copy that
/// becomes the home goes on from its checkpoint.
Result<void> make_home(const Doors& doors, Place& place, const Charter& charter, const Secret<32>& log_seed);

/// Puts the log key of a new charter beside the one in force. Nothing uses it before the charter counts.
Result<void> add_log_key(const Doors& doors, Store& store, const Charter& charter, const Secret<32>& log_seed);

/// True when the place has a home of its own and is not a copy of one.
Result<bool> is_home(Place& place, const Charter& charter);

}  // namespace muniment
