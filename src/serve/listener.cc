#include "serve/listener.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "base/encoding.h"
#include "base/fs.h"

namespace muniment {
namespace {

constexpr int kNoSocket = -1;
constexpr int kWaitingMax = 256;

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

std::uint16_t port_of(int socket) {
  sockaddr_in6 bound{};  // large enough for both families, and the port is at the same place
  socklen_t length = sizeof(bound);
  if (::getsockname(socket, static_cast<sockaddr*>(static_cast<void*>(&bound)), &length) != 0) return 0;
  return ntohs(bound.sin6_port);
}

sockaddr_un unix_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(static_cast<char*>(address.sun_path), path.data(), path.size());
  return address;
}

const sockaddr* as_sockaddr(const sockaddr_un& address) {
  return static_cast<const sockaddr*>(static_cast<const void*>(&address));
}

/// The mode of the folder, made with 0700 where it is not there.
Result<mode_t> take_private_folder(const std::string& folder) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return Error(Code::io, folder + " cannot be made: " + std::strerror(errno));
  struct stat found{};
  if (::lstat(folder.c_str(), &found) != 0) return Error(Code::io, folder + ": " + std::strerror(errno));
  constexpr mode_t kOpenToOthers = 0067;  // the group may enter, and nothing else
  if (!S_ISDIR(found.st_mode) || found.st_uid != ::geteuid() || (found.st_mode & kOpenToOthers) != 0) {
    return Error(Code::denied, folder +
                                   " is to be a folder of yours that others can neither write to nor list: chmod "
                                   "0700, or 0710 with the group of tor");
  }
  return found.st_mode;
}

/// Takes away a socket that nobody listens on.
Result<void> remove_dead_socket(const std::string& path, const sockaddr_un& address) {
  struct stat found{};
  if (::lstat(path.c_str(), &found) != 0) return {};
  if (!S_ISSOCK(found.st_mode)) return Error(Code::conflict, path + " is there, and is no socket");
  const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (probe == kNoSocket) return Error(Code::io, path + ": " + std::strerror(errno));
  const bool is_dead = ::connect(probe, as_sockaddr(address), sizeof(address)) != 0 && errno == ECONNREFUSED;
  ::close(probe);
  if (!is_dead) return Error(Code::conflict, path + " is in use: another server of this mirror runs");
  if (::unlink(path.c_str()) != 0) return Error(Code::io, path + ": " + std::strerror(errno));
  return {};
}

}  // namespace

Result<Listener> Listener::open_unix(const std::string& path) {
  if (path.empty() || path.size() >= sizeof(sockaddr_un::sun_path) || path.find('\0') != std::string::npos)
    return Error(Code::invalid, "not the path of a unix socket, which has at most 107 bytes: " + printable(path, 200));
  TRY_ASSIGN(const mode_t folder_mode, take_private_folder(parent_of(path)));
  const sockaddr_un address = unix_address(path);
  TRY(remove_dead_socket(path, address));
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const auto failed = [&] {
    const Error error(Code::io, path + " cannot be served at: " + std::strerror(errno));
    if (socket != kNoSocket) ::close(socket);
    return error;
  };
  if (socket == kNoSocket || ::bind(socket, as_sockaddr(address), sizeof(address)) != 0) return failed();
  const mode_t mode = (folder_mode & S_IXGRP) != 0 ? 0660 : 0600;
  // Nobody can connect before it listens, so that its first mode, by the umask, opens nothing.
  if (::chmod(path.c_str(), mode) != 0 || ::listen(socket, kWaitingMax) != 0) return failed();
  return Listener(socket, path);
}

Result<Listener> Listener::open(const std::string& where) {
  const Error bad(Code::invalid, "an address to serve at is given as 127.0.0.1:8080 or [::1]:8080, and not as " +
                                     printable(where, 100));
  const std::size_t colon = where.rfind(':');
  constexpr std::uint64_t kPortMax = 65'535;
  if (colon == std::string::npos || !parse_decimal(where.substr(colon + 1), kPortMax)) return bad;
  std::string host = where.substr(0, colon);
  const std::string shown = host;
  const bool is_v6 = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (is_v6) host = host.substr(1, host.size() - 2);
  if (host.empty() || (!is_v6 && host.find(':') != std::string::npos)) return bad;

  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  hints.ai_family = is_v6 ? AF_INET6 : AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), where.substr(colon + 1).c_str(), &hints, &found) != 0) return bad;
  const std::unique_ptr<addrinfo, FreeAddresses> owned(found);
  const int socket = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const auto failed = [&] {
    const Error error(Code::io, where + " cannot be served at: " + std::strerror(errno));
    if (socket != kNoSocket) ::close(socket);
    return error;
  };
  if (socket == kNoSocket) return failed();
  const int yes = 1;
  static_cast<void>(::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)));
  if (::bind(socket, found->ai_addr, found->ai_addrlen) != 0 || ::listen(socket, kWaitingMax) != 0) return failed();
  return Listener(socket, "http://" + shown + ":" + std::to_string(port_of(socket)));
}

Listener::Listener(Listener&& other) noexcept : socket_(other.release()), address_(std::move(other.address_)) {}
Listener::~Listener() {
  if (socket_ != kNoSocket) ::close(socket_);
}
int Listener::release() { return std::exchange(socket_, kNoSocket); }

}  // namespace muniment
