#include "serve/served_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/encoding.h"

namespace muniment {
namespace {

constexpr int kNone = -1;
constexpr int kFolderFlags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

void close_if_open(int descriptor) {
  if (descriptor != kNone) ::close(descriptor);
}

Error missing(const ObjectName& name) { return {Code::not_found, name.text() + " is not here"}; }

}  // namespace

ServedFile::ServedFile(ServedFile&& other) noexcept
    : descriptor_(other.release()), size_(other.size_), version_(std::move(other.version_)) {}
ServedFile::~ServedFile() { close_if_open(descriptor_); }
int ServedFile::release() { return std::exchange(descriptor_, kNone); }

ServedFolder::ServedFolder(ServedFolder&& other) noexcept : descriptor_(std::exchange(other.descriptor_, kNone)) {}
ServedFolder::~ServedFolder() { close_if_open(descriptor_); }

Result<ServedFolder> ServedFolder::open(const std::string& root) {
  const int descriptor = ::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (descriptor == kNone) {
    const Code code = errno == ENOENT ? Code::not_found : errno == EACCES ? Code::denied : Code::io;
    return Error(code, root + " cannot be opened as a folder: " + std::strerror(errno));
  }
  return ServedFolder(descriptor);
}

Result<ServedFile> ServedFolder::file(const ObjectName& name) const {
  const auto parts = split(name.text(), '/');
  int folder = descriptor_;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    const int next = ::openat(folder, std::string(parts[i]).c_str(), kFolderFlags);
    if (folder != descriptor_) ::close(folder);
    if (next == kNone) return missing(name);
    folder = next;
  }
  const int descriptor =
      ::openat(folder, std::string(parts.back()).c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (folder != descriptor_) ::close(folder);
  if (descriptor == kNone) return missing(name);
  struct stat status{};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(descriptor);
    return missing(name);
  }
  const auto size = static_cast<std::uint64_t>(status.st_size);
  return ServedFile(descriptor, size,
                    std::to_string(status.st_dev) + " " + std::to_string(status.st_ino) + " " + std::to_string(size) +
                        " " + std::to_string(status.st_mtim.tv_sec) + " " + std::to_string(status.st_mtim.tv_nsec));
}

}  // namespace muniment
