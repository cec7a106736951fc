// Seals what appears in a folder, as long as nobody ends it: `seal --watch`.
#pragma once

#include <functional>
#include <string>

#include "archive/card.h"
#include "archive/seal.h"
#include "archive/shred.h"
#include "archive/watcher.h"

namespace muniment {

struct WatchOrder {
  std::string root;    // an absolute path of a folder
  std::string output;  // outside it, and not above it
  const Card& card;    // outlives it
  WatchPace pace = {};
};

struct WatchHooks {
  std::function<void(const SealedDeposit& deposit)> on_sealed;
  std::function<void(const std::string& sentence)> on_trouble;
  std::function<void(std::uint64_t bytes)> on_bytes;
};

struct WatchReport {
  SealReport sealed;
  std::vector<std::string> waiting;      // paths that were not sealed when it ended
  std::vector<std::string> passed_over;  // of hidden or unfinished names, links and the like
  std::uint64_t troubles = 0;            // what could not be read or watched
};

/// Until `watch` ends. With `shredder`, originals are removed once they are sealed and read back. What goes wrong is
/// told and tried again. `report` is good after an error, too. Errors: `denied` once the card has expired,
/// `not_found` when the folder is gone, `corrupt` when a sealed copy does not come back from its disk, `conflict` when
/// another run watches into the same folder.
Result<void> watch_and_seal(const Doors& doors, FolderWatch& watch, Shredder* shredder, const WatchOrder& order,
                            const WatchHooks& hooks, WatchReport& report);

}  // namespace muniment
