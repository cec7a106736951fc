#include "testing/scripted_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>
#include <thread>

#include "base/check.h"
#include "base/encoding.h"

namespace muniment {

std::string http_answer(unsigned status, const std::string& body, const std::string& headers) {
  return "HTTP/1.1 " + std::to_string(status) + " Scripted\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         headers + "\r\n" + body;
}

namespace {

/// The length of a whole request at the beginning of `bytes`, or 0. An early answer takes what there is.
std::size_t whole_request(const std::string& bytes, bool is_early) {
  const std::size_t head = bytes.find("\r\n\r\n");
  if (head == std::string::npos) return 0;
  if (is_early) return bytes.size();
  std::size_t length = 0;
  const std::string mark = "\r\nContent-Length: ";
  if (const std::size_t at = bytes.find(mark); at < head) {
    const std::size_t from = at + mark.size();
    length = *parse_decimal(std::string_view(bytes).substr(from, bytes.find("\r\n", from) - from));
  }
  return bytes.size() >= head + 4 + length ? head + 4 + length : 0;
}

struct Connection {
  int socket = -1;
  std::string received;
};

}  // namespace

struct ScriptedServer::State {
  std::vector<ScriptedAnswer> answers;
  int listener = -1;
  int stop = -1;
  std::string address;
  mutable std::mutex mutex;
  std::vector<std::string> requests;  // guarded by mutex
  std::size_t connections = 0;        // guarded by mutex
  std::jthread thread;

  void run();
  bool is_next_early() const {
    const std::lock_guard lock(mutex);
    return requests.size() < answers.size() && answers[requests.size()].is_early;
  }
  bool answer(Connection& connection);
};

/// False when the connection is to be closed.
bool ScriptedServer::State::answer(Connection& connection) {
  std::array<char, 65536> buffer{};
  const ssize_t got = ::recv(connection.socket, buffer.data(), buffer.size(), 0);
  if (got <= 0) return false;
  connection.received.append(buffer.data(), static_cast<std::size_t>(got));
  for (std::size_t length = whole_request(connection.received, is_next_early()); length > 0;
       length = whole_request(connection.received, is_next_early())) {
    std::optional<ScriptedAnswer> now;
    {
      const std::lock_guard lock(mutex);
      if (requests.size() < answers.size()) now = answers[requests.size()];
      requests.push_back(connection.received.substr(0, length));
    }
    connection.received.erase(0, length);
    if (!now) return false;
    for (std::size_t sent = 0; sent < now->bytes.size();) {
      const ssize_t more = ::send(connection.socket, now->bytes.data() + sent, now->bytes.size() - sent, MSG_NOSIGNAL);
      if (more <= 0) return false;
      sent += static_cast<std::size_t>(more);
    }
    if (now->then == ScriptedAnswer::Then::close) return false;
  }
  return true;
}

void ScriptedServer::State::run() {
  std::vector<Connection> open;
  while (true) {
    std::vector<pollfd> waiting{{stop, POLLIN, 0}, {listener, POLLIN, 0}};
    for (const Connection& connection : open) waiting.push_back({connection.socket, POLLIN, 0});
    if (::poll(waiting.data(), waiting.size(), -1) < 0) continue;
    if (waiting[0].revents != 0) break;
    std::vector<Connection> kept;
    for (std::size_t i = 0; i < open.size(); ++i) {
      if (waiting[i + 2].revents == 0 || answer(open[i])) {
        kept.push_back(std::move(open[i]));
      } else {
        ::close(open[i].socket);
      }
    }
    open = std::move(kept);
    if (waiting[1].revents != 0) {
      open.push_back({::accept(listener, nullptr, nullptr), ""});
      const std::lock_guard lock(mutex);
      ++connections;
    }
  }
  for (const Connection& connection : open) ::close(connection.socket);
}

ScriptedServer::ScriptedServer(std::vector<ScriptedAnswer> answers) : state_(std::make_unique<State>()) {
  state_->answers = std::move(answers);
  state_->stop = ::eventfd(0, EFD_CLOEXEC);
  state_->listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  auto* const any = static_cast<sockaddr*>(static_cast<void*>(&address));
  MUNIMENT_CHECK(::bind(state_->listener, any, length) == 0 && ::listen(state_->listener, 16) == 0);
  MUNIMENT_CHECK(::getsockname(state_->listener, any, &length) == 0);
  state_->address = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  state_->thread = std::jthread([state = state_.get()] { state->run(); });
}

ScriptedServer::~ScriptedServer() {
  const std::uint64_t one = 1;
  MUNIMENT_CHECK(::write(state_->stop, &one, sizeof(one)) == sizeof(one));
  state_->thread.join();
  ::close(state_->listener);
  ::close(state_->stop);
}

const std::string& ScriptedServer::address() const { return state_->address; }

std::vector<std::string> ScriptedServer::requests() const {
  const std::lock_guard lock(state_->mutex);
  return state_->requests;
}

std::size_t ScriptedServer::connections() const {
  const std::lock_guard lock(state_->mutex);
  return state_->connections;
}

}  // namespace muniment
