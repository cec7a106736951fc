#include "tlog/tile.h"

#include <algorithm>
#include <array>
#include <bit>

#include "base/encoding.h"

namespace muniment::tlog {
namespace {

constexpr unsigned kLevels = 8;            // a hash of level 8 would stand for 2^64 leaves
constexpr std::size_t kPathBytesMax = 64;  // "tile/entries/" with the largest index is shorter
constexpr std::uint64_t kGroup = 1000;     // an index is written in groups of three digits
constexpr std::size_t kHashBytes = 32;

Error not_a_tile() { return {Code::corrupt, "not the path of a tile"}; }

/// How many hashes (entries, for bundles) the tree has at a level.
std::uint64_t hashes_at(unsigned level, std::uint64_t tree_size) {
  if (level == TileId::kEntries) return tree_size;
  return level < kLevels ? tree_size >> (kTileHeight * level) : 0;
}

/// A bundle spans 256 leaves, a tile 256^(level + 1): all of them have an index below 2^64.
bool index_fits(unsigned level, std::uint64_t index) {
  const unsigned tiles_below = level == TileId::kEntries ? 1 : level + 1;
  return index >> (64 - kTileHeight * tiles_below) == 0;
}

/// "x001", "x234", "067": the digits of all groups in a row. Modulo 2^64: a larger number has more digits than the
/// path of what is left of it, and so does not lead back to its own path.
Result<std::uint64_t> parse_index(std::span<const std::string_view> groups) {
  std::uint64_t index = 0;
  for (std::string_view group : groups) {
    if (group.starts_with('x')) group.remove_prefix(1);
    while (group.size() > 1 && group.starts_with('0')) group.remove_prefix(1);
    TRY_ASSIGN(const std::uint64_t digits, parse_decimal(group, kGroup - 1));
    index = index * kGroup + digits;
  }
  return index;
}

Result<unsigned> parse_level(std::string_view text) {
  if (text == "entries") return TileId::kEntries;
  TRY_ASSIGN(const std::uint64_t level, parse_decimal(text, kLevels - 1));
  return static_cast<unsigned>(level);
}

}  // namespace

// "Zero-padded 3-digit path elements. All but the last path element MUST begin with an x."
std::string TileId::path() const {
  std::string number = std::to_string(index);
  number.insert(0, (3 - number.size() % 3) % 3, '0');
  std::string path = level == kEntries ? "tile/entries" : "tile/" + std::to_string(level);
  for (std::size_t i = 0; i < number.size(); i += 3) {
    path += i + 3 < number.size() ? "/x" : "/";
    path += number.substr(i, 3);
  }
  return width == kTileWidth ? path : path + ".p/" + std::to_string(width);
}

Result<TileId> parse_tile_path(std::string_view path) {
  constexpr std::string_view kPartial = ".p";
  if (path.size() > kPathBytesMax) return not_a_tile();
  std::vector<std::string_view> pieces = split(path, '/');
  if (pieces.size() < 3) return not_a_tile();

  TileId id;
  if (std::string_view& group = pieces[pieces.size() - 2]; group.ends_with(kPartial)) {
    const auto width = parse_decimal(pieces.back(), kTileWidth - 1);
    if (!width || *width == 0) return not_a_tile();
    id.width = *width;
    group.remove_suffix(kPartial.size());
    pieces.pop_back();
  }
  if (pieces.size() < 3) return not_a_tile();
  const auto level = parse_level(pieces[1]);
  const auto index = parse_index(std::span(pieces).subspan(2));
  if (!level || !index || !index_fits(*level, *index)) return not_a_tile();
  id.level = *level;
  id.index = *index;
  // One tile has one path: whatever was read leniently above shows here.
  if (id.path() != path) return not_a_tile();
  return id;
}

std::vector<TileId> new_tiles(std::uint64_t old_size, std::uint64_t new_size) {
  MUNIMENT_CHECK(old_size <= new_size);
  constexpr unsigned kOrder[] = {TileId::kEntries, 0, 1, 2, 3, 4, 5, 6, 7};
  std::vector<TileId> tiles;
  for (const unsigned level : kOrder) {
    const std::uint64_t old_hashes = hashes_at(level, old_size);
    const std::uint64_t new_hashes = hashes_at(level, new_size);
    if (old_hashes == new_hashes) continue;
    // The first one may be there already, less wide: its new width is a new path, so nothing is overwritten.
    const std::uint64_t last = (new_hashes - 1) / kTileWidth;
    for (std::uint64_t index = old_hashes / kTileWidth; index <= last; ++index) {
      tiles.push_back({.level = level, .index = index, .width = tile_width(level, index, new_size)});
    }
  }
  return tiles;
}

std::uint64_t tile_width(unsigned level, std::uint64_t index, std::uint64_t tree_size) {
  const std::uint64_t hashes = hashes_at(level, tree_size);
  const std::uint64_t full_tiles = hashes / kTileWidth;
  if (index < full_tiles) return kTileWidth;
  return index == full_tiles ? hashes % kTileWidth : 0;
}

NodePlace place_of(unsigned height, std::uint64_t index) {
  const unsigned height_in_tile = height % kTileHeight;
  const std::uint64_t first = index << height_in_tile;
  return {.level = height / kTileHeight,
          .tile = first / kTileWidth,
          .first = static_cast<std::size_t>(first % kTileWidth),
          .count = std::size_t{1} << height_in_tile};
}

Sha256 fold(std::span<const Sha256> hashes) {
  MUNIMENT_CHECK(std::has_single_bit(hashes.size()) && hashes.size() <= kTileWidth);
  std::array<Sha256, kTileHeight + 1> edge;  // complete subtrees at the right end, the largest first
  std::size_t kept = 0;
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    Sha256 hash = hashes[i];
    for (std::size_t count = i; count % 2 == 1; count /= 2) hash = node_hash(edge[--kept], hash);
    edge[kept++] = hash;
  }
  return edge[0];
}

Result<std::vector<Sha256>> parse_tile(ByteView bytes, std::uint64_t width) {
  if (width == 0 || width > kTileWidth || bytes.size() != width * kHashBytes) {
    return Error(Code::corrupt, "the tile does not have the size that its width asks for");
  }
  std::vector<Sha256> hashes(static_cast<std::size_t>(width));
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    std::ranges::copy(bytes.subspan(i * kHashBytes, kHashBytes), hashes[i].bytes.begin());
  }
  return hashes;
}

Bytes render_tile(std::span<const Sha256> hashes) {
  Bytes bytes;
  bytes.reserve(hashes.size() * kHashBytes);
  for (const Sha256& hash : hashes) append(bytes, hash.bytes);
  return bytes;
}

Result<std::vector<ByteView>> parse_bundle(ByteView bytes, std::uint64_t width) {
  if (width == 0 || width > kTileWidth) return Error(Code::corrupt, "an entry bundle has 1 to 256 entries");
  std::vector<ByteView> entries;
  ByteReader in(bytes);
  // A length is two bytes and what it promises must be there, so the entries cannot outgrow the input.
  for (std::uint64_t i = 0; i < width; ++i) {
    TRY_ASSIGN(const std::uint16_t size, in.u16());
    TRY_ASSIGN(const ByteView entry, in.take(size));
    entries.push_back(entry);
  }
  TRY(in.done());
  return entries;
}

Result<void> append_entry(Bytes& bundle, ByteView entry) {
  if (entry.size() > kEntryBytesMax) return Error(Code::limit, "a log entry has at most 65535 bytes");
  append_u16(bundle, static_cast<std::uint16_t>(entry.size()));
  append(bundle, entry);
  return {};
}

}  // namespace muniment::tlog
