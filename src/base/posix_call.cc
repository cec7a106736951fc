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

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace muniment
