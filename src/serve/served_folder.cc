#include "serve/served_folder.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/encoding.h"

namespace muniment {
namespace {

constexpr int kNone = -1;
constexpr int kFolderFlags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr int kFileFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;

void close_if_open(int descriptor) {
  if (descriptor != kNone) ::close(descriptor);
}

int open_at_once(int root, const char* path, int flags) {
  open_how how{};
  how.flags = static_cast<decltype(how.flags)>(flags);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
  return static_cast<int>(::syscall(SYS_openat2, root, path, &how, sizeof(how)));  // NOLINT(*-vararg): libc has none
}

}  // namespace

ServedFile::ServedFile(ServedFile&& other) noexcept : descriptor_(other.release()), version_(other.version_) {}
ServedFile::~ServedFile() { close_if_open(descriptor_); }
int ServedFile::release() { return std::exchange(descriptor_, kNone); }

ServedFolder::ServedFolder(ServedFolder&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, kNone)), lookup_(other.lookup_) {}
ServedFolder::~ServedFolder() { close_if_open(descriptor_); }

Result<ServedFolder> ServedFolder::open(const std::string& root, Lookup lookup) {
  const int descriptor = ::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (descriptor == kNone) {
    const Code code = errno == ENOENT ? Code::not_found : errno == EACCES ? Code::denied : Code::io;
    return Error(code, root + " cannot be opened as a folder: " + std::strerror(errno));
  }
  const int probe = open_at_once(descriptor, ".", kFolderFlags);  // some containers refuse it
  close_if_open(probe);
  return ServedFolder(descriptor, probe == kNone ? Lookup::in_steps : lookup);
}

int ServedFolder::open_in_steps(const ObjectName& name, int flags) const {
  const auto parts = split(name.text(), '/');
  int folder = descriptor_;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    const int next = ::openat(folder, std::string(parts[i]).c_str(), kFolderFlags);
    if (folder != descriptor_) ::close(folder);
    if (next == kNone) return kNone;
    folder = next;
  }
  const int descriptor = ::openat(folder, std::string(parts.back()).c_str(), flags);
  const int cause = errno;
  if (folder != descriptor_) ::close(folder);
  errno = cause;
  return descriptor;
}

int ServedFolder::open_file(const ObjectName& name, int flags) const {
  return lookup_ == Lookup::at_once ? open_at_once(descriptor_, name.text().c_str(), flags)
                                    : open_in_steps(name, flags);
}

Result<ServedFile> ServedFolder::file(const ObjectName& name) const {
  const Error missing(Code::not_found, name.text() + " is not here");
  int descriptor = open_file(name, kFileFlags | O_NOATIME);
  if (descriptor == kNone && errno == EPERM) descriptor = open_file(name, kFileFlags);  // it belongs to somebody else
  if (descriptor == kNone) return missing;
  struct stat status{};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(descriptor);
    return missing;
  }
  return ServedFile(descriptor, {status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size),
                                 status.st_mtim.tv_sec, status.st_mtim.tv_nsec});
}

}  // namespace muniment
