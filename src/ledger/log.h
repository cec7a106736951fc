// A log read from a store: its signed head, its entries and its proofs. Spec: docs/formats.md "Log"; C2SP tlog-tiles.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "note/note.h"
#include "store/store.h"
#include "tlog/checkpoint.h"
#include "tlog/proof.h"
#include "tlog/tile.h"

namespace muniment {

/// A key of the log, and the first entry that it orders.
struct LogKey {
  VerifierKey key;
  std::uint64_t from = 0;
  bool operator==(const LogKey&) const = default;
};

/// Which log: the first line of its checkpoints and the keys that may sign them, one after the other.
struct LogIdentity {
  std::string origin;
  std::vector<LogKey> keys;  // ascending by `from`, the first from 0

  /// The one key whose signature counts under a tree of `size` entries: that of the tree's last entry.
  const VerifierKey& key_for(std::uint64_t size) const;
};

/// A checkpoint whose signature and origin have been checked.
struct SignedHead {
  std::string note;  // the whole note, as it lies in `checkpoint`
  tlog::TreeHead head;
};

/// Errors: `corrupt`, `forged` (another origin, no signature of the key that counts at this size; the sentence says
/// when it is that of a key whose time is over).
Result<SignedHead> verify_head(std::string_view note, const LogIdentity& log);

/// A checkpoint that a key of this log has signed for entries after its time: what a thief of that key shows.
struct EndedHead {
  std::uint64_t size = 0;       // what it claims
  std::uint64_t counts_to = 0;  // the entries from here on are not ours
};
/// Nothing when the note is another one.
std::optional<EndedHead> head_by_ended_key(std::string_view note, const LogIdentity& log);

/// The object `checkpoint` of a store, checked. Errors: those of verify_head and of the store.
Result<SignedHead> read_head(Store& store, const LogIdentity& log);

inline constexpr std::uint64_t kCheckpointBytesMax = 1 << 20;

/// Called for each entry in order. The view is valid during the call only.
using EntryVisitor = std::function<Result<void>(std::uint64_t index, ByteView entry)>;

/// Visits entries 0 to head.size - 1 in one pass over the bundles and holds them against the head: what the visitor was
/// told counts only when this returns without error. Errors: `corrupt` when a bundle is missing, cut or altered
/// (the sentence says which), those of the visitor.
Result<void> replay(Store& store, const tlog::TreeHead& head, const EntryVisitor& visit);

/// The same for whoever needs the tree in front of the entry as well.
using TreeVisitor = std::function<Result<void>(const tlog::Frontier& before, ByteView entry)>;
Result<void> replay_tree(Store& store, const tlog::TreeHead& head, const TreeVisitor& visit);

/// Reads nodes of a tree from the tiles of a store. Keeps the last tile of each level at hand.
class TileReader {
 public:
  /// `tree_size` says how wide the partial tiles are.
  TileReader(Store& store, std::uint64_t tree_size) : store_(store), tree_size_(tree_size) {}

  /// The hash of a complete subtree, for tlog's proofs. Not authenticated by itself.
  Result<Sha256> node(unsigned height, std::uint64_t index);
  /// A NodeSource that reads through this reader; valid while the reader lives.
  tlog::NodeSource source();
  /// Reads tiles that a batch has staged from there first: object names by tile path.
  void prefer(std::map<std::string, ObjectName> staged) { staged_ = std::move(staged); }

 private:
  struct Kept {
    std::vector<Sha256> hashes;
    std::map<std::pair<std::size_t, std::size_t>, Sha256> folded;  // by first and count of the hashes below
  };

  Result<Kept*> tile(unsigned level, std::uint64_t index);

  Store& store_;
  std::uint64_t tree_size_;
  std::map<std::string, ObjectName> staged_;
  std::map<std::pair<unsigned, std::uint64_t>, Kept> kept_;  // by level and index: one of level 0, some of the others
};

/// The bundle `index` of the tree of `tree_size`; the full one is taken where the partial one is gone.
Result<Bytes> read_bundle(Store& store, std::uint64_t index, std::uint64_t tree_size);

/// The bytes that every tile of the tree must have, given entry by entry: what a copy's tiles are held against.
class TileBuilder {
 public:
  using Emit = std::function<Result<void>(const tlog::TileId& tile, ByteView bytes)>;
  explicit TileBuilder(Emit emit) : emit_(std::move(emit)) {}
  /// Continues the tree of `size` whose open tiles and open bundle lie in `store`.
  Result<void> resume(Store& store, std::uint64_t size);
  /// Errors: `limit` for an entry over 65,535 bytes, those of emit.
  Result<void> append(ByteView entry) { return append(entry, tlog::leaf_hash(entry)); }
  /// For whoever has the entry's hash already.
  Result<void> append(ByteView entry, const Sha256& leaf);
  /// Emits the partial tiles of the size reached.
  Result<void> finish();
  std::uint64_t size() const { return size_; }

 private:
  Result<void> append_hash(const Sha256& leaf);

  Emit emit_;
  std::uint64_t size_ = 0;
  Bytes bundle_;
  std::vector<std::vector<Sha256>> levels_;  // the open tile of each level
};

}  // namespace muniment
