// Files of a copy as a server hands them out: by descriptor, so that the kernel sends them, and never through a link.
#pragma once

#include <cstdint>
#include <string>

#include "crypto/sha256.h"
#include "store/store.h"

namespace muniment {

/// An open file, closed with this.
class ServedFile {
 public:
  ServedFile(int descriptor, std::uint64_t size, std::string version)
      : descriptor_(descriptor), size_(size), version_(std::move(version)) {}
  ServedFile(ServedFile&& other) noexcept;
  ServedFile& operator=(ServedFile&&) = delete;
  ~ServedFile();

  std::uint64_t size() const { return size_; }
  /// A text that differs whenever another file is at this name. Says nothing of times by itself: hash it with a key.
  const std::string& version() const { return version_; }
  /// The descriptor, which is the caller's to close from then on.
  int release();

 private:
  int descriptor_;
  std::uint64_t size_;
  std::string version_;
};

class ServedFolder {
 public:
  /// Errors: `not_found`, `denied`, `io`.
  static Result<ServedFolder> open(const std::string& root);
  ServedFolder(ServedFolder&& other) noexcept;
  ServedFolder& operator=(ServedFolder&&) = delete;
  ~ServedFolder();

  /// Errors: `not_found`, also for folders and links, or a link on the way.
  Result<ServedFile> file(const ObjectName& name) const;

 private:
  explicit ServedFolder(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace muniment
