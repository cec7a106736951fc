// Sealed deposits on their way to the archive: from a folder that muniment seal made below incoming/ of mirrors, until
// the log names them. Spec: docs/formats.md "Sending".
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "archive/sealed_deposit.h"
#include "archive/view.h"

namespace muniment {

struct Outgoing {
  std::string folder;
  FoundReceipt found;
};

struct Outbox {
  std::vector<Outgoing> deposits;  // in the order in which they are sent
  std::vector<Finding> refused;    // what lies in the folder and is not sent, and why
};

/// What lies in a sealed deposit; the receipt last.
std::vector<std::string> names_in_deposit(const Receipt& receipt);

/// The sealed deposits of this archive in a folder: those whose names begin with one of `first` in that order, then the
/// smallest. Errors: `invalid` for a name in `first` that none begins with, those of the folder.
Result<Outbox> read_outbox(Fs& fs, const std::string& folder, const Sha256& archive,
                           const std::vector<std::string>& first);

/// What one mirror took.
struct Delivery {
  std::vector<Sha256> whole;  // deposits of which everything is there, as far as the mirror says
  std::uint64_t objects = 0;  // that it took, or has with the same bytes
  std::uint64_t unseen = 0;   // that it has already, and does not say with which bytes
  std::vector<Finding>
      unreadable;  // deposits that are not whole here: they are there without their receipt, or not at all
  std::optional<Error> stopped;  // why it took no more
};

/// Sends below incoming/<id>/ of the mirror, what opens a deposit first and its receipt last. Every object is held
/// against the receipt before it leaves. `on_bytes` may be empty.
Delivery deliver(Fs& fs, const std::vector<Outgoing>& deposits, Store& mirror,
                 const std::function<void(std::uint64_t)>& on_bytes);

/// What the log of a mirror says of a deposit, and whether its public part is there.
struct Landing {
  std::uint64_t index = 0;
  bool is_vouched = false;  // by somebody of the archive; the log key alone promises nothing
  bool is_removed = false;
  bool is_held = false;  // receipt and SHA256SUMS with the right bytes, every part with the right size
};

/// For each of the deposits; nothing where the log does not name it. Errors: those of view_archive.
Result<std::vector<std::optional<Landing>>> look_for(const std::vector<Outgoing>& deposits, Store& mirror,
                                                     const Sha256& archive);

/// Removes the objects that the receipt names, the receipt last, and the folder if nothing else is in it. Done already
/// where they are gone.
Result<void> empty_out(Fs& fs, const Outgoing& deposit);

}  // namespace muniment
