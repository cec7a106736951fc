// For the tests of this room: something at a unix socket that speaks as a tor's control port does, or as a test wants
// it to. Doubles come from testing/, which the test files include themselves.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/encoding.h"
#include "base/posix_fs.h"
#include "crypto/kdf.h"
#include "tor/address.h"
#include "tor/tor.h"

namespace muniment {

inline Secret<32> seed_of_sevens() {
  Secret<32> seed;
  std::ranges::fill(seed.expose_mut(), std::uint8_t{7});
  return seed;
}

/// Serves one connection after the other.
class FakeTor {
 public:
  /// Bytes to send for a command; nothing to end the connection.
  using Answer = std::optional<std::string>;

  explicit FakeTor(std::string place) : folder(std::move(place)) {
    MUNIMENT_CHECK(write_new(posix_fs(), folder + "/cookie", cookie).has_value());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(static_cast<char*>(address.sun_path), control().data(), control().size());
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    MUNIMENT_CHECK(::bind(listener_, static_cast<sockaddr*>(static_cast<void*>(&address)), sizeof(address)) == 0);
    MUNIMENT_CHECK(::listen(listener_, 8) == 0);
    thread_ = std::jthread([this] { run(); });
  }
  FakeTor(const FakeTor&) = delete;
  FakeTor& operator=(const FakeTor&) = delete;
  ~FakeTor() {
    ::shutdown(listener_, SHUT_RDWR);
    end_connection();
    thread_.join();
    ::close(listener_);
  }

  std::string control() const { return folder + "/control"; }
  std::string service_id() const { return onion_address(ed25519_public(seed_of_sevens())); }

  /// What is said of a fetch of its own descriptor.
  std::string fetch_event(const std::string& action, const std::string& rest) const {
    return "650 HS_DESC " + action + " " + service_id() + " NO_AUTH $AB~x" + rest + "\r\n";
  }

  /// In place of the honest answer to commands that begin with `word`.
  void answer_with(const std::string& word, std::function<Answer()> answer) {
    const std::lock_guard lock(mutex_);
    special_[word] = std::move(answer);
  }
  /// To the connection that is there, from nowhere. False where there is none yet.
  bool say(const std::string& bytes) {
    const std::lock_guard lock(mutex_);
    if (connection_ < 0) return false;
    static_cast<void>(::send(connection_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
    return true;
  }
  void end_connection() {
    const std::lock_guard lock(mutex_);
    if (connection_ >= 0) ::shutdown(connection_, SHUT_RDWR);
  }
  /// The first words of all commands so far.
  std::vector<std::string> words() const {
    const std::lock_guard lock(mutex_);
    return words_;
  }
  std::size_t count(const std::string& word) const {
    const auto all = words();
    return static_cast<std::size_t>(std::ranges::count(all, word));
  }
  /// The last command that begins so.
  std::string last(const std::string& word) const {
    const std::lock_guard lock(mutex_);
    for (auto command = commands_.rbegin(); command != commands_.rend(); ++command)
      if (command->starts_with(word)) return *command;
    return "";
  }
  bool wait_for(const std::string& word, std::size_t times) const {
    std::unique_lock lock(mutex_);
    return asked_.wait_for(lock, std::chrono::seconds(30),
                           [&] { return static_cast<std::size_t>(std::ranges::count(words_, word)) >= times; });
  }

  const std::string folder;
  Bytes cookie = Bytes(32, 0x5a);
  Bytes key = Bytes(32, 0x5a);  // what it really goes by

 private:
  void run() {
    for (;;) {
      const int taken = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (taken < 0) return;
      {
        const std::lock_guard lock(mutex_);
        connection_ = taken;
      }
      serve(taken);
      const std::lock_guard lock(mutex_);
      ::close(connection_);
      connection_ = -1;
    }
  }

  void serve(int connection) {
    std::string received;
    char buffer[4096];
    for (;;) {
      const ssize_t count = ::recv(connection, buffer, sizeof(buffer), 0);
      if (count <= 0) return;
      received.append(buffer, static_cast<std::size_t>(count));
      for (std::size_t end = received.find("\r\n"); end != std::string::npos; end = received.find("\r\n")) {
        const std::string command = received.substr(0, end);
        received.erase(0, end + 2);
        const Answer answer = answer_to(command);
        if (!answer) return;
        if (::send(connection, answer->data(), answer->size(), MSG_NOSIGNAL) < 0) return;
      }
    }
  }

  Answer answer_to(const std::string& command) {
    const std::string word = command.substr(0, command.find(' '));
    std::function<Answer()> special;
    {
      const std::lock_guard lock(mutex_);
      words_.push_back(word);
      commands_.push_back(command);
      asked_.notify_all();
      if (const auto found = special_.find(word); found != special_.end()) special = found->second;
    }
    return special ? special() : honest(word, command);
  }

  std::string honest(const std::string& word, const std::string& command) {
    if (word == "PROTOCOLINFO") {
      return "250-PROTOCOLINFO 1\r\n250-AUTH METHODS=COOKIE,SAFECOOKIE COOKIEFILE=\"" + folder +
             "/cookie\"\r\n250-VERSION Tor=\"0.4.9.11\"\r\n250 OK\r\n";
    }
    if (word == "AUTHCHALLENGE") {
      nonce_ = *from_hex(command.substr(command.rfind(' ') + 1));
      return "250 AUTHCHALLENGE SERVERHASH=" + mac("Tor safe cookie authentication server-to-controller hash") +
             " SERVERNONCE=" + to_hex(Bytes(32, 0x11)) + "\r\n";
    }
    if (word == "AUTHENTICATE") {
      const bool is_right =
          command == "AUTHENTICATE " + mac("Tor safe cookie authentication controller-to-server hash");
      return is_right ? "250 OK\r\n" : "515 Authentication failed: Safe cookie response did not match\r\n";
    }
    if (word == "ADD_ONION") {
      return "250-ServiceID=" + service_id() + "\r\n250 OK\r\n650 HS_DESC UPLOADED " + service_id() +
             " UNKNOWN $AB~x\r\n";
    }
    if (word == "HSFETCH") return "250 OK\r\n" + fetch_event("REQUESTED", "") + fetch_event("RECEIVED", "");
    return "250 OK\r\n";
  }

  std::string mac(std::string_view by) const {
    Bytes message = key;
    append(message, nonce_);
    append(message, Bytes(32, 0x11));
    return to_hex(hmac_sha256(as_view(by), message));
  }

  int listener_ = -1;
  mutable std::mutex mutex_;
  mutable std::condition_variable asked_;
  int connection_ = -1;
  std::map<std::string, std::function<Answer()>> special_;
  std::vector<std::string> words_;
  std::vector<std::string> commands_;
  Bytes nonce_;
  std::jthread thread_;
};

}  // namespace muniment
