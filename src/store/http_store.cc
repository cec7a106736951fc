#include "store/http_store.h"

#include "base/encoding.h"
#include "store/audience.h"
#include "store/http_download.h"

namespace muniment {
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

Result<Bytes> HttpStore::get(const ObjectName& name, std::uint64_t bytes_max) {
  if (gone_) return *gone_;
  auto bytes = download(retry_, request_for(name, "GET"), bytes_max,
                        [&](const HttpResponse& answer) { return refusal(name, answer); });
  if (!bytes) return remember(bytes.error());
  return bytes;
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

Result<void> HttpStore::move(const ObjectName& /*from*/, const ObjectName& /*to*/, std::uint64_t /*bytes_max*/) {
  return unsupported("is reached over HTTP, and nothing is moved from afar");
}

Result<std::vector<std::string>> HttpStore::list(const ObjectName& /*folder*/) {
  return unsupported("is reached over HTTP, where folders are not listed");
}

}  // namespace muniment
