#include "serve/listener.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "base/encoding.h"

namespace muniment {
namespace {

constexpr int kNone = -1;
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

}  // namespace

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
    if (socket != kNone) ::close(socket);
    return error;
  };
  if (socket == kNone) return failed();
  const int yes = 1;
  static_cast<void>(::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)));
  if (::bind(socket, found->ai_addr, found->ai_addrlen) != 0 || ::listen(socket, kWaitingMax) != 0) return failed();
  return Listener(socket, "http://" + shown + ":" + std::to_string(port_of(socket)));
}

Listener::Listener(Listener&& other) noexcept : socket_(other.release()), address_(std::move(other.address_)) {}
Listener::~Listener() {
  if (socket_ != kNone) ::close(socket_);
}
int Listener::release() { return std::exchange(socket_, kNone); }

}  // namespace muniment
