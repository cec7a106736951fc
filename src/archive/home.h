// The home of an archive: the one place that appends to its log. Spec: docs/formats.md "Home".
// home/place says which folder it is, so that a copy or a restored backup does not append and fork the log;
// home/log-key.age is the log key, sealed to the custodians; home/head is the private head; home/lock is held by
// the writer at work. None of it is part of a copy.
#pragma once

#include <memory>
#include <string>

#include "archive/charter.h"
#include "archive/doors.h"
#include "archive/key_file.h"
#include "ledger/appender.h"
#include "store/folder_store.h"

namespace muniment {

class Home {
 public:
  /// Takes the lock and opens the log key. Errors: `conflict` (another run is at work), `denied` (this folder is a
  /// copy, or the holder is no custodian), `not_found` (no home here), `corrupt`.
  static Result<std::unique_ptr<Home>> open(const Doors& doors, const std::string& root, const Charter& charter,
                                            const HolderKeys& holder);
  Home(const Home&) = delete;
  Home& operator=(const Home&) = delete;

  FolderStore& store() { return store_; }
  Appender& appender() { return appender_; }

 private:
  Home(const Doors& doors, const std::string& root, const Charter& charter, Secret<32> log_seed,
       std::unique_ptr<FileLock> lock);

  std::unique_ptr<FileLock> lock_;
  FolderStore store_;
  FolderHead head_;
  LogIdentity log_;
  SignerKey signer_;
  Appender appender_;
};

/// Writes home/place and home/log-key.age into a new archive.
Result<void> make_home(const Doors& doors, const std::string& root, const Charter& charter, const Secret<32>& log_seed);

/// True when the folder has a home of its own and is not a copy of one.
Result<bool> is_home(Fs& fs, const std::string& root, const Charter& charter);

}  // namespace muniment
