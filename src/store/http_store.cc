#include "store/http_store.h"

#include "base/encoding.h"
#include "store/audience.h"
#include "store/http_range.h"

namespace muniment {
namespace {

/// A try that brings less is counted as one of those that failed: nobody keeps us busy with a byte at a time, and a
/// network that cuts every connection after 16 KB is got through all the same.
constexpr std::uint64_t kProgressBytesMin = 4096;

std::string shown_header(const HttpResponse& answer, std::string_view name) {
  const std::string* value = answer.header(name);
  return value == nullptr ? "nowhere" : printable(*value, 200);
}

/// An entity tag that stands for exactly these bytes, or nothing.
std::string strong_tag(const HttpResponse& answer) {
  const std::string* tag = answer.header("etag");
  return tag != nullptr && tag->starts_with('"') ? *tag : "";
}

std::optional<std::uint64_t> length_of(const HttpResponse& answer) {
  const std::string* text = answer.header("content-length");
  if (text == nullptr) return std::nullopt;
  const auto length = parse_decimal(*text);
  return length ? std::optional(*length) : std::nullopt;
}

}  // namespace

/// One object on its way here, in as many exchanges as it takes.
struct HttpStore::Transfer {
  const ObjectName& name;
  std::uint64_t bytes_max;
  Bytes bytes;              // so far
  std::uint64_t total = 0;  // once `bytes` has any
  std::string tag;          // likewise; empty when the server gives none
  bool is_done = false;
  bool has_started_again = false;
  bool may_pass = false;               // the last error: another try may end otherwise
  std::optional<HttpResponse> busy{};  // the last answer, when it was that the server is

  void start_again() {
    bytes.clear();
    total = 0;
    tag.clear();
    has_started_again = true;
  }
  Result<void> take(HttpResponse answer, bool is_whole);
  Result<void> take_part(const HttpResponse& answer, bool is_whole);
};

/// An answer 206, or the beginning of one.
Result<void> HttpStore::Transfer::take_part(const HttpResponse& answer, bool is_whole) {
  const std::string* stated = answer.header("content-range");
  const auto part = stated == nullptr ? Result<ContentRange>(Error(Code::corrupt, "")) : parse_content_range(*stated);
  const bool is_asked = part && !bytes.empty() && part->range.first == bytes.size() && part->range.last == total - 1 &&
                        (!part->total || *part->total == total) && answer.body.size() <= part->range.size() &&
                        (!is_whole || answer.body.size() == part->range.size());
  if (!is_asked) {
    return Error(Code::unavailable, "the server answers with another range of bytes than was asked for (" +
                                        shown_header(answer, "content-range") + ")");
  }
  if (!tag.empty() && !strong_tag(answer).empty() && strong_tag(answer) != tag)
    return Error(Code::unavailable, "the object changed on the server while it was fetched");
  append(bytes, answer.body);
  is_done = bytes.size() == total;
  return {};
}

Result<void> HttpStore::Transfer::take(HttpResponse answer, bool is_whole) {
  if (answer.status == 206) return take_part(answer, is_whole);
  bytes.clear();  // an answer 200 is the whole from its beginning
  if (!is_whole) {
    const auto length = length_of(answer);
    if (!length || *length > bytes_max || answer.body.empty()) return {};  // cannot be resumed
    total = *length;
  }
  tag = strong_tag(answer);
  bytes = std::move(answer.body);
  is_done = is_whole || bytes.size() == total;
  return {};
}

HttpStore::HttpStore(std::unique_ptr<HttpClient> client, Sleeper& sleeper, std::string address,
                     const std::vector<Token>& tokens, RetryLimits limits)
    : client_(std::move(client)), retry_(*client_, sleeper, limits), address_(std::move(address)), tokens_(tokens) {
  while (address_.ends_with('/')) address_.pop_back();
}

HttpRequest HttpStore::request_for(const ObjectName& name, const char* method) const {
  HttpRequest request;
  request.method = method;
  request.url = address_ + "/" + name.text();
  const bool sends = request.method == "PUT";
  const Token* token = nullptr;
  if (sends) token = token_for(tokens_, Token::Right::deposit, address_);
  if (!sends && audience_of(name) == Audience::token_holders) token = token_for(tokens_, Token::Right::read, address_);
  if (token != nullptr) request.headers.push_back("Authorization: Bearer " + std::string(token->text.expose_text()));
  return request;
}

/// A server that is gone is not asked for every object anew.
Error HttpStore::remember(Error error) {
  if (error.code() == Code::unavailable) gone_ = error;
  return error;
}

Result<HttpResponse> HttpStore::ask(const HttpRequest& request) {
  if (gone_) return *gone_;
  auto answer = retry_.exchange(request);
  if (!answer) return remember(answer.error());
  return answer;
}

Error HttpStore::refusal(const ObjectName& name, const HttpResponse& answer) const {
  const std::string what = address_ + " answers " + std::to_string(answer.status) + " for " + name.text();
  switch (answer.status) {
    case 404:
    case 410: return {Code::not_found, name.text() + " is not at " + address_};
    case 401:
    case 403: return {Code::denied, what + ": it gives this to those who have a token only. Give --token-file FILE"};
    case 405:
    case 501: return {Code::unsupported, what + ": nothing can be sent there"};
    case 413:
    case 507: return {Code::denied, what + ": it does not take so much"};
    default: break;
  }
  if (answer.status >= 300 && answer.status < 400) {
    return {Code::unavailable, what + ", a redirect to " + shown_header(answer, "location") +
                                   ": redirects are not followed. Give the address where the archive lies"};
  }
  if (is_busy(answer.status))
    return {Code::unavailable,
            what + ": it is too busy, tried " + std::to_string(retry_.limits().tries_max) + " times"};
  return {Code::unavailable, what + ", which is no answer that a copy of an archive gives"};
}

/// One exchange.
Result<void> HttpStore::advance(Transfer& transfer) {
  transfer.may_pass = false;
  transfer.busy.reset();
  HttpRequest request = request_for(transfer.name, "GET");
  request.body_bytes_max = transfer.bytes_max - transfer.bytes.size();
  if (!transfer.bytes.empty()) {
    request.range = {transfer.bytes.size(), transfer.total - 1};
    if (!transfer.tag.empty()) request.headers.push_back("If-Range: " + transfer.tag);
    request.body_bytes_max = transfer.bytes_max;  // the whole may come all the same
  }
  HttpResponse broken;
  request.broken = &broken;
  auto answer = client_->exchange(request);
  if (!answer) {
    if (answer.error().code() == Code::unavailable && (broken.status == 200 || broken.status == 206))
      TRY(transfer.take(std::move(broken), false));
    transfer.may_pass = answer.error().code() == Code::unavailable;
    return answer.error();
  }
  if (answer->status == 200 || (answer->status == 206 && !transfer.bytes.empty()))
    return transfer.take(std::move(*answer), true);
  if (answer->status == 416 && !transfer.bytes.empty() && !transfer.has_started_again) {
    transfer.start_again();
    return {};
  }
  const Error error = refusal(transfer.name, *answer);
  if (is_busy(answer->status)) {
    transfer.may_pass = true;
    transfer.busy = std::move(*answer);
  }
  return error;
}

Result<Bytes> HttpStore::get(const ObjectName& name, std::uint64_t bytes_max) {
  if (gone_) return *gone_;
  Transfer transfer{.name = name, .bytes_max = bytes_max, .bytes = {}, .tag = {}};
  for (unsigned tries = 1;; ++tries) {
    const std::size_t before = transfer.bytes.size();
    const auto advanced = advance(transfer);
    if (transfer.is_done) return std::move(transfer.bytes);
    if (advanced) continue;
    if (!transfer.may_pass) return remember(advanced.error());
    if (transfer.bytes.size() >= before + kProgressBytesMin) {
      tries = 0;
    } else if (!retry_.wait_for_another(tries, transfer.busy ? &*transfer.busy : nullptr)) {
      return remember(advanced.error());
    }
  }
}

Result<std::uint64_t> HttpStore::size(const ObjectName& name) {
  TRY_ASSIGN(const HttpResponse answer, ask(request_for(name, "HEAD")));
  if (answer.status != 200) {
    const Error error = refusal(name, answer);
    return error.code() == Code::unavailable ? remember(error) : error;
  }
  const auto length = length_of(answer);
  if (!length) return Error(Code::unavailable, address_ + " does not say how long " + name.text() + " is");
  return *length;
}

Result<void> HttpStore::put(const ObjectName& name, ByteView bytes) {
  if (!is_incoming(name)) return unsupported("takes in new objects below incoming/ only");
  HttpRequest request = request_for(name, "PUT");
  request.headers.emplace_back("If-None-Match: *");
  request.body = bytes;
  constexpr std::uint64_t kAnswerBytesMax = 64 << 10;
  request.body_bytes_max = kAnswerBytesMax;
  TRY_ASSIGN(const HttpResponse answer, ask(request));
  if (answer.status == 200 || answer.status == 201 || answer.status == 204) return {};
  if (answer.status == 412 || answer.status == 409) {
    const auto present = get(name, bytes.size());  // an earlier try whose answer was lost
    if (present && equal(*present, bytes)) return {};
    return Error(Code::conflict,
                 name.text() + " is at " + address_ + " already with other bytes, and objects are never overwritten");
  }
  return refusal(name, answer);
}

Error HttpStore::unsupported(const char* what) const { return {Code::unsupported, address_ + " " + what}; }

Result<void> HttpStore::replace(const ObjectName& /*name*/, ByteView /*bytes*/) {
  return unsupported(
      "is reached over HTTP, and nothing is replaced from afar. Whoever keeps that copy brings it up to "
      "date there: muniment mirror pull");
}

Result<void> HttpStore::remove(const ObjectName& /*name*/) {
  return unsupported("is reached over HTTP, and nothing is removed from afar");
}

Result<std::vector<std::string>> HttpStore::list(const ObjectName& /*folder*/) {
  return unsupported("is reached over HTTP, where folders are not listed");
}

}  // namespace muniment
