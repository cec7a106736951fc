// Full tiles of a log, asked for once: whoever verifies or copies reads the entries several times, and each reading of
// a store that is far away is hundreds of requests.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "store/store.h"

namespace muniment {

/// Another store whose full tiles are kept in memory as they were first given, while they fit. They never change;
/// partial ones and everything else are asked for each time. What is written is not kept, so that it is read back.
class TileCache final : public Store {
 public:
  TileCache(std::unique_ptr<Store> inner, std::uint64_t kept_bytes_max)
      : inner_(std::move(inner)), free_bytes_(kept_bytes_max) {}

  std::string where() const override { return inner_->where(); }
  Result<Bytes> get(const ObjectName& name, std::uint64_t bytes_max) override;
  Result<Bytes> get_on(const ObjectName& name, std::uint64_t bytes_max, Unfinished& unfinished) override {
    return inner_->get_on(name, bytes_max, unfinished);
  }
  std::unique_ptr<Unfinished> unfinished(const ObjectName& name, std::uint64_t bytes_max) override {
    return inner_->unfinished(name, bytes_max);
  }
  Result<void> drop_unfinished() override { return inner_->drop_unfinished(); }
  Result<std::uint64_t> size(const ObjectName& name) override { return inner_->size(name); }
  Result<void> put(const ObjectName& name, ByteView bytes) override;
  Result<void> replace(const ObjectName& name, ByteView bytes) override;
  Result<void> flush() override { return inner_->flush(); }
  Result<void> remove(const ObjectName& name) override;
  Result<void> move(const ObjectName& from, const ObjectName& to, std::uint64_t bytes_max) override;
  Result<std::vector<std::string>> list(const ObjectName& folder) override { return inner_->list(folder); }
  Result<std::unique_ptr<FileLock>> lock(const ObjectName& name) override { return inner_->lock(name); }

 private:
  void forget(const ObjectName& name);

  std::unique_ptr<Store> inner_;
  std::map<ObjectName, Bytes> kept_;
  std::uint64_t free_bytes_;
};

/// Enough for the entries of some hundred thousand deposits.
inline constexpr std::uint64_t kTileCacheBytes = 64 << 20;

}  // namespace muniment
