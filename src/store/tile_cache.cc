#include "store/tile_cache.h"

namespace muniment {
namespace {

bool is_full_tile(const ObjectName& name) {
  return name.text().starts_with("tile/") && name.text().find(".p/") == std::string::npos;
}

}  // namespace

Result<Bytes> TileCache::get(const ObjectName& name, std::uint64_t bytes_max) {
  if (!is_full_tile(name)) return inner_->get(name, bytes_max);
  const auto found = kept_.find(name);
  if (found != kept_.end() && found->second.size() <= bytes_max) return found->second;
  auto bytes = inner_->get(name, bytes_max);
  if (bytes && found == kept_.end() && bytes->size() <= free_bytes_) {
    free_bytes_ -= bytes->size();
    kept_.emplace(name, *bytes);
  }
  return bytes;
}

void TileCache::forget(const ObjectName& name) {
  const auto found = kept_.find(name);
  if (found == kept_.end()) return;
  free_bytes_ += found->second.size();
  kept_.erase(found);
}

Result<void> TileCache::put(const ObjectName& name, ByteView bytes) {
  forget(name);
  return inner_->put(name, bytes);
}

Result<void> TileCache::replace(const ObjectName& name, ByteView bytes) {
  forget(name);
  return inner_->replace(name, bytes);
}

Result<void> TileCache::remove(const ObjectName& name) {
  forget(name);
  return inner_->remove(name);
}

Result<void> TileCache::move(const ObjectName& from, const ObjectName& to, std::uint64_t bytes_max) {
  forget(from);
  forget(to);
  return inner_->move(from, to, bytes_max);
}

}  // namespace muniment
