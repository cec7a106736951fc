// The folder of a copy, as a server gives it out: by descriptor, so that the kernel sends files, and never through a
// link.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "store/store.h"

namespace muniment {

/// Differs whenever another file is at a name. Says when a file was written: it is not for others to see.
struct FileVersion {
  std::uint64_t device = 0;
  std::uint64_t number = 0;
  std::uint64_t size = 0;
  std::int64_t modified_s = 0;
  std::int64_t modified_ns = 0;
  auto operator<=>(const FileVersion&) const = default;
};

/// An open file, closed with this.
class ServedFile {
 public:
  ServedFile(int descriptor, const FileVersion& version) : descriptor_(descriptor), version_(version) {}
  ServedFile(ServedFile&& other) noexcept;
  ServedFile& operator=(ServedFile&&) = delete;
  ~ServedFile();

  std::uint64_t size() const { return version_.size; }
  const FileVersion& version() const { return version_; }
  /// The descriptor, which is the caller's to close from then on.
  int release();

 private:
  int descriptor_;
  FileVersion version_;
};

enum class Lookup {
  at_once,   // openat2 of Linux 5.6, where there is one
  in_steps,  // folder by folder
};

class ServedFolder {
 public:
  /// Errors: `not_found`, `denied`, `io`.
  static Result<ServedFolder> open(const std::string& root, Lookup lookup = Lookup::at_once);
  ServedFolder(ServedFolder&& other) noexcept;
  ServedFolder& operator=(ServedFolder&&) = delete;
  ~ServedFolder();

  /// The file system does not note when a file of ours was read. Errors: `not_found`, also for folders and links, or a
  /// link on the way.
  Result<ServedFile> file(const ObjectName& name) const;

 private:
  ServedFolder(int descriptor, Lookup lookup) : descriptor_(descriptor), lookup_(lookup) {}
  int open_file(const ObjectName& name, int flags) const;
  int open_in_steps(const ObjectName& name, int flags) const;

  int descriptor_;
  Lookup lookup_;
};

}  // namespace muniment
