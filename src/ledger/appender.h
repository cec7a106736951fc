// Appending to a log: stage, read back, sign, swap the head, publish. Spec: docs/formats.md "Appending".
#pragma once

#include <span>
#include <string>
#include <vector>

#include "ledger/log.h"
#include "note/note.h"
#include "store/store.h"

namespace muniment {

/// Whatever is cut off where: the published log is the old one or the new one, never a mixture, and the next
/// appender finishes what was begun. Two appenders at once: one wins, the other gets `conflict` and nothing of it
/// shows.
class Appender {
 public:
  /// `signer` signs checkpoints under the key name `log.origin`. The references outlive the appender.
  Appender(Store& store, HeadStore& heads, const LogIdentity& log, const SignerKey& signer)
      : store_(store), heads_(heads), log_(log), signer_(signer) {}

  /// Publishes a head that an earlier run swapped in but did not publish. Done first by append().
  /// Gives the head, or nothing for a log without entries. Errors: `forged` when head and checkpoint disagree.
  Result<std::optional<SignedHead>> finish_earlier();

  /// Appends in order; the new entries are at the end of the log it returns, published and durable.
  /// Errors: `conflict` (lost to another writer: run again), `corrupt` (what was read back is not what was
  /// written, or the old log does not lead to the new one), `limit`, those of the store. With `after`, also `conflict`
  /// when the log is not this tree any more, for entries that mean something there only.
  Result<SignedHead> append(const std::vector<Bytes>& entries, const std::optional<tlog::TreeHead>& after = {});

 private:
  using Staged = std::map<std::string, ObjectName>;  // tile path → where the batch has staged it

  enum class Batch { read_back, lay_there };  // by this run, or for long

  Result<void> stage(std::uint64_t old_size, const std::vector<Bytes>& entries, std::span<const Sha256> leaves,
                     const Sha256& root, Staged& staged);
  Result<void> read_back(const Staged& staged, const tlog::TreeHead& old, const tlog::TreeHead& fresh);
  Result<void> read_back_entries(const tlog::TileId& id, const ObjectName& name, TileReader& reader);
  Result<void> read_back_full(const tlog::TileId& tile, TileReader& reader);
  Result<SignedHead> sign_and_swap(const std::optional<SignedHead>& old, const tlog::TreeHead& fresh);
  Result<bool> is_private_head(const tlog::TreeHead& head);
  Result<void> publish(const SignedHead& head, Batch batch);
  Result<void> publish_tiles(const SignedHead& head, Batch batch);

  Store& store_;
  HeadStore& heads_;
  const LogIdentity& log_;
  const SignerKey& signer_;
};

/// Where batches wait until their head is swapped in: not served, not copied.
inline constexpr const char* kStagedBatches = "home/staged";

}  // namespace muniment
