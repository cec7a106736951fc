// One HTTP exchange at a time, through libcurl: HTTP/1.1 and HTTP/2, TLS, SOCKS. What comes back is a server's word: it
// is bounded here and checked by the caller. Spec: RFC 9110; docs/formats.md "A copy over HTTP".
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/secret.h"
#include "store/host_address.h"

namespace muniment {

/// The fewest bytes after which a connection to one address fell silent; the largest number while none did. Several
/// clients of that address may share it, so that what one of them has found out the others know.
using SharedSilence = std::atomic<std::uint64_t>;
inline constexpr std::uint64_t kNoSilence = UINT64_MAX;

struct HttpSettings {
  std::string proxy;               // "socks5h://127.0.0.1:9050", or empty. The environment's proxies are never used
  std::string proxy_circuit = {};  // by another text Tor goes another way (IsolateSOCKSAuth); empty: as others go
  std::vector<HostAddress> addresses = {};  // of names that DNS is not asked for; https:// only, the first one counts
  std::uint64_t connect_timeout_ms = 15'000;
  std::uint64_t stall_timeout_s = 30;  // less than 1 byte a second for so long ends an exchange
  SharedSilence* silence = nullptr;    // lent; null: each client finds out by itself
  std::stop_token stop = {};           // once it is asked for, an exchange ends within about a second
};

struct HttpResponse {
  unsigned status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  Bytes body;                                                // of an answer that is no success its beginning only

  /// The first of that name, in lower case; null when there is none. Valid while this lives.
  const std::string* header(std::string_view name) const;
};

/// Where an exchange that brought no whole answer ended.
enum class HttpStage { name, proxy, connection, tls, answer };

/// What had come of an exchange when it ended.
struct BrokenExchange {
  HttpStage stage = HttpStage::name;
  HttpResponse response;  // what had come of it
};

struct HttpRequest {
  std::string method = "GET";  // or HEAD, PUT, POST, DELETE
  std::string url;
  std::vector<std::string> headers;                              // "name: value"
  ByteView body;                                                 // of PUT and POST; lives until exchange() returns
  std::optional<std::pair<std::uint64_t, std::uint64_t>> range;  // first and last byte
  std::uint64_t body_bytes_max = 0;                              // of a successful answer; beyond it: `limit`
  std::string sigv4;                                             // "aws:amz:us-east-1:s3"; empty: not signed
  const SecretBytes* credentials = nullptr;                      // "key:secret" for sigv4; lent, never printed
  BrokenExchange* broken = nullptr;  // receives where and with what it broke off; may be null
  /// Called about once a second with what has come, when the answer takes longer than some seconds; may be empty.
  std::function<void(const HttpResponse& so_far)> on_body = {};
};

/// For one thread. Connections are kept and used again.
class HttpClient {
 public:
  /// Errors: `invalid` for a proxy that is not `socks5h://host:port`.
  static Result<std::unique_ptr<HttpClient>> make(HttpSettings settings);
  virtual ~HttpClient() = default;

  /// Any status is an answer, redirects are one too and never followed. Plain HTTP goes to onions (through the proxy)
  /// and to this machine only; certificates are checked against the system's.
  /// Errors: `invalid` for a request that is not sent, `limit` for an answer too large, `unavailable`: the sentence
  /// says at which stage it ended: name, proxy, connection, TLS, or after how many bytes.
  virtual Result<HttpResponse> exchange(const HttpRequest& request) = 0;

  /// The fewest bytes of answers after which a connection fell silent, among those that brought enough to be worth one
  /// of its own; empty while none did. From then on every exchange has its own connection: a censor who lets each one
  /// have so many bytes is got through by asking for less at a time.
  virtual std::optional<std::uint64_t> silent_after() const { return std::nullopt; }
};

}  // namespace muniment
