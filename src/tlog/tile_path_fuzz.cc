// Any bytes as the path of a tile: a tile has one path, and none that leaves the folder.
#include "tlog/tile.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using muniment::tlog::TileId;
  const std::string_view path = muniment::as_text({data, size});
  const auto id = muniment::tlog::parse_tile_path(path);
  if (!id) {
    MUNIMENT_CHECK(id.error().code() == muniment::Code::corrupt);
    return 0;
  }
  MUNIMENT_CHECK(id->path() == path);
  MUNIMENT_CHECK(path.starts_with("tile/") && path.find("..") == path.npos);
  MUNIMENT_CHECK(id->level < 8 || id->level == TileId::kEntries);
  MUNIMENT_CHECK(id->width >= 1 && id->width <= muniment::tlog::kTileWidth);
  MUNIMENT_CHECK(id->index <= UINT64_MAX / muniment::tlog::kTileWidth);
  return 0;
}
