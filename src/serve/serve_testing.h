// For the tests of this room: a folder served by our server, and one served by nginx. Doubles come from testing/, which
// the test files include themselves.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <optional>
#include <string>
#include <vector>

#include "base/encoding.h"
#include "base/posix_fs.h"
#include "crypto/random.h"
#include "serve/listener.h"
#include "serve/nginx.h"
#include "serve/server.h"
#include "store/http_store.h"

namespace muniment {

inline const std::string kReading(32, 'r');
inline const std::string kSending(32, 's');

inline std::vector<Token> tokens_at(const std::string& address) {
  std::vector<Token> tokens;
  tokens.push_back({Token::Right::read, SecretBytes::copy_of(as_view(kReading)), address});
  tokens.push_back({Token::Right::deposit, SecretBytes::copy_of(as_view(kSending)), address});
  return tokens;
}

inline std::string bearer(const std::string& token) { return "Authorization: Bearer " + token; }

/// A connection to "http://127.0.0.1:…" by which a test says what no client of ours says.
class RawConnection {
 public:
  explicit RawConnection(const std::string& where) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(*parse_decimal(where.substr(where.rfind(':') + 1))));
    MUNIMENT_CHECK(::connect(socket_, static_cast<sockaddr*>(static_cast<void*>(&address)), sizeof(address)) == 0);
    const timeval patience{.tv_sec = 60, .tv_usec = 0};
    MUNIMENT_CHECK(::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) == 0);
  }
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;
  ~RawConnection() { ::close(socket_); }

  void say(const std::string& text) const {
    MUNIMENT_CHECK(::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size()));
  }
  /// The status of the answer; 0 where the connection ends without one.
  unsigned status() const {
    constexpr std::size_t kBytes = 12;  // "HTTP/1.1 200"
    char begin[kBytes] = {};
    if (::recv(socket_, begin, kBytes, MSG_WAITALL) != kBytes) return 0;
    return static_cast<unsigned>(parse_decimal(std::string_view(begin, kBytes).substr(9)).value());
  }
  /// The status line and the headers of the answer, as far as they come.
  std::string head() const {
    std::string text;
    for (char c = 0; !text.ends_with("\r\n\r\n") && ::recv(socket_, &c, 1, 0) == 1;) text += c;
    return text;
  }

 private:
  int socket_;
};

/// A folder that is served.
struct Served {
  explicit Served(std::string place, Role role = Role::vault, const ServeLimits& limits = {})
      : folder(std::move(place)) {
    auto started = MirrorServer::start(posix_fs(), system_random(), system_clock(),
                                       {folder, "127.0.0.1:0", role, tokens_at(""), limits});
    MUNIMENT_CHECK(started.has_value());
    server = std::move(*started);
  }
  void place(const std::string& name, const std::string& text) const {
    const std::string path = join(folder, name);
    MUNIMENT_CHECK(make_folders(posix_fs(), parent_of(path)) && replace_durably(posix_fs(), path, as_view(text)));
  }
  std::optional<std::string> look(const std::string& name) const {
    const auto bytes = read_file(posix_fs(), join(folder, name), 1 << 24);
    return bytes ? std::optional<std::string>(as_text(*bytes)) : std::nullopt;
  }
  HttpResponse ask(const std::string& name, const std::vector<std::string>& headers = {}, const char* method = "GET",
                   ByteView body = {}) const {
    HttpRequest request;
    request.method = method;
    request.url = server->address() + "/" + name;
    request.headers = headers;
    request.body = body;
    request.body_bytes_max = 1 << 24;
    const auto answer = client->exchange(request);
    EXPECT_TRUE(answer) << answer.error().sentence();
    return answer ? *answer : HttpResponse{};
  }
  unsigned status(const std::string& name, const std::vector<std::string>& headers = {}) const {
    return ask(name, headers).status;
  }

  std::string folder;
  std::unique_ptr<MirrorServer> server;
  std::unique_ptr<HttpClient> client = *HttpClient::make({});
};

inline constexpr const char* kNginx = "/usr/sbin/nginx";

/// Debian's nginx with the printed configuration, and nothing beside it but what it needs to run in a folder.
class Nginx {
 public:
  explicit Nginx(std::string place, Role role = Role::vault, const ServeLimits& limits = {})
      : folder(std::move(place)) {
    const std::string listen = Listener::open("127.0.0.1:0")->address().substr(std::string("http://").size());
    address = "http://" + listen;
    const auto printed = nginx_configuration({folder + "/copy", listen, role, tokens_at(""), limits});
    MUNIMENT_CHECK(printed.has_value());
    std::string text = "daemon off; master_process off; pid " + folder + "/pid; events { }\nhttp {\n";
    for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
      text += std::string("  ") + kind + "_temp_path " + folder + "/" + kind + ";\n";
    const std::string file = folder + "/nginx.conf";
    MUNIMENT_CHECK(write_new(posix_fs(), file, as_view(text + *printed + "}\n")).has_value());
    MUNIMENT_CHECK(make_folders(posix_fs(), folder + "/copy").has_value());
    std::string words[] = {kNginx, "-c", file, "-e", folder + "/errors"};
    char* arguments[] = {words[0].data(), words[1].data(), words[2].data(), words[3].data(), words[4].data(), nullptr};
    MUNIMENT_CHECK(::posix_spawn(&process_, kNginx, nullptr, nullptr, arguments, environ) == 0);
    const auto client = HttpClient::make({});
    HttpRequest request;
    request.url = address + "/";
    HttpRetry retry(**client, system_sleeper(), {.tries_max = 8, .first_wait_ms = 20});
    MUNIMENT_CHECK(retry.exchange(request).has_value());  // it answers
  }
  ~Nginx() {
    ::kill(process_, SIGTERM);
    ::waitpid(process_, nullptr, 0);
  }

  std::string at(const std::string& name) const { return folder + "/copy/" + name; }
  void place(const std::string& name, const std::string& text) const {
    MUNIMENT_CHECK(make_folders(posix_fs(), parent_of(at(name))) &&
                   replace_durably(posix_fs(), at(name), as_view(text)));
  }
  std::optional<std::string> look(const std::string& name) const {
    const auto bytes = read_file(posix_fs(), at(name), 1 << 24);
    return bytes ? std::optional<std::string>(as_text(*bytes)) : std::nullopt;
  }
  unsigned status(const std::string& name, const std::vector<std::string>& headers = {}, const char* method = "GET",
                  ByteView body = {}) const {
    const auto client = HttpClient::make({});
    HttpRequest request;
    request.method = method;
    request.url = address + "/" + name;
    request.headers = headers;
    request.body = body;
    request.body_bytes_max = 1000;
    const auto answer = (*client)->exchange(request);
    EXPECT_TRUE(answer) << answer.error().sentence();
    return answer ? answer->status : 0;
  }

  std::string folder;
  std::string address;

 private:
  pid_t process_ = 0;
};

}  // namespace muniment
