#include "serve/server.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <thread>

#include "base/encoding.h"
#include "serve/listener.h"
#include "serve/served_folder.h"
#include "serve/tags.h"
#include "store/arrival_list.h"
#include "store/audience.h"
#include "store/folder_store.h"
#include "store/http_range.h"

namespace muniment {
namespace {

constexpr unsigned kThreads = 4;
constexpr unsigned kInactiveSecondsMax = 60;  // the guard is stricter; this is libmicrohttpd's own
constexpr std::size_t kHeaderMemoryMax = 16 << 10;
constexpr std::size_t kTagsKeptMax = 10'000;  // some 2 MiB

struct StopDaemon {
  void operator()(MHD_Daemon* daemon) const { MHD_stop_daemon(daemon); }
};
struct FreeResponse {
  void operator()(MHD_Response* response) const { MHD_destroy_response(response); }
};
using ResponsePointer = std::unique_ptr<MHD_Response, FreeResponse>;

/// One request while it comes in and is answered.
struct Exchange {
  std::optional<ObjectName> upload;  // what a PUT creates
  bool is_post = false;
  Bytes body;
};

/// The bytes of an address without its port.
Bytes bytes_of(const sockaddr* address) {
  Bytes bytes;
  const auto copy = [&](const void* from, std::size_t size) {
    bytes.resize(size);
    std::memcpy(bytes.data(), from, size);
  };
  if (address != nullptr && address->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, address, sizeof(v4));
    copy(&v4.sin_addr, sizeof(v4.sin_addr));
  } else if (address != nullptr && address->sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, address, sizeof(v6));
    constexpr std::size_t kNetworkBytes = 8;  // a household has one /64
    copy(&v6.sin6_addr, kNetworkBytes);
  }
  return bytes;
}

/// Each connection has a socket, and most of the time a file. The usual limit of a process, 1,024, is one of its own
/// choosing; the one that the system sets stays.
void let_open_files_be(std::uint64_t wanted) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return;
  limit.rlim_cur = std::min<rlim_t>(wanted, limit.rlim_max);
  static_cast<void>(::setrlimit(RLIMIT_NOFILE, &limit));
}

using Headers = std::vector<std::pair<const char*, std::string>>;

class Server final : public MirrorServer {
 public:
  Server(Fs& fs, Random& random, Clock& clock, ServeSettings settings, ServedFolder folder,
         std::unique_ptr<TrafficFile> traffic)
      : fs_(fs),
        random_(random),
        settings_(std::move(settings)),
        folder_(std::move(folder)),
        guard_(clock, random, settings_.limits, std::move(traffic)),
        tags_(random, kTagsKeptMax) {
    for (const Token& token : settings_.tokens) {
      if (!token.address.empty()) continue;
      rights_.emplace_back(sha256(token.text.expose()), token.right);
      takes_uploads_ |= token.right == Token::Right::deposit;
    }
  }
  ~Server() override;

  Result<void> start();
  Result<void> serve_at(Listener listener);
  std::string address() const override { return address_; }

 private:
  static MHD_Result on_accept(void* self, const sockaddr* address, socklen_t length);
  static void on_connection(void* self, MHD_Connection* connection, void** context,
                            MHD_ConnectionNotificationCode what);
  static MHD_Result on_request(void* self, MHD_Connection* connection, const char* url, const char* method,
                               const char* version, const char* body, std::size_t* body_bytes, void** context);
  static void on_completed(void* self, MHD_Connection* connection, void** context, MHD_RequestTerminationCode how);

  bool has_right(MHD_Connection* connection, Token::Right right) const;
  bool has_token(MHD_Connection* connection, Token::Right right) const;
  MHD_Result answer(MHD_Connection* connection, unsigned status, const Headers& headers = {}) const;
  MHD_Result answer_upload(MHD_Connection* connection, unsigned status, Headers headers = {}) const;
  MHD_Result answer_preflight(MHD_Connection* connection) const;
  MHD_Result begin(MHD_Connection* connection, const char* url, std::string_view method, Exchange& exchange);
  MHD_Result begin_upload(MHD_Connection* connection, const char* url, Exchange& exchange);
  MHD_Result finish_post(MHD_Connection* connection, const Exchange& exchange) const;
  std::optional<bool> is_there_with(const ObjectName& name, std::uint64_t bytes, const std::string& digest);
  MHD_Result finish_upload(MHD_Connection* connection, Exchange& exchange);
  MHD_Result list_arrivals(MHD_Connection* connection, bool is_head);
  MHD_Result give(MHD_Connection* connection, const char* url, bool is_head);
  MHD_Result give_file(MHD_Connection* connection, const ObjectName& name, ServedFile file, bool is_head);
  std::optional<std::uint64_t> wait_before(std::uint64_t bytes);
  MHD_Result send_file(MHD_Connection* connection, const ObjectName& name, ServedFile file, const std::string& tag,
                       const std::optional<ByteRange>& range);

  Fs& fs_;
  Random& random_;
  ServeSettings settings_;
  ServedFolder folder_;
  Guard guard_;
  Tags tags_;
  std::vector<std::pair<Sha256, Token::Right>> rights_;
  bool takes_uploads_ = false;
  std::atomic<bool> cannot_count_ = false;
  std::string address_;
  std::string unix_path_;  // once it is served at
  std::mutex mutex_;
  std::condition_variable_any ending_;
  std::jthread reaper_;
  std::vector<std::unique_ptr<MHD_Daemon, StopDaemon>> daemons_;  // one for each socket
};

Server::~Server() {
  daemons_.clear();  // no callback comes after this
  if (!unix_path_.empty()) ::unlink(unix_path_.c_str());
  if (reaper_.joinable()) {
    reaper_.request_stop();
    reaper_.join();
  }
}

std::string header_of(MHD_Connection* connection, const char* name) {
  const char* value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
  return value == nullptr ? "" : value;
}

MHD_Result Server::on_accept(void* self, const sockaddr* address, socklen_t /*length*/) {
  return static_cast<Server*>(self)->guard_.admits(bytes_of(address)) ? MHD_YES : MHD_NO;
}

void Server::on_connection(void* self, MHD_Connection* connection, void** /*context*/,
                           MHD_ConnectionNotificationCode what) {
  Guard& guard = static_cast<Server*>(self)->guard_;
  if (what == MHD_CONNECTION_NOTIFY_CLOSED) return guard.closed(connection);
  const auto* address = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  const auto* socket = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  if (address == nullptr || socket == nullptr) return;
  guard.opened(connection, socket->connect_fd, bytes_of(address->client_addr));
}

void Server::on_completed(void* self, MHD_Connection* connection, void** context, MHD_RequestTerminationCode /*how*/) {
  Server& server = *static_cast<Server*>(self);
  server.guard_.request_ends(connection);
  const std::unique_ptr<Exchange> exchange(static_cast<Exchange*>(*context));
  *context = nullptr;
  if (exchange && exchange->upload) server.guard_.upload_ends();
}

bool comes_by_unix_socket(MHD_Connection* connection) {
  const auto* address = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  return address != nullptr && address->client_addr != nullptr && address->client_addr->sa_family == AF_UNIX;
}

bool Server::has_right(MHD_Connection* connection, Token::Right right) const {
  if (right == Token::Right::read && settings_.unix_may_read && comes_by_unix_socket(connection)) return true;
  return has_token(connection, right);
}

bool Server::has_token(MHD_Connection* connection, Token::Right right) const {
  constexpr std::string_view kScheme = "Bearer ";
  const std::string given = header_of(connection, MHD_HTTP_HEADER_AUTHORIZATION);
  if (!given.starts_with(kScheme)) return false;
  // Digests are compared: the time that takes tells nothing of a token.
  const Sha256 digest = sha256(as_view(std::string_view(given).substr(kScheme.size())));
  return std::ranges::find(rights_, std::pair(digest, right)) != rights_.end();
}

/// An answer without a body.
MHD_Result Server::answer(MHD_Connection* connection, unsigned status, const Headers& headers) const {
  const ResponsePointer response(MHD_create_response_from_buffer(0, nullptr, MHD_RESPMEM_PERSISTENT));
  if (response == nullptr) return MHD_NO;
  MHD_add_response_header(response.get(), MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
  for (const auto& [name, value] : headers) MHD_add_response_header(response.get(), name, value.c_str());
  return MHD_queue_response(connection, status, response.get());
}

/// One that a page may read which sent something, wherever the page came from (the Fetch standard, "CORS protocol").
MHD_Result Server::answer_upload(MHD_Connection* connection, unsigned status, Headers headers) const {
  headers.emplace_back(MHD_HTTP_HEADER_ACCESS_CONTROL_ALLOW_ORIGIN, "*");
  return answer(connection, status, headers);
}

/// To a browser, before a page may send. Which page asks does not matter: it needs a token, and there are no cookies
/// that it could make use of.
MHD_Result Server::answer_preflight(MHD_Connection* connection) const {
  return answer_upload(connection, MHD_HTTP_NO_CONTENT,
                       {{MHD_HTTP_HEADER_ACCESS_CONTROL_ALLOW_METHODS, "PUT"},
                        {MHD_HTTP_HEADER_ACCESS_CONTROL_ALLOW_HEADERS, "Authorization"},
                        {MHD_HTTP_HEADER_ACCESS_CONTROL_MAX_AGE, "7200"}});
}

MHD_Result Server::on_request(void* self, MHD_Connection* connection, const char* url, const char* method,
                              const char* /*version*/, const char* body, std::size_t* body_bytes, void** context) {
  Server& server = *static_cast<Server*>(self);
  if (*context == nullptr) {
    auto fresh = std::make_unique<Exchange>();
    Exchange& exchange = *fresh;
    *context = fresh.release();  // on_completed takes it back
    return server.begin(connection, url, method, exchange);
  }
  Exchange& exchange = *static_cast<Exchange*>(*context);
  if (*body_bytes > 0) {
    const std::size_t more = std::exchange(*body_bytes, 0);
    if (!exchange.upload && !exchange.is_post) return MHD_NO;  // a body where none belongs
    const std::uint64_t bytes_max =
        exchange.is_post ? server.settings_.post_bytes_max : server.settings_.limits.upload_bytes_max;
    if (exchange.body.size() + more > bytes_max) return MHD_NO;
    append(exchange.body, as_view({body, more}));
    return MHD_YES;
  }
  if (exchange.upload) return server.finish_upload(connection, exchange);
  if (exchange.is_post) return server.finish_post(connection, exchange);
  return server.give(connection, url, std::string_view(method) == MHD_HTTP_METHOD_HEAD);
}

/// What is asked for. Errors: those of ObjectName::parse.
Result<ObjectName> object_in(const char* url) { return ObjectName::parse(url[0] == '/' ? url + 1 : ""); }

bool is_upload_name(const char* url) {
  const auto name = object_in(url);
  return name && is_incoming(*name);
}

/// Once the headers are there.
MHD_Result Server::begin(MHD_Connection* connection, const char* url, std::string_view method, Exchange& exchange) {
  if (method == MHD_HTTP_METHOD_PUT) return begin_upload(connection, url, exchange);
  if (method == MHD_HTTP_METHOD_OPTIONS && takes_uploads_ && is_upload_name(url)) return answer_preflight(connection);
  if (method == MHD_HTTP_METHOD_HEAD || method == MHD_HTTP_METHOD_GET) return MHD_YES;
  exchange.is_post = method == MHD_HTTP_METHOD_POST && settings_.on_post && url == settings_.post_path;
  if (!exchange.is_post)
    return answer(connection, MHD_HTTP_METHOD_NOT_ALLOWED, {{MHD_HTTP_HEADER_ALLOW, "GET, HEAD, PUT"}});
  guard_.request_begins(connection, settings_.post_bytes_max);
  return MHD_YES;
}

/// The digest of an upload's body, where its sender gives one: RFC 9530.
std::optional<std::string> digest_of(MHD_Connection* connection) {
  const std::string given = header_of(connection, "Repr-Digest");
  constexpr std::string_view kFirst = "sha-256=:";
  if (!given.starts_with(kFirst) || !given.ends_with(':') || given.size() <= kFirst.size()) return std::nullopt;
  return given.substr(kFirst.size(), given.size() - kFirst.size() - 1);
}

/// Whether what is under this name is the same; nothing where nothing is, or where it cannot be told.
std::optional<bool> Server::is_there_with(const ObjectName& name, std::uint64_t bytes, const std::string& digest) {
  FolderStore store(fs_, settings_.root, random_);
  const auto size = store.size(name);
  if (!size) return std::nullopt;
  if (*size != bytes) return false;
  const auto present = store.get(name, bytes);
  if (!present) return std::nullopt;
  return to_base64(sha256(*present).bytes) == digest;
}

/// Before its body is taken, an upload needs a token, a name and a length.
MHD_Result Server::begin_upload(MHD_Connection* connection, const char* url, Exchange& exchange) {
  if (!has_right(connection, Token::Right::deposit))
    return answer_upload(connection, MHD_HTTP_UNAUTHORIZED, {{MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer"}});
  const auto name = object_in(url);
  if (!name || !is_incoming(*name)) return answer_upload(connection, MHD_HTTP_FORBIDDEN);
  const auto length = parse_decimal(header_of(connection, MHD_HTTP_HEADER_CONTENT_LENGTH));
  if (!length) return answer_upload(connection, MHD_HTTP_LENGTH_REQUIRED);
  if (*length > settings_.limits.upload_bytes_max) return answer_upload(connection, MHD_HTTP_CONTENT_TOO_LARGE);
  if (const auto digest = digest_of(connection)) {  // a second try of what is there: its body is not needed
    const auto there = is_there_with(*name, *length, *digest);
    if (there) return answer_upload(connection, *there ? MHD_HTTP_OK : MHD_HTTP_PRECONDITION_FAILED);
  }
  if (!guard_.upload_begins(*length))
    return answer_upload(connection, MHD_HTTP_SERVICE_UNAVAILABLE, {{MHD_HTTP_HEADER_RETRY_AFTER, "10"}});
  guard_.request_begins(connection, *length);
  exchange.upload = *name;
  return MHD_YES;
}

MHD_Result Server::finish_upload(MHD_Connection* connection, Exchange& exchange) {
  FolderStore store(fs_, settings_.root, random_);
  const bool was_there = store.size(*exchange.upload).has_value();
  auto put = store.put(*exchange.upload, exchange.body);
  if (put) put = store.flush();
  exchange.body = {};
  if (put) return answer_upload(connection, was_there ? MHD_HTTP_OK : MHD_HTTP_CREATED);
  if (put.error().code() == Code::conflict || put.error().code() == Code::corrupt)
    return answer_upload(connection, MHD_HTTP_PRECONDITION_FAILED);
  return answer_upload(connection, MHD_HTTP_INSUFFICIENT_STORAGE);
}

MHD_Result Server::finish_post(MHD_Connection* connection, const Exchange& exchange) const {
  const PostAnswer said = settings_.on_post(as_text(exchange.body));
  std::string text = said.text;
  const ResponsePointer response(MHD_create_response_from_buffer(text.size(), text.data(), MHD_RESPMEM_MUST_COPY));
  if (response == nullptr) return MHD_NO;
  MHD_add_response_header(response.get(), MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
  MHD_add_response_header(response.get(), MHD_HTTP_HEADER_CONTENT_TYPE, said.type.c_str());
  return MHD_queue_response(connection, said.status, response.get());
}

/// The whole ones: those that have their receipt.
MHD_Result Server::list_arrivals(MHD_Connection* connection, bool is_head) {
  FolderStore store(fs_, settings_.root, random_);
  const auto names = store.list(ObjectName("incoming"));
  if (!names) return answer(connection, MHD_HTTP_INTERNAL_SERVER_ERROR);
  std::vector<std::string> whole;
  for (const std::string& name : *names) {
    const auto receipt = ObjectName::parse("incoming/" + name + "/receipt");
    if (receipt && store.size(*receipt) && whole.size() < kArrivalsMax) whole.push_back(name);
  }
  std::string text = render_arrivals(whole);
  if (const auto wait_s = wait_before(is_head ? 0 : text.size()))
    return answer(connection, MHD_HTTP_SERVICE_UNAVAILABLE, {{MHD_HTTP_HEADER_RETRY_AFTER, std::to_string(*wait_s)}});
  const ResponsePointer response(MHD_create_response_from_buffer(text.size(), text.data(), MHD_RESPMEM_MUST_COPY));
  if (response == nullptr) return MHD_NO;
  MHD_add_response_header(response.get(), MHD_HTTP_HEADER_CACHE_CONTROL, "private, no-store");
  MHD_add_response_header(response.get(), MHD_HTTP_HEADER_CONTENT_TYPE, "text/plain; charset=utf-8");
  return MHD_queue_response(connection, MHD_HTTP_OK, response.get());
}

MHD_Result Server::give(MHD_Connection* connection, const char* url, bool is_head) {
  // What arrived is for the home, which has a token for reading; to all others it is not there.
  const bool may_see_arrivals = settings_.role == Role::vault && has_token(connection, Token::Right::read);
  if (may_see_arrivals && std::string_view(url) == "/incoming/") return list_arrivals(connection, is_head);
  const auto name = object_in(url);
  if (!name) return answer(connection, MHD_HTTP_NOT_FOUND);
  const bool is_arrival = may_see_arrivals && is_incoming(*name);
  const Audience audience = audience_of(*name);
  const auto lies_below = [&](std::string_view folder) { return name->text().starts_with(folder); };
  const bool is_sealed = lies_below("deposits/") || lies_below("keyring/");
  const bool is_of_role = settings_.role == Role::vault ? !lies_below("public/") : !is_sealed;
  if ((audience == Audience::nobody && !is_arrival) || !is_of_role) return answer(connection, MHD_HTTP_NOT_FOUND);
  if (audience == Audience::token_holders && !has_right(connection, Token::Right::read))
    return answer(connection, MHD_HTTP_UNAUTHORIZED, {{MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer"}});
  auto file = folder_.file(*name);
  if (!file) return answer(connection, MHD_HTTP_NOT_FOUND);
  return give_file(connection, *name, std::move(*file), is_head);
}

MHD_Result Server::give_file(MHD_Connection* connection, const ObjectName& name, ServedFile file, bool is_head) {
  const std::string tag = tags_.tag_of(name, file.version());
  if (header_of(connection, MHD_HTTP_HEADER_IF_NONE_MATCH) == tag)
    return answer(connection, MHD_HTTP_NOT_MODIFIED, {{MHD_HTTP_HEADER_ETAG, tag}});
  std::optional<ByteRange> range;
  const std::string only_if = header_of(connection, MHD_HTTP_HEADER_IF_RANGE);
  if (only_if.empty() || only_if == tag) {
    const auto asked = parse_range_request(header_of(connection, MHD_HTTP_HEADER_RANGE), file.size());
    if (!asked) {
      return answer(connection, MHD_HTTP_RANGE_NOT_SATISFIABLE,
                    {{MHD_HTTP_HEADER_CONTENT_RANGE, "bytes */" + std::to_string(file.size())}});
    }
    range = *asked;
  }
  const std::uint64_t bytes = is_head ? 0 : range ? range->size() : file.size();
  if (const auto wait_s = wait_before(bytes)) {
    return answer(connection, MHD_HTTP_SERVICE_UNAVAILABLE, {{MHD_HTTP_HEADER_RETRY_AFTER, std::to_string(*wait_s)}});
  }
  guard_.request_begins(connection, bytes);
  return send_file(connection, name, std::move(file), tag, range);
}

/// For so many seconds nothing may leave.
std::optional<std::uint64_t> Server::wait_before(std::uint64_t bytes) {
  const auto charged = guard_.charge(bytes);
  if (charged) {
    cannot_count_ = false;
    return *charged;
  }
  constexpr std::uint64_t kTryAgainSeconds = 60;
  if (!cannot_count_.exchange(true) && settings_.on_trouble) {
    settings_.on_trouble("Nothing is given until what leaves can be counted again: " + charged.error().sentence() +
                         ".");
  }
  return kTryAgainSeconds;
}

/// Small pieces go out in one packet with the headers; the kernel sends the others from the file. Null on an error.
ResponsePointer make_response(ServedFile file, std::uint64_t offset, std::uint64_t bytes) {
  constexpr std::size_t kReadBytesMax = 16 << 10;
  const int descriptor = file.release();
  if (bytes > kReadBytesMax) {  // closes it at its end
    ResponsePointer response(MHD_create_response_from_fd_at_offset64(bytes, descriptor, offset));
    if (response == nullptr) ::close(descriptor);
    return response;
  }
  std::array<char, kReadBytesMax> buffer;  // NOLINT(*-member-init): what is given out of it is read into it first
  const ssize_t count = ::pread(descriptor, buffer.data(), bytes, static_cast<off_t>(offset));
  ::close(descriptor);
  if (count != static_cast<ssize_t>(bytes)) return nullptr;
  return ResponsePointer(MHD_create_response_from_buffer(bytes, buffer.data(), MHD_RESPMEM_MUST_COPY));
}

MHD_Result Server::send_file(MHD_Connection* connection, const ObjectName& name, ServedFile file,
                             const std::string& tag, const std::optional<ByteRange>& range) {
  const std::uint64_t size = file.size();
  const ByteRange part = range.value_or(ByteRange{0, size == 0 ? 0 : size - 1});
  const ResponsePointer response = make_response(std::move(file), part.first, size == 0 ? 0 : part.size());
  if (response == nullptr) return MHD_NO;
  const auto add = [&](const char* header, const std::string& value) {
    MHD_add_response_header(response.get(), header, value.c_str());
  };
  const bool is_private = audience_of(name) != Audience::everybody;
  add(MHD_HTTP_HEADER_ETAG, tag);
  add(MHD_HTTP_HEADER_ACCEPT_RANGES, "bytes");
  add(MHD_HTTP_HEADER_CONTENT_TYPE, "application/octet-stream");
  add("X-Content-Type-Options", "nosniff");
  add(MHD_HTTP_HEADER_CACHE_CONTROL, is_private           ? "private, no-store"
                                     : is_immutable(name) ? "public, max-age=31536000, immutable"
                                                          : "no-cache");
  if (range) {
    add(MHD_HTTP_HEADER_CONTENT_RANGE,
        "bytes " + std::to_string(part.first) + "-" + std::to_string(part.last) + "/" + std::to_string(size));
  }
  return MHD_queue_response(connection, range ? MHD_HTTP_PARTIAL_CONTENT : MHD_HTTP_OK, response.get());
}

Result<void> Server::serve_at(Listener listener) {
  const std::string where = listener.address();
  const unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC;
  const int socket = listener.release();
  daemons_.emplace_back(MHD_start_daemon(                             // NOLINT(*-vararg): libmicrohttpd's only way
      flags, 0, &Server::on_accept, this, &Server::on_request, this,  //
      MHD_OPTION_LISTEN_SOCKET, socket,                               //
      MHD_OPTION_CONNECTION_LIMIT, settings_.limits.connections_max,  //
      MHD_OPTION_CONNECTION_TIMEOUT, kInactiveSecondsMax,             //
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, kHeaderMemoryMax,           //
      MHD_OPTION_THREAD_POOL_SIZE, kThreads,                          //
      MHD_OPTION_NOTIFY_COMPLETED, &Server::on_completed, static_cast<void*>(this),    //
      MHD_OPTION_NOTIFY_CONNECTION, &Server::on_connection, static_cast<void*>(this),  //
      MHD_OPTION_END));
  if (daemons_.back() == nullptr) {
    daemons_.pop_back();
    const ServedFile closes_it(socket, {});
    return Error(Code::io, "the server could not be started at " + where);
  }
  return {};
}

Result<void> Server::start() {
  constexpr std::uint64_t kFilesBeside = 100;
  let_open_files_be(2 * std::uint64_t{settings_.limits.connections_max} + kFilesBeside);
  if (!settings_.listen.empty()) {
    TRY_ASSIGN(Listener listener, Listener::open(settings_.listen));
    address_ = listener.address();
    TRY(serve_at(std::move(listener)));
  }
  if (!settings_.unix_path.empty()) {
    TRY_ASSIGN(Listener listener, Listener::open_unix(settings_.unix_path));
    unix_path_ = settings_.unix_path;
    TRY(serve_at(std::move(listener)));
  }
  reaper_ = std::jthread([this](const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!ending_.wait_for(lock, stop, std::chrono::seconds(1), [&] { return stop.stop_requested(); }))
      guard_.cut_overdue();
  });
  return {};
}

/// The count of what left, where a cap needs one.
Result<std::unique_ptr<TrafficFile>> open_traffic(Fs& fs, Clock& clock, const ServeSettings& settings) {
  if (settings.limits.bytes_per_day_max == 0 && settings.limits.bytes_per_month_max == 0)
    return std::unique_ptr<TrafficFile>();
  TRY_ASSIGN(auto file, TrafficFile::open(fs, settings.root));
  if (!settings.on_trouble) return file;
  if (file->damage())
    settings.on_trouble(file->damage()->sentence() + ": what left today and this month is counted from zero.");
  if (const std::int64_t day_s = file->earlier().day.begins_s; day_s > clock.now_s()) {
    settings.on_trouble(
        "Counted last was " + to_date(day_s) +
        ", which is yet to come: the clock is wrong, or was. Until that day is over, its count goes on. "
        "To begin anew, end this run and take home/traffic away.");
  }
  return file;
}

}  // namespace

Result<std::unique_ptr<MirrorServer>> MirrorServer::start(Fs& fs, Random& random, Clock& clock,
                                                          ServeSettings settings) {
  TRY_ASSIGN(ServedFolder folder, ServedFolder::open(settings.root));
  TRY_ASSIGN(auto traffic, open_traffic(fs, clock, settings));
  auto server = std::make_unique<Server>(fs, random, clock, std::move(settings), std::move(folder), std::move(traffic));
  TRY(server->start());
  return std::unique_ptr<MirrorServer>(std::move(server));
}

}  // namespace muniment
