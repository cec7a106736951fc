// The door to what happens in folders, and to waiting for it. posix_folder_watch() is the real one (inotify),
// testing/scripted_watch.h a double whose time stands still.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace muniment {

struct FolderEvent {
  enum class Kind {
    appeared,    // made, and perhaps still being written
    closed,      // by somebody who wrote, or moved here
    overlooked,  // more has happened than was noted down: look through everything; `path` is empty
    gone,        // a folder that was watched is no longer under its name
  };
  Kind kind = Kind::appeared;
  std::string path;
};

class FolderWatch {
 public:
  virtual ~FolderWatch() = default;
  /// From now on tells of a folder, and not of those in it. Watched ones are left as they are; links are not followed.
  /// Errors: `not_found`, `denied`, `limit` when the system watches no more, `io`.
  virtual Result<void> add(const std::string& folder) = 0;
  /// What has happened, after waiting for it; nothing when `ms_max` have passed or the program is to end.
  virtual Result<std::vector<FolderEvent>> wait(std::int64_t ms_max) = 0;
  /// True once somebody has asked the program to end.
  virtual bool is_ended() = 0;
  /// Milliseconds since some moment. Nobody can set it.
  virtual std::int64_t now_ms() = 0;
  /// Whether a program has the file open for writing; nothing where the file system cannot say, or not to us.
  virtual std::optional<bool> is_being_written(const std::string& path) = 0;
};

/// From here on SIGINT and SIGTERM end no thread of the program: they are told by is_ended(). Errors: `io`.
Result<std::unique_ptr<FolderWatch>> posix_folder_watch();

}  // namespace muniment
