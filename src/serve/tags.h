// Entity tags of what is served: a keyed hash of a name and of what tells the file at it from others, so that a tag
// tells neither a time nor anything else, and is worth nothing after this run.
#pragma once

#include <mutex>
#include <string>
#include <unordered_map>

#include "base/random.h"
#include "serve/served_folder.h"

namespace muniment {

/// For several threads at once.
class Tags {
 public:
  /// `kept_max`: how many are kept, so that they need not be hashed again.
  Tags(Random& random, std::size_t kept_max);

  /// With its quotation marks.
  std::string tag_of(const ObjectName& name, const FileVersion& version);

 private:
  struct Kept {
    FileVersion version;
    std::string tag;
  };
  std::string make(const ObjectName& name, const FileVersion& version) const;

  Bytes key_;
  const std::size_t kept_max_;
  std::mutex mutex_;
  std::unordered_map<std::string, Kept> kept_;  // by name
};

}  // namespace muniment
