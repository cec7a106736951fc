// The door to what removing originals takes beyond Fs: telling a file from another one, overwriting it in place, and
// having what is read next come from the disk. posix_eraser() is the real one, testing/memory_eraser.h a double.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/random.h"

namespace muniment {

/// What a name leads to, so exactly that another file, or the same one after a change, is told from it.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t number = 0;  // the inode
  std::uint64_t size_bytes = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;  // of the inode; nobody can set it
  std::uint64_t links = 0;      // names of it
  std::uint32_t mode = 0;       // permission bits only
  bool operator==(const FileIdentity&) const = default;
};

/// A file that can be overwritten. While it lives no other program opens it, where the file system can see to that.
class OpenOriginal {
 public:
  virtual ~OpenOriginal() = default;
  virtual Result<FileIdentity> identity() = 0;
  /// Reads on, up to buffer.size() bytes; 0 is the end.
  virtual Result<std::size_t> read(MutableBytes buffer) = 0;
  /// Overwrites its whole length once, and then makes it empty; each is durable before the next step.
  virtual Result<void> overwrite(Random& random) = 0;
};

/// Every call may fail with `io`, `not_found` or `denied`; others are named.
class Eraser {
 public:
  virtual ~Eraser() = default;
  /// Of a regular file; links are not followed. Errors: `invalid` for anything else.
  virtual Result<FileIdentity> identify(const std::string& path) = 0;
  /// Errors: `conflict` when another program has it open, `invalid` when it is no regular file.
  virtual Result<std::unique_ptr<OpenOriginal>> open(const std::string& path) = 0;
  /// Has memory forget what it holds of a file that is synced. False when it does not: then reading it shows what
  /// memory has, and not what the disk has.
  virtual Result<bool> drop_cache(const std::string& path) = 0;
};

/// Lives as long as the process.
Eraser& posix_eraser();

}  // namespace muniment
