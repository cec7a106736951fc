#include "tor/control.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/encoding.h"

namespace muniment {
namespace {

constexpr int kNone = -1;
constexpr unsigned kEvent = 650;

Error ended() { return {Code::unavailable, "tor has ended the connection to its control port"}; }

Error cannot_connect(const std::string& where, int cause) {
  const std::string shown = printable(where, 200);
  if (cause == ENOENT)
    return {Code::not_found, "no tor has its control port at " + shown +
                                 ": is tor running, with ControlSocket or "
                                 "ControlPort in its torrc?"};
  if (cause == EACCES || cause == EPERM)
    return {Code::denied, "the control port of tor at " + shown +
                              " is not for you: on Debian, become a member of the "
                              "group debian-tor"};
  return {Code::unavailable, "the control port of tor at " + shown + " cannot be reached: " + std::strerror(cause)};
}

struct Address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
};

template <typename Of>
Address address_from(const Of& from) {
  static_assert(sizeof(from) <= sizeof(sockaddr_storage));
  Address address;
  std::memcpy(&address.bytes, &from, sizeof(from));
  address.size = sizeof(from);
  return address;
}

/// A unix path, or a port of this machine.
Result<Address> parse_address(const std::string& where) {
  const Error bad(Code::invalid,
                  "the control port of tor is given as a path, /run/tor/control, or as 127.0.0.1:9051, "
                  "and not as " +
                      printable(where, 200));
  if (where.starts_with('/')) {
    sockaddr_un unix{};
    unix.sun_family = AF_UNIX;
    if (where.size() >= sizeof(unix.sun_path) || where.find('\0') != std::string::npos) return bad;
    std::memcpy(static_cast<char*>(unix.sun_path), where.data(), where.size());
    return address_from(unix);
  }
  const std::size_t colon = where.rfind(':');
  const auto port = colon == std::string::npos ? parse_decimal("") : parse_decimal(where.substr(colon + 1), 65'535);
  if (!port || *port == 0) return bad;
  const std::string host = where.substr(0, colon);
  const auto network_port = htons(static_cast<std::uint16_t>(*port));
  if (host == "[::1]") {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = network_port;
    v6.sin6_addr = in6addr_loopback;
    return address_from(v6);
  }
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = network_port;
  if (!host.starts_with("127.") || ::inet_pton(AF_INET, host.c_str(), &v4.sin_addr) != 1) return bad;
  return address_from(v4);
}

int milliseconds_until(std::chrono::steady_clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 1 << 30));
}

}  // namespace

Result<std::unique_ptr<ControlConnection>> ControlConnection::open(const std::string& where,
                                                                   const ControlLimits& limits) {
  TRY_ASSIGN(const Address address, parse_address(where));
  const int socket = ::socket(address.bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket == kNone) return cannot_connect(where, errno);
  const timeval patience{static_cast<time_t>(limits.answer_ms_max / 1000 + 1), 0};  // of connect() and send()
  static_cast<void>(::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)));
  std::unique_ptr<ControlConnection> connection(new ControlConnection(socket, limits));
  if (::connect(socket, static_cast<const sockaddr*>(static_cast<const void*>(&address.bytes)), address.size) != 0)
    return cannot_connect(where, errno);
  return connection;
}

ControlConnection::~ControlConnection() { ::close(socket_); }

/// What came behind an error belongs to nothing that is asked.
Error ControlConnection::give_up(Error error) {
  cut();
  received_.clear();
  events_.clear();
  return error;
}

void ControlConnection::cut() { static_cast<void>(::shutdown(socket_, SHUT_RDWR)); }

Result<std::optional<ControlLine>> ControlConnection::read_line(Deadline deadline) {
  for (;;) {
    if (const std::size_t end = received_.find('\n'); end != std::string::npos) {
      std::string_view line = std::string_view(received_).substr(0, end);
      if (line.ends_with('\r')) line.remove_suffix(1);
      auto parsed = parse_control_line(line);
      received_.erase(0, end + 1);
      if (!parsed) return give_up(parsed.error());
      return std::optional(std::move(*parsed));
    }
    if (received_.size() > limits_.line_bytes_max)
      return give_up({Code::limit, "a line of tor's control port does not end, and was not read further"});
    pollfd waiting{socket_, POLLIN, 0};
    const int ready = ::poll(&waiting, 1, milliseconds_until(deadline));
    if (ready < 0 && errno == EINTR) continue;
    if (ready == 0) return std::optional<ControlLine>();
    char buffer[1024];
    const ssize_t count = ready < 0 ? -1 : ::recv(socket_, buffer, sizeof(buffer), 0);
    if (count <= 0) return ended();
    received_.append(buffer, static_cast<std::size_t>(count));
  }
}

void ControlConnection::keep_event(std::string text) {
  if (events_.size() < limits_.events_max) events_.push_back(std::move(text));
}

Result<ControlReply> ControlConnection::ask(std::string_view command) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(limits_.answer_ms_max);
  for (std::string_view rest : {command, std::string_view("\r\n")}) {
    while (!rest.empty()) {
      const ssize_t count = ::send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL);
      if (count <= 0) return ended();
      rest.remove_prefix(static_cast<std::size_t>(count));
    }
  }
  ControlReply reply;
  for (;;) {
    TRY_ASSIGN(auto line, read_line(deadline));
    if (!line || std::chrono::steady_clock::now() > deadline)
      return give_up({Code::unavailable, "tor's control port does not answer"});
    if (line->status == kEvent) {
      if (line->is_last) keep_event(std::move(line->text));
      continue;
    }
    if (reply.lines.size() == limits_.lines_max)
      return give_up({Code::limit, "an answer of tor's control port has too many lines"});
    if (!reply.lines.empty() && line->status != reply.status)
      return give_up({Code::corrupt, "an answer of tor's control port has two statuses"});
    reply.status = line->status;
    reply.lines.push_back(std::move(line->text));
    if (line->is_last) return reply;
  }
}

Result<std::optional<std::string>> ControlConnection::next_event(Deadline deadline) {
  for (;;) {
    if (std::chrono::steady_clock::now() > deadline) return std::optional<std::string>();
    if (!events_.empty()) {
      std::string event = std::move(events_.front());
      events_.pop_front();
      return std::optional(std::move(event));
    }
    TRY_ASSIGN(auto line, read_line(deadline));
    if (!line) return std::optional<std::string>();
    if (line->status != kEvent) return give_up({Code::corrupt, "tor's control port answers what was not asked"});
    if (line->is_last) keep_event(std::move(line->text));
  }
}

}  // namespace muniment
