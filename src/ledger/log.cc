#include "ledger/log.h"

#include "base/encoding.h"

namespace muniment {
namespace {

std::uint64_t bundle_width(std::uint64_t index, std::uint64_t tree_size) {
  return std::min(tlog::kTileWidth, tree_size - index * tlog::kTileWidth);
}

/// Reads a tile or bundle as wide as the tree fills it, else the full one of a later tree, which starts the same.
Result<Bytes> get_tile(Store& store, tlog::TileId id, std::uint64_t bytes_max) {
  auto bytes = store.get(ObjectName(id.path()), bytes_max);
  if (bytes || id.width == tlog::kTileWidth || bytes.error().code() != Code::not_found) return bytes;
  id.width = tlog::kTileWidth;
  auto full = store.get(ObjectName(id.path()), bytes_max);
  return full ? std::move(full) : std::move(bytes);
}

/// The first entries of a bundle that is as wide as asked for, or the full one of a later tree. Nothing stands behind
/// the last entry: bytes that no checkpoint covers would pass unnoticed.
Result<std::vector<ByteView>> first_entries(ByteView bundle, std::uint64_t width) {
  auto entries = tlog::parse_bundle(bundle, width);
  if (entries) return entries;
  auto full = tlog::parse_bundle(bundle, tlog::kTileWidth);
  if (!full) return entries;
  full->resize(width);
  return full;
}

/// Up to which entry the key counted that has signed a checkpoint after its time; nothing when none of them has.
std::optional<std::uint64_t> end_of_signer(const Note& note, std::uint64_t size, const LogIdentity& log) {
  for (std::size_t i = 1; i < log.keys.size(); ++i) {
    const LogKey& ended = log.keys[i - 1];
    if (size > log.keys[i].from && verify_note(note, {&ended.key, 1})) return log.keys[i].from;
  }
  return std::nullopt;
}

/// Why a checkpoint without the right signature does not count.
Error not_signed(const Note& note, std::uint64_t size, const LogIdentity& log) {
  const auto end = end_of_signer(note, size, log);
  if (!end) return {Code::forged, "no key of this log has signed the checkpoint"};
  return {Code::forged, "signed by a log key that counts up to entry " + std::to_string(*end) +
                            " only; the entries from there on are not ours"};
}

}  // namespace

const VerifierKey& LogIdentity::key_for(std::uint64_t size) const {
  MUNIMENT_CHECK(!keys.empty());
  std::size_t in_force = 0;
  while (in_force + 1 < keys.size() && keys[in_force + 1].from < size) ++in_force;
  return keys[in_force].key;
}

Result<SignedHead> verify_head(std::string_view note, const LogIdentity& log) {
  TRY_ASSIGN(const Note parsed, parse_note(note));
  TRY_ASSIGN(const tlog::Checkpoint checkpoint, tlog::parse_checkpoint(parsed.text));
  if (checkpoint.origin != log.origin) {
    return Error(Code::forged, "the checkpoint is of another log: " + printable(checkpoint.origin, 80));
  }
  const VerifierKey& key = log.key_for(checkpoint.head.size);
  if (auto verified = verify_note(parsed, {&key, 1}); !verified) return not_signed(parsed, checkpoint.head.size, log);
  return SignedHead{.note = std::string(note), .head = checkpoint.head};
}

std::optional<EndedHead> head_by_ended_key(std::string_view note, const LogIdentity& log) {
  const auto parsed = parse_note(note);
  if (!parsed) return std::nullopt;
  const auto checkpoint = tlog::parse_checkpoint(parsed->text);
  if (!checkpoint || checkpoint->origin != log.origin) return std::nullopt;
  const auto end = end_of_signer(*parsed, checkpoint->head.size, log);
  return end ? std::optional(EndedHead{checkpoint->head.size, *end}) : std::nullopt;
}

Result<SignedHead> read_head(Store& store, const LogIdentity& log) {
  TRY_ASSIGN(const Bytes note, store.get(ObjectName("checkpoint"), kCheckpointBytesMax));
  auto head = verify_head(as_text(note), log);
  if (!head) return head.error().in("checkpoint of " + store.where());
  return head;
}

Result<Bytes> read_bundle(Store& store, std::uint64_t index, std::uint64_t tree_size) {
  const tlog::TileId id{tlog::TileId::kEntries, index, bundle_width(index, tree_size)};
  return get_tile(store, id, tlog::kBundleBytesMax);
}

Result<void> replay(Store& store, const tlog::TreeHead& head, const EntryVisitor& visit) {
  return replay_tree(store, head,
                     [&](const tlog::Frontier& before, ByteView entry) { return visit(before.size(), entry); });
}

Result<void> replay_tree(Store& store, const tlog::TreeHead& head, const TreeVisitor& visit) {
  tlog::Frontier frontier;
  for (std::uint64_t index = 0; index * tlog::kTileWidth < head.size; ++index) {
    const auto name = "log entries from " + std::to_string(index * tlog::kTileWidth) + " on";
    auto bundle = read_bundle(store, index, head.size);
    if (!bundle && bundle.error().code() == Code::not_found) return Error(Code::corrupt, name + " are missing");
    if (!bundle) return bundle.error().in(name);
    auto entries = first_entries(*bundle, bundle_width(index, head.size));
    if (!entries) return entries.error().in(name);
    for (const ByteView entry : *entries) {
      TRY(visit(frontier, entry));
      frontier.append(tlog::leaf_hash(entry));
    }
  }
  if (frontier.head() != head) return Error(Code::corrupt, "the entries are not those that the checkpoint signs");
  return {};
}

Result<Sha256> TileReader::node(unsigned height, std::uint64_t index) {
  const tlog::NodePlace place = tlog::place_of(height, index);
  TRY_ASSIGN(Kept* const kept, tile(place.level, place.tile));
  if (place.first + place.count > kept->hashes.size()) return Error(Code::corrupt, "a tile is narrower than its tree");
  if (place.count == 1) return kept->hashes[place.first];
  const auto [found, is_new] = kept->folded.try_emplace({place.first, place.count});
  if (is_new) found->second = tlog::fold(std::span(kept->hashes).subspan(place.first, place.count));
  return found->second;
}

tlog::NodeSource TileReader::source() {
  return [this](unsigned height, std::uint64_t index) { return node(height, index); };
}

Result<TileReader::Kept*> TileReader::tile(unsigned level, std::uint64_t index) {
  const auto kept = kept_.find({level, index});
  if (kept != kept_.end()) return &kept->second;
  const std::uint64_t width = tlog::tile_width(level, index, tree_size_);
  if (width == 0) return Error(Code::invalid, "no such tile in a tree of " + std::to_string(tree_size_));
  const tlog::TileId id{level, index, width};
  const auto staged = staged_.find(id.path());
  auto bytes = staged != staged_.end() ? store_.get(staged->second, tlog::kTileBytesMax)
                                       : get_tile(store_, id, tlog::kTileBytesMax);
  if (!bytes) return bytes.error().in(id.path());
  if (bytes->size() > width * 32) bytes->resize(width * 32);  // the full tile of a later tree
  auto hashes = tlog::parse_tile(*bytes, width);
  if (!hashes) return hashes.error().in(id.path());
  constexpr std::size_t kKeptMax = 64;
  std::erase_if(
      kept_, [&](const auto& other) { return other.first.first == level && (level == 0 || kept_.size() >= kKeptMax); });
  return &(kept_[{level, index}] = {std::move(*hashes), {}});
}

Result<void> TileBuilder::resume(Store& store, std::uint64_t size) {
  size_ = size;
  TileReader reader(store, size);
  if (size % tlog::kTileWidth != 0) {
    TRY_ASSIGN(bundle_, read_bundle(store, size / tlog::kTileWidth, size));
    // A full bundle of a later tree may stand in for the partial one: only the first entries are open.
    TRY_ASSIGN(const auto entries, first_entries(bundle_, size % tlog::kTileWidth));
    Bytes open;
    for (const ByteView entry : entries) TRY(tlog::append_entry(open, entry));
    bundle_ = std::move(open);
  }
  for (unsigned level = 0; (size >> (tlog::kTileHeight * level)) != 0 && level < 8; ++level) {
    const std::uint64_t hashes = size >> (tlog::kTileHeight * level);
    const std::uint64_t tile = hashes / tlog::kTileWidth;
    std::vector<Sha256>& open = levels_.emplace_back();
    for (std::uint64_t i = tile * tlog::kTileWidth; i < hashes; ++i) {
      TRY_ASSIGN(const Sha256 hash, reader.node(tlog::kTileHeight * level, i));
      open.push_back(hash);
    }
  }
  return {};
}

Result<void> TileBuilder::append(ByteView entry, const Sha256& leaf) {
  TRY(tlog::append_entry(bundle_, entry));
  if (size_ % tlog::kTileWidth == tlog::kTileWidth - 1) {
    TRY(emit_({tlog::TileId::kEntries, size_ / tlog::kTileWidth, tlog::kTileWidth}, bundle_));
    bundle_.clear();
  }
  return append_hash(leaf);
}

Result<void> TileBuilder::append_hash(const Sha256& leaf) {
  Sha256 hash = leaf;
  for (unsigned level = 0;; ++level) {
    if (level == levels_.size()) levels_.emplace_back();
    std::vector<Sha256>& open = levels_[level];
    open.push_back(hash);
    if (open.size() < tlog::kTileWidth) break;
    const std::uint64_t tile = size_ >> (tlog::kTileHeight * (level + 1));
    TRY(emit_({level, tile, tlog::kTileWidth}, tlog::render_tile(open)));
    hash = tlog::fold(open);  // a full tile is one hash of the level above
    open.clear();
  }
  ++size_;
  return {};
}

Result<void> TileBuilder::finish() {
  if (!bundle_.empty()) {
    TRY(emit_({tlog::TileId::kEntries, size_ / tlog::kTileWidth, size_ % tlog::kTileWidth}, bundle_));
  }
  for (unsigned level = 0; level < levels_.size(); ++level) {
    if (levels_[level].empty()) continue;
    const std::uint64_t tile = size_ >> (tlog::kTileHeight * (level + 1));
    TRY(emit_({level, tile, levels_[level].size()}, tlog::render_tile(levels_[level])));
  }
  return {};
}

}  // namespace muniment
