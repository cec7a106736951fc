// Taking in: files, folders, sealed deposits and incoming/ become deposits of an archive and entries of its log.
// Spec: docs/formats.md "Intake".
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "archive/home.h"
#include "archive/known_items.h"
#include "archive/seal.h"
#include "archive/sealed_deposit.h"
#include "archive/view.h"

namespace muniment {

struct TakenDeposit {
  Sha256 id;
  std::uint64_t index = 0;   // its entry
  std::uint64_t bytes = 0;   // sealed
  std::string from;          // the path given, or "left by an earlier run"
  bool is_resealed = false;  // came sealed for X25519 alone, and has a hybrid seal beside that
};

struct IntakeReport {
  std::vector<TakenDeposit> taken;
  std::vector<TakenDeposit> already;   // logged before: `index` is that entry
  std::vector<Finding> refused;        // sealed deposits that stay where they are, and why
  std::vector<std::string> not_whole;  // of what was sealed here
  std::vector<std::string> unopened;   // taken in all the same, as IntakeHooks says
  KnownReport known;                   // of what was given again
  std::uint64_t files = 0;
  tlog::TreeHead head;  // of the log afterwards
};

struct IntakeHooks {
  std::function<void(std::uint64_t bytes)> on_bytes;  // may be empty
  // Takes in whole arrivals that nobody here can open: what is sealed for the trustees.
  bool takes_unopened = false;
  // What this knows is not sealed again. It outlives the intake; may be null.
  KnownItems* known = nullptr;
};

class Intake {
 public:
  /// `compartment_key` opens what is sealed for `target`: arrivals are opened as far as their contents before anybody
  /// vouches for them. All references outlive the intake.
  Intake(const Doors& doors, Home& home, const ArchiveView& view, SealTarget target,
         const age::Identity& compartment_key, IntakeHooks hooks);

  /// Takes in one path: what is sealed, in folders or carried as one file, is checked and copied; what is not is
  /// sealed, but for what IntakeHooks::known knows: for this, `absolute` is the same path as an absolute one. Nothing
  /// is in the log yet.
  Result<void> add(const std::string& path, SealLimits limits = {}, const std::string& absolute = {});

  /// Appends everything that was added, and complete deposits that an earlier run left in deposits/ before it could log
  /// them, with the custodian's signature under all of it. What came sealed for X25519 alone gets a hybrid seal as
  /// well, where its compartment has a hybrid key and libcrypto ML-KEM. Then empties what came from the archive's own
  /// incoming/.
  Result<IntakeReport> finish(const HolderKeys& custodian);

 private:
  Result<void> seal(const std::string& path, SealLimits limits, const std::string& absolute);
  SealHooks hooks_for_sealing(const std::string& path);
  Result<void> unpack(const std::string& file);
  Result<void> adopt(const std::string& folder, const std::string& from);
  Result<std::string> copy_sealed(const std::string& folder, const FoundReceipt& found);
  Result<void> finish_staged(const std::string& staged, const FoundReceipt& found);
  bool is_whole(const DepositSource& source, const FoundReceipt& found);
  std::string objection_to(const std::string& name, const Result<FoundReceipt>& found);
  Result<void> add_left_behind();
  Result<std::vector<LoggedObject>> reseal_classic(const Sha256& id, const HolderKeys& custodian);
  Bytes make_reseal(std::vector<LoggedObject> seals, const SignerKey& custodian);
  Result<void> clear_incoming();

  Doors doors_;
  Home& home_;
  const ArchiveView& view_;
  SealTarget target_;
  const age::Identity& key_;
  IntakeHooks hooks_;
  std::optional<std::string> incoming_;  // the archive's own
  std::map<Sha256, std::uint64_t> logged_;
  std::map<Sha256, TakenDeposit> added_;
  std::vector<std::pair<std::string, Receipt>> from_incoming_;
  IntakeReport report_;
};

}  // namespace muniment
