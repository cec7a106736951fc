#include "store/http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>

#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::size_t kUrlBytesMax = 8192;
constexpr std::size_t kAnswerHeadersMax = 100;
constexpr std::size_t kAnswerHeaderBytesMax = 64 << 10;
constexpr std::size_t kErrorBodyBytesMax = 64 << 10;  // enough for a sentence; error pages have no other use
constexpr unsigned kLowestRefusal = 400;
constexpr std::uint64_t kWorthAConnectionBytes = 4096;

struct FreeCurl {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  void operator()(char* text) const { curl_free(text); }
};
template <typename T>
using CurlPointer = std::unique_ptr<T, FreeCurl>;

void append_line(CurlPointer<curl_slist>& list, const std::string& line) {
  curl_slist* const longer = curl_slist_append(list.get(), line.c_str());
  MUNIMENT_CHECK(longer != nullptr);
  static_cast<void>(list.release());
  list.reset(longer);
}

struct UrlParts {
  std::string scheme;
  std::string host;
};

std::string part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return "";
  const CurlPointer<char> owned(text);
  return text;
}

Result<UrlParts> parse_url(const std::string& text) {
  const auto refuse = [&](const char* why) {
    return Error(Code::invalid, printable(text, 200) + " is not an address that can be asked: " + why);
  };
  if (text.size() > kUrlBytesMax) return refuse("it is too long");
  if (text.find('\0') != std::string::npos) return refuse("it has a zero byte");
  const CurlPointer<CURLU> url(curl_url());
  MUNIMENT_CHECK(url != nullptr);
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_DISALLOW_USER) != CURLUE_OK)
    return refuse("it cannot be parsed, or has a user's name in it");
  UrlParts parts{part_of(url.get(), CURLUPART_SCHEME), part_of(url.get(), CURLUPART_HOST)};
  if (parts.scheme != "http" && parts.scheme != "https") return refuse("only http:// and https:// are");
  if (!part_of(url.get(), CURLUPART_FRAGMENT).empty()) return refuse("it has a fragment (#)");
  return parts;
}

/// Names below "localhost" as well, which libcurl resolves to this machine by itself (RFC 6761): a bucket's there.
bool is_loopback(const std::string& host) {
  if (host == "localhost" || host.ends_with(".localhost") || host == "[::1]") return true;
  const auto numbers = split(host, '.');
  return numbers.size() == 4 && numbers[0] == "127" && std::all_of(numbers.begin(), numbers.end(), [](auto number) {
           return parse_decimal(number, 255).has_value();
         });
}

Result<void> check_way(const UrlParts& url, const std::string& proxy) {
  const bool is_onion = url.host.ends_with(".onion");
  if (is_onion && proxy.empty()) {
    return Error(Code::invalid, url.host + " is reached through Tor only: give --proxy socks5h://127.0.0.1:9050");
  }
  if (url.scheme == "http" && !is_onion && !is_loopback(url.host)) {
    return Error(Code::invalid, printable(url.host, 200) +
                                    " would be asked in the clear, where everybody on the way can read along and "
                                    "alter: give its https:// address, or its .onion address");
  }
  return {};
}

Result<void> check_headers(const std::vector<std::string>& headers) {
  for (const std::string& header : headers) {
    const std::size_t colon = header.find(':');
    const bool has_value = colon != std::string::npos && colon > 0 && colon + 1 < header.size();
    if (!has_value || header.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
      return Error(Code::invalid, "a header of a request is not of the form \"name: value\" in one line");
  }
  return {};
}

Result<void> check_request(const HttpRequest& request) {
  constexpr std::array kMethods{"GET", "HEAD", "PUT", "POST", "DELETE"};
  if (std::find(kMethods.begin(), kMethods.end(), request.method) == kMethods.end())
    return Error(Code::invalid, "no such method of a request: " + printable(request.method, 40));
  if (request.range && request.range->first > request.range->second)
    return Error(Code::invalid, "a range of bytes ends before it begins");
  return check_headers(request.headers);
}

/// The answer while it comes in.
struct Incoming {
  HttpResponse response;
  std::uint64_t body_bytes_max = 0;
  std::size_t header_bytes = 0;  // of all that came, 1xx answers too
  std::uint64_t body_bytes = 0;  // that arrived
  bool has_too_much = false;     // more than was allowed
  bool has_too_many_headers = false;
  bool has_enough = false;  // of an error's body: not read to its end
  bool has_begun_tls = false;

  bool is_success() const { return response.status >= 200 && response.status < 300; }
  bool take_header(std::string_view line);
  bool take_body(std::string_view bytes);
  void reserve_body();
};

bool Incoming::take_header(std::string_view line) {
  header_bytes += line.size();
  if (header_bytes > kAnswerHeaderBytesMax || response.headers.size() >= kAnswerHeadersMax) {
    has_too_many_headers = true;
    return false;
  }
  if (body_bytes > 0) return true;  // a trailer
  if (line.starts_with("HTTP/")) {
    response = {};  // what came before was a 1xx answer
    const auto words = split(trimmed(line), ' ');
    const auto status = words.size() < 2 ? parse_decimal("") : parse_decimal(words[1], 999);
    response.status = status ? static_cast<unsigned>(*status) : 0;
    return true;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return true;  // the empty line at the end
  std::string name = lower_ascii(trimmed(line.substr(0, colon)));
  response.headers.emplace_back(std::move(name), trimmed(line.substr(colon + 1)));
  return true;
}

bool Incoming::take_body(std::string_view bytes) {
  body_bytes += bytes.size();
  const std::uint64_t bytes_max = is_success() ? body_bytes_max : kErrorBodyBytesMax;
  if (response.body.size() + bytes.size() > bytes_max) {
    (is_success() ? has_too_much : has_enough) = true;
    return false;
  }
  if (response.body.empty() && is_success()) reserve_body();
  append(response.body, as_view(bytes));
  return true;
}

/// What the server promises within the bound; memory is touched only by what comes.
void Incoming::reserve_body() {
  const std::string* stated = response.header("content-length");
  const auto length = stated == nullptr ? parse_decimal("") : parse_decimal(*stated);
  if (length) response.body.reserve(std::min(*length, body_bytes_max));
}

std::size_t on_header(char* bytes, std::size_t one, std::size_t count, void* incoming) {
  return static_cast<Incoming*>(incoming)->take_header({bytes, one * count}) ? one * count : 0;
}

std::size_t on_body(char* bytes, std::size_t one, std::size_t count, void* incoming) {
  return static_cast<Incoming*>(incoming)->take_body({bytes, one * count}) ? one * count : 0;
}

/// libcurl's own times do not tell a TLS that hangs from a connection that does.
CURLcode on_tls(CURL* /*curl*/, void* /*ssl_context*/, void* incoming) {
  static_cast<Incoming*>(incoming)->has_begun_tls = true;
  return CURLE_OK;
}

/// What is looked at about once a second while an exchange runs.
struct Watch {
  const std::stop_token& stop;
  const HttpRequest& request;
  const Incoming& incoming;
  CURL* curl;
};

/// An answer that is here sooner is not shown on its way.
constexpr curl_off_t kShownAfterMicroseconds = 3'000'000;

int on_progress(void* watch, curl_off_t /*down*/, curl_off_t /*down_now*/, curl_off_t /*up*/, curl_off_t /*up_now*/) {
  const auto& [stop, request, incoming, curl] = *static_cast<const Watch*>(watch);
  if (stop.stop_requested()) return 1;
  curl_off_t microseconds = 0;
  const bool is_known = curl_easy_getinfo(curl, CURLINFO_TOTAL_TIME_T, &microseconds) == CURLE_OK;  // NOLINT(*-vararg)
  if (is_known && microseconds > kShownAfterMicroseconds && request.on_body) request.on_body(incoming.response);
  return 0;
}

class CurlClient final : public HttpClient {
 public:
  explicit CurlClient(HttpSettings settings) : settings_(std::move(settings)), curl_(curl_easy_init()) {
    MUNIMENT_CHECK(curl_ != nullptr);
  }
  Result<HttpResponse> exchange(const HttpRequest& request) override;
  std::optional<std::uint64_t> silent_after() const override {
    const std::uint64_t bytes = settings_.silence != nullptr ? settings_.silence->load() : own_silence_.load();
    return bytes == kNoSilence ? std::nullopt : std::optional(bytes);
  }

 private:
  template <typename T>
  void set(CURLoption option, T value) {
    MUNIMENT_CHECK(curl_easy_setopt(curl_.get(), option, value) == CURLE_OK);  // NOLINT(*-vararg)
  }
  bool has_passed(CURLINFO stage_time) const {
    curl_off_t microseconds = 0;
    return curl_easy_getinfo(curl_.get(), stage_time, &microseconds) == CURLE_OK &&
           microseconds > 0;  // NOLINT(*-vararg)
  }

  void set_way();
  CurlPointer<curl_slist> set_addresses(const UrlParts& url);
  void set_method(const HttpRequest& request);
  HttpStage stage_of(CURLcode code, const Incoming& incoming) const;
  void count_bytes(CURLcode code, const Incoming& incoming);
  std::string how_it_ended(CURLcode code, HttpStage stage, const UrlParts& url, const Incoming& incoming) const;

  HttpSettings settings_;
  CurlPointer<CURL> curl_;
  std::array<char, CURL_ERROR_SIZE> cause_{};
  std::uint64_t connection_bytes_ = 0;  // of all answers over the newest connection
  SharedSilence own_silence_ = kNoSilence;
};

void CurlClient::set_way() {
  curl_easy_reset(curl_.get());  // options only: connections stay
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_PROXY, settings_.proxy.c_str());  // empty: none, whatever the environment says
  set(CURLOPT_NOPROXY, "");
  if (!settings_.proxy_circuit.empty()) {
    set(CURLOPT_PROXYUSERNAME, settings_.proxy_circuit.c_str());
    set(CURLOPT_PROXYPASSWORD, settings_.proxy_circuit.c_str());
  }
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::min<std::uint64_t>(settings_.connect_timeout_ms, 3'600'000)));
  set(CURLOPT_LOW_SPEED_LIMIT, 1L);
  set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(std::min<std::uint64_t>(settings_.stall_timeout_s, 3600)));
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_FRESH_CONNECT, silent_after() ? 1L : 0L);
  set(CURLOPT_FORBID_REUSE, silent_after() ? 1L : 0L);
  cause_[0] = '\0';
  set(CURLOPT_ERRORBUFFER, cause_.data());
}

/// Only with TLS, which holds whoever answers there to the name. What is returned lives until the exchange has ended.
CurlPointer<curl_slist> CurlClient::set_addresses(const UrlParts& url) {
  CurlPointer<curl_slist> list;
  if (url.scheme != "https") return list;
  for (const HostAddress& host : settings_.addresses) {
    const std::string address = host.is_v6 ? "[" + host.address + "]" : host.address;
    append_line(list, host.name + "::" + address + ":");  // from whatever port to the same one
  }
  set(CURLOPT_CONNECT_TO, list.get());
  return list;
}

/// A connection that breaks is resumed at once; one that is silent costs the whole time-out, each time anew.
void CurlClient::count_bytes(CURLcode code, const Incoming& incoming) {
  long connects = 0;  // libcurl's own type
  const bool is_known =
      curl_easy_getinfo(curl_.get(), CURLINFO_NUM_CONNECTS, &connects) == CURLE_OK;  // NOLINT(*-vararg)
  if (!is_known || connects > 0) connection_bytes_ = 0;
  connection_bytes_ += incoming.header_bytes + incoming.body_bytes;
  if (code != CURLE_OPERATION_TIMEDOUT || connection_bytes_ < kWorthAConnectionBytes) return;
  SharedSilence& silence = settings_.silence != nullptr ? *settings_.silence : own_silence_;
  std::uint64_t known = silence.load();
  while (connection_bytes_ < known && !silence.compare_exchange_weak(known, connection_bytes_)) {
  }
}

void CurlClient::set_method(const HttpRequest& request) {
  const bool has_body = request.method == "PUT" || request.method == "POST";
  if (request.method == "HEAD") set(CURLOPT_NOBODY, 1L);
  if (has_body) {
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    set(CURLOPT_POSTFIELDS, request.body.empty() ? "" : as_text(request.body).data());
  }
  if (has_body || request.method == "DELETE") set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  if (request.range) {
    const std::string range = std::to_string(request.range->first) + "-" + std::to_string(request.range->second);
    set(CURLOPT_RANGE, range.c_str());
  }
}

HttpStage CurlClient::stage_of(CURLcode code, const Incoming& incoming) const {
  const bool timed_out = code == CURLE_OPERATION_TIMEDOUT;
  if (code == CURLE_PROXY || code == CURLE_COULDNT_RESOLVE_PROXY) return HttpStage::proxy;
  // A connection that was kept has no times of its own but this one.
  if (incoming.header_bytes > 0 || has_passed(CURLINFO_PRETRANSFER_TIME_T)) return HttpStage::answer;
  if (code == CURLE_COULDNT_RESOLVE_HOST || (timed_out && !has_passed(CURLINFO_NAMELOOKUP_TIME_T)))
    return HttpStage::name;
  if (incoming.has_begun_tls && !has_passed(CURLINFO_APPCONNECT_TIME_T)) return HttpStage::tls;
  if (code == CURLE_COULDNT_CONNECT || (timed_out && !has_passed(CURLINFO_CONNECT_TIME_T)))
    return HttpStage::connection;
  return HttpStage::answer;
}

std::string CurlClient::how_it_ended(CURLcode code, HttpStage stage, const UrlParts& url,
                                     const Incoming& incoming) const {
  const std::string why = code == CURLE_OPERATION_TIMEDOUT ? "nothing came for too long"
                          : cause_[0] == 0                 ? curl_easy_strerror(code)
                                                           : printable(cause_.data(), 200);
  const auto at = [&](const std::string& what) { return printable(url.host, 200) + ": " + what + " (" + why + ")"; };
  switch (stage) {
    case HttpStage::proxy: return at("it could not be reached through the proxy " + settings_.proxy);
    case HttpStage::name: return at("its name could not be resolved");
    case HttpStage::tls: return at("no connection by TLS");
    case HttpStage::connection:
      return at(settings_.proxy.empty() ? "no connection" : "no connection through the proxy " + settings_.proxy);
    case HttpStage::answer:
      return at("the connection ended after " + std::to_string(incoming.body_bytes) + " bytes of the answer");
  }
  panic(__FILE__, __LINE__, "unknown stage");
}

Result<HttpResponse> CurlClient::exchange(const HttpRequest& request) {
  TRY(check_request(request));
  TRY_ASSIGN(const UrlParts url, parse_url(request.url));
  TRY(check_way(url, settings_.proxy));
  set_way();
  set(CURLOPT_URL, request.url.c_str());
  const auto addresses = set_addresses(url);
  set_method(request);

  // No type of a form. A body of more than a MiB is sent when the server says "100 Continue", or nothing for a second:
  // what it refuses is not sent at all.
  std::vector<std::string> lines;
  if (request.sigv4.empty()) lines = {"Content-Type:"};  // libcurl 7.88 signs what is only taken away, too
  lines.insert(lines.end(), request.headers.begin(), request.headers.end());
  CurlPointer<curl_slist> headers;
  for (const std::string& line : lines) append_line(headers, line);
  set(CURLOPT_HTTPHEADER, headers.get());

  SecretBytes credentials;
  if (!request.sigv4.empty() && request.credentials != nullptr) {
    credentials = SecretBytes(request.credentials->size() + 1);  // ends in a zero
    std::ranges::copy(request.credentials->expose(), credentials.expose_mut().begin());
    set(CURLOPT_AWS_SIGV4, request.sigv4.c_str());
    set(CURLOPT_USERPWD, credentials.expose_text().data());
  }

  Incoming incoming;
  incoming.body_bytes_max = request.body_bytes_max;
  set(CURLOPT_HEADERFUNCTION, &on_header);
  set(CURLOPT_HEADERDATA, static_cast<void*>(&incoming));
  set(CURLOPT_WRITEFUNCTION, &on_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(&incoming));
  set(CURLOPT_SSL_CTX_FUNCTION, &on_tls);
  set(CURLOPT_SSL_CTX_DATA, static_cast<void*>(&incoming));
  Watch watch{settings_.stop, request, incoming, curl_.get()};
  if (settings_.stop.stop_possible() || request.on_body) {
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &on_progress);
    set(CURLOPT_XFERINFODATA, static_cast<void*>(&watch));
  }
  const CURLcode code = curl_easy_perform(curl_.get());
  count_bytes(code, incoming);
  if (code == CURLE_OK || incoming.has_enough) {
    curl_easy_reset(curl_.get());  // nothing of the caller's is pointed to any more
    return std::move(incoming.response);
  }
  const HttpStage stage = stage_of(code, incoming);
  const std::string sentence = how_it_ended(code, stage, url, incoming);
  curl_easy_reset(curl_.get());
  if (incoming.has_too_much || incoming.has_too_many_headers) {
    return Error(Code::limit, printable(url.host, 200) + ": the answer has more than " +
                                  (incoming.has_too_much ? std::to_string(request.body_bytes_max) + " bytes"
                                                         : "the headers of any honest one") +
                                  ", and was not read further");
  }
  // Who refuses a body may close before all of it was sent, or all of the reason was: it is no reason to send it again.
  if (!request.body.empty() && incoming.response.status >= kLowestRefusal) return std::move(incoming.response);
  if (request.broken != nullptr) *request.broken = {stage, std::move(incoming.response)};
  return Error(Code::unavailable, sentence);
}

Result<void> check_proxy(const std::string& proxy) {
  constexpr std::string_view kScheme = "socks5h://";
  const Error bad(Code::invalid, "a proxy is given as socks5h://HOST:PORT, for instance socks5h://127.0.0.1:9050");
  if (proxy.empty()) return {};
  if (!proxy.starts_with(kScheme)) return bad;
  const std::string rest = proxy.substr(kScheme.size());
  const std::size_t colon = rest.rfind(':');
  if (colon == std::string::npos || colon == 0 || rest.size() > 300) return bad;
  constexpr std::uint64_t kPortMax = 65'535;
  if (const auto port = parse_decimal(rest.substr(colon + 1), kPortMax); !port || *port == 0) return bad;
  const std::string host = rest.substr(0, colon);
  const bool is_plain = std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '[' || c == ']' || c == ':';
  });
  if (!is_plain) return bad;
  return {};
}

}  // namespace

const std::string* HttpResponse::header(std::string_view name) const {
  const auto found = std::ranges::find_if(headers, [&](const auto& header) { return header.first == name; });
  return found == headers.end() ? nullptr : &found->second;
}

Result<std::unique_ptr<HttpClient>> HttpClient::make(HttpSettings settings) {
  TRY(check_proxy(settings.proxy));
  static const bool is_ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  if (!is_ready) return Error(Code::io, "libcurl could not be started");
  return std::unique_ptr<HttpClient>(std::make_unique<CurlClient>(std::move(settings)));
}

}  // namespace muniment
