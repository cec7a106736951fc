#include "base/posix_call.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/encoding.h"

namespace muniment {

Error last_error(std::string_view doing, const std::string& path) {
  const int number = errno;
  char buffer[128];
  const char* cause = ::strerror_r(number, buffer, sizeof buffer);
  Code code = Code::io;
  if (number == ENOENT || number == ENOTDIR) code = Code::not_found;
  if (number == EACCES || number == EPERM || number == EROFS) code = Code::denied;
  if (number == EEXIST || number == ENOTEMPTY) code = Code::conflict;
  return {code, "cannot " + std::string(doing) + " " + printable(path) + ": " + cause};
}

Result<void> done_or(int result, std::string_view doing, const std::string& path) {
  if (result != 0) return last_error(doing, path);
  return {};
}

Result<void> write_at(const Descriptor& file, ByteView bytes, std::uint64_t offset, std::string_view doing,
                      const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return last_error(doing, path);
    offset += static_cast<std::uint64_t>(written);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace muniment
