#include "ledger/appender.h"

#include <optional>

namespace muniment {
namespace {

ObjectName staged_name(const Sha256& root, const std::string& tile_path) {
  return ObjectName(std::string(kStagedBatches) + "/" + root.hex() + "/" + tile_path);
}

Error not_as_written(const Store& store) {
  return {Code::corrupt, "what was read back from " + store.where() +
                             " is not what was written: do not trust this disk. Nothing was appended"};
}

/// While it lives, many objects are made durable at once; few are so sooner one by one.
class PuttingMany {
 public:
  PuttingMany(Store& store, std::size_t objects) : store_(store), are_many_(objects > kPutOneByOneMax) {
    if (are_many_) store_.put_in_groups({});
  }
  PuttingMany(const PuttingMany&) = delete;
  PuttingMany& operator=(const PuttingMany&) = delete;
  ~PuttingMany() {
    if (are_many_) store_.put_one_by_one();
  }

 private:
  static constexpr std::size_t kPutOneByOneMax = 16;

  Store& store_;
  bool are_many_;
};

/// Best effort: a batch that stays is a few kilobytes that nothing refers to.
void remove_batch(Store& store, const std::map<std::string, ObjectName>& staged) {
  for (const auto& [path, name] : staged) static_cast<void>(store.remove(name).has_value());
}

/// A checkpoint that is gone or no longer readable: the private head says what stood there.
bool is_lost(const Result<SignedHead>& published) {
  if (published) return false;
  const Code code = published.error().code();
  return code == Code::not_found || code == Code::corrupt || code == Code::forged;
}

}  // namespace

Result<std::optional<SignedHead>> Appender::finish_earlier() {
  // The checkpoint first: of what this home signs it is never ahead of the private head, however many writers there
  // are.
  const auto published = read_head(store_, log_);
  if (!published && !is_lost(published)) return published.error();
  TRY_ASSIGN(const auto private_head, heads_.read());
  if (!published && !private_head) {
    if (published.error().code() == Code::not_found) return std::optional<SignedHead>{};
    return published.error();
  }
  SignedHead head;
  if (private_head) {
    TRY_ASSIGN(head, verify_head(as_text(*private_head), log_));
  }
  if (published && published->head == head.head) return std::optional(std::move(head));
  if (published && published->head.size >= head.head.size) {
    return Error(Code::forged,
                 "the published checkpoint is not the one that this home signed last: another writer has "
                 "been at " +
                     store_.where() + ". Nothing was appended");
  }
  TRY(publish(head, Batch::lay_there));
  return std::optional(std::move(head));
}

Result<SignedHead> Appender::append(const std::vector<Bytes>& entries, const std::optional<tlog::TreeHead>& after) {
  MUNIMENT_CHECK(!entries.empty());
  TRY_ASSIGN(const auto old, finish_earlier());
  const tlog::TreeHead old_head = old ? old->head : tlog::TreeHead{};
  if (after && *after != old_head)
    return Error(Code::conflict,
                 "another writer has appended to the log meanwhile. Nothing was appended; run it again");
  TileReader old_tiles(store_, old_head.size);
  TRY_ASSIGN(tlog::Frontier frontier, tlog::Frontier::resume(old_head.size, old_tiles.source()));
  if (frontier.head() != old_head) {
    return Error(Code::corrupt,
                 "the tiles of " + store_.where() + " are not those of its checkpoint. Nothing was appended");
  }
  std::vector<Sha256> leaves;
  leaves.reserve(entries.size());
  for (const Bytes& entry : entries) {
    leaves.push_back(tlog::leaf_hash(entry));
    frontier.append(leaves.back());
  }
  const tlog::TreeHead fresh = frontier.head();

  Staged staged;
  auto prepared = stage(old_head.size, entries, leaves, fresh.root, staged);
  if (prepared) prepared = read_back(staged, old_head, fresh);
  if (!prepared) {
    remove_batch(store_, staged);
    return prepared.error();
  }
  auto appended = sign_and_swap(old, fresh);
  if (!appended) {
    // After any other error the head may have been swapped all the same, and then the batch is needed. So it is when
    // the winner has staged the same batch under the same name.
    const auto is_needed = is_private_head(fresh);
    if (appended.error().code() == Code::conflict && is_needed && !*is_needed) remove_batch(store_, staged);
    return appended;
  }
  TRY(publish(*appended, Batch::read_back));
  remove_batch(store_, staged);
  return appended;
}

Result<void> Appender::stage(std::uint64_t old_size, const std::vector<Bytes>& entries, std::span<const Sha256> leaves,
                             const Sha256& root, Staged& staged) {
  const PuttingMany putting(store_, tlog::new_tiles(old_size, old_size + entries.size()).size());
  TileBuilder builder([&](const tlog::TileId& tile, ByteView bytes) -> Result<void> {
    const ObjectName name = staged_name(root, tile.path());
    staged.emplace(tile.path(), name);
    return store_.put(name, bytes);
  });
  TRY(builder.resume(store_, old_size));
  for (std::size_t i = 0; i < entries.size(); ++i) TRY(builder.append(entries[i], leaves[i]));
  TRY(builder.finish());
  return store_.flush();
}

/// Every byte of the batch: entries lead to tiles of level 0, each full tile to the level above, and what is left at
/// the right edge to the root.
Result<void> Appender::read_back(const Staged& staged, const tlog::TreeHead& old, const tlog::TreeHead& fresh) {
  TileReader reader(store_, fresh.size);
  reader.prefer(staged);
  TRY_ASSIGN(const Sha256 root, tlog::root_of(fresh.size, reader.source()));
  if (root != fresh.root) return not_as_written(store_);
  for (const auto& [path, name] : staged) {
    TRY_ASSIGN(const tlog::TileId id, tlog::parse_tile_path(path));
    if (id.level == tlog::TileId::kEntries) {
      TRY(read_back_entries(id, name, reader));
      TRY(read_back_full({0, id.index, id.width}, reader));  // the tile at hand
    } else if (id.level != 0) {
      TRY(read_back_full(id, reader));
    }
  }
  TRY_ASSIGN(const tlog::Proof proof, tlog::consistency_proof(old.size, fresh.size, reader.source()));
  if (!tlog::verify_consistency(old, fresh, proof)) return not_as_written(store_);
  return {};
}

Result<void> Appender::read_back_entries(const tlog::TileId& id, const ObjectName& name, TileReader& reader) {
  TRY_ASSIGN(const Bytes bundle, store_.get(name, tlog::kBundleBytesMax));
  TRY_ASSIGN(const auto entries, tlog::parse_bundle(bundle, id.width));
  for (std::uint64_t i = 0; i < id.width; ++i) {
    TRY_ASSIGN(const Sha256 leaf, reader.node(0, id.index * tlog::kTileWidth + i));
    if (leaf != tlog::leaf_hash(entries[i])) return not_as_written(store_);
  }
  return {};
}

Result<void> Appender::read_back_full(const tlog::TileId& tile, TileReader& reader) {
  if (tile.width != tlog::kTileWidth) return {};
  const unsigned height = tlog::kTileHeight * (tile.level + 1);
  TRY_ASSIGN(const Sha256 left, reader.node(height - 1, tile.index * 2));
  TRY_ASSIGN(const Sha256 right, reader.node(height - 1, tile.index * 2 + 1));
  TRY_ASSIGN(const Sha256 parent, reader.node(height, tile.index));
  if (parent != tlog::node_hash(left, right)) return not_as_written(store_);
  return {};
}

Result<SignedHead> Appender::sign_and_swap(const std::optional<SignedHead>& old, const tlog::TreeHead& fresh) {
  const SignerKey* const signers[] = {&signer_};
  SignedHead head{sign_note(tlog::render_checkpoint({log_.origin, fresh}), signers), fresh};
  TRY(verify_head(head.note, log_));  // a key that the charter does not name signs nothing that is kept
  std::optional<Bytes> expected;
  if (old) expected = Bytes(old->note.begin(), old->note.end());
  TRY(heads_.compare_and_swap(expected, as_view(head.note)));
  return head;
}

Result<bool> Appender::is_private_head(const tlog::TreeHead& head) {
  TRY_ASSIGN(const auto current, heads_.read());
  if (!current) return false;
  const auto verified = verify_head(as_text(*current), log_);
  return verified && verified->head == head;
}

Result<void> Appender::publish(const SignedHead& head, Batch batch) {
  if (auto published = publish_tiles(head, batch); !published) {
    // Another writer may have finished meanwhile and cleared the batch away.
    const auto now = read_head(store_, log_);
    if (!now || now->head.size < head.head.size) return published;
  }
  TRY_ASSIGN(const bool is_last, is_private_head(head.head));
  if (!is_last) return {};  // another writer has published this one and gone on
  // Every tile is durable before a reader can see a checkpoint that needs it.
  return store_.replace(ObjectName("checkpoint"), as_view(head.note));
}

Result<void> Appender::publish_tiles(const SignedHead& head, Batch batch) {
  const auto published = read_head(store_, log_);
  if (!published && !is_lost(published)) return published.error();
  const tlog::TreeHead old = published ? published->head : tlog::TreeHead{};
  if (old.size >= head.head.size) return {};
  const std::vector<tlog::TileId> tiles = tlog::new_tiles(old.size, head.head.size);
  Staged staged;
  for (const tlog::TileId& tile : tiles) {
    const ObjectName name = staged_name(head.head.root, tile.path());
    // A batch is cleared away only after its tiles were published.
    staged.emplace(tile.path(), store_.size(name) ? name : ObjectName(tile.path()));
  }
  // What is published stays for ever.
  if (batch == Batch::lay_there) TRY(read_back(staged, old, head.head));
  const PuttingMany putting(store_, tiles.size());
  for (const auto& [path, name] : staged) {
    TRY_ASSIGN(const Bytes bytes, store_.get(name, tlog::kBundleBytesMax));
    TRY(store_.put(ObjectName(path), bytes));
  }
  return store_.flush();
}

}  // namespace muniment
