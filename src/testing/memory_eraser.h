// An Eraser over a MemoryFs, and as cruel as a disk can be: what is overwritten is gone at once, also when the power
// goes before it is synced.
#pragma once

#include <map>
#include <set>
#include <string>

#include "base/eraser.h"
#include "testing/memory_fs.h"

namespace muniment {

class MemoryEraser final : public Eraser {
 public:
  explicit MemoryEraser(MemoryFs& fs) : fs_(fs) {}

  /// By the path that is asked for; one name unless it was said.
  void set_links(const std::string& path, std::uint64_t links) { links_[path] = links; }
  void set_in_use(const std::string& path) { in_use_.insert(path); }
  /// As a file system in memory.
  void keep_cached() { keeps_cached_ = true; }
  /// Files for which drop_cache() was called, in order.
  const std::vector<std::string>& dropped() const { return dropped_; }

  Result<FileIdentity> identify(const std::string& path) override;
  Result<std::unique_ptr<OpenOriginal>> open(const std::string& path) override;
  Result<bool> drop_cache(const std::string& path) override;

 private:
  class Original;

  MemoryFs& fs_;
  std::map<std::string, std::uint64_t> links_;
  std::set<std::string> in_use_;
  std::vector<std::string> dropped_;
  bool keeps_cached_ = false;
};

}  // namespace muniment
