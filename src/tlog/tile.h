// Tiles and entry bundles (C2SP tlog-tiles): paths, contents, and which of them a tree of a given size has.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tlog/tree.h"

namespace muniment::tlog {

inline constexpr unsigned kTileHeight = 8;
inline constexpr std::uint64_t kTileWidth = 256;
inline constexpr std::size_t kEntryBytesMax = 65535;
inline constexpr std::size_t kTileBytesMax = kTileWidth * 32;
inline constexpr std::size_t kBundleBytesMax = kTileWidth * (2 + kEntryBytesMax);

/// A tile of hashes (level 0 to 7), or an entry bundle (level kEntries).
struct TileId {
  static constexpr unsigned kEntries = 64;
  unsigned level = 0;
  std::uint64_t index = 0;
  std::uint64_t width = kTileWidth;  // 1 to 256; below 256 it is a partial tile

  /// "tile/0/x001/x234/067", "tile/1/000.p/17", "tile/entries/000".
  std::string path() const;
  bool operator==(const TileId&) const = default;
};

/// Errors: `corrupt`.
Result<TileId> parse_tile_path(std::string_view path);

/// Tiles and bundles that the tree of `new_size` has and that of `old_size` has not, partial ones included:
/// bundles first, then level by level, ascending. old_size <= new_size.
std::vector<TileId> new_tiles(std::uint64_t old_size, std::uint64_t new_size);

/// The tile at `level` and `index` of the tree of `tree_size`, as wide as that tree fills it; 0 when it has none.
std::uint64_t tile_width(unsigned level, std::uint64_t index, std::uint64_t tree_size);

/// Where the hash of a complete subtree lies: the tile and which of its hashes have to be folded.
struct NodePlace {
  unsigned level = 0;
  std::uint64_t tile = 0;
  std::size_t first = 0;  // index in the tile
  std::size_t count = 1;  // a power of two
};
NodePlace place_of(unsigned height, std::uint64_t index);

/// The root over 1, 2, 4 … 256 sibling hashes.
Sha256 fold(std::span<const Sha256> hashes);

/// Exactly `width` hashes. Errors: `corrupt`.
Result<std::vector<Sha256>> parse_tile(ByteView bytes, std::uint64_t width);
Bytes render_tile(std::span<const Sha256> hashes);

/// Exactly `width` entries, each after its length; views into `bytes`. Errors: `corrupt`.
Result<std::vector<ByteView>> parse_bundle(ByteView bytes, std::uint64_t width);
/// One entry as it stands in a bundle. Errors: `limit` above kEntryBytesMax.
Result<void> append_entry(Bytes& bundle, ByteView entry);

}  // namespace muniment::tlog
