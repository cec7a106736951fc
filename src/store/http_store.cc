#include "store/http_store.h"

#include "base/encoding.h"
#include "crypto/sha256.h"
#include "store/arrival_list.h"
#include "store/audience.h"
#include "store/http_download.h"

namespace muniment {
namespace {

/// Who stands between may answer anything with a page: no mirror says anything of an object that it has created.
bool is_page(const HttpResponse& answer) { return answer.status >= 200 && answer.status < 300 && !answer.body.empty(); }

}  // namespace

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
  const bool is_for_holders =
      audience_of(name) == Audience::token_holders || name.text() == "incoming" || is_incoming(name);
  if (!sends && is_for_holders) token = token_for(tokens_, Token::Right::read, address_);
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
  constexpr unsigned kNetworkAuthenticationRequired = 511;
  if (answer.status == kNetworkAuthenticationRequired) {
    return {Code::unavailable, what +
                                   ": the network here asks for a login first (a captive portal). Log in to it with a "
                                   "browser, or take another network"};
  }
  if (answer.status >= 300 && answer.status < 400) {
    return {Code::unavailable,
            what + ", a redirect to " + shown_header(answer, "location") +
                ": redirects are not followed. Either the archive lies elsewhere, or the network here "
                "asks for a login first (a captive portal)"};
  }
  if (is_busy(answer.status))
    return {Code::unavailable,
            what + ": it is too busy, tried " + std::to_string(retry_.limits().tries_max) + " times"};
  return {Code::unavailable, what + ", which is no answer that a copy of an archive gives"};
}

Result<Bytes> HttpStore::fetch(const ObjectName& name, std::uint64_t bytes_max, Unfinished* unfinished) {
  if (gone_) return *gone_;
  auto bytes = download(
      retry_, request_for(name, "GET"), bytes_max, [&](const HttpResponse& answer) { return refusal(name, answer); },
      unfinished);
  if (!bytes) return remember(bytes.error());
  return bytes;
}

Result<Bytes> HttpStore::get(const ObjectName& name, std::uint64_t bytes_max) {
  return fetch(name, bytes_max, nullptr);
}

Result<Bytes> HttpStore::get_on(const ObjectName& name, std::uint64_t bytes_max, Unfinished& unfinished) {
  return fetch(name, bytes_max, &unfinished);
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
  // What is there already with these bytes needs not be sent again: RFC 9530, where the server knows it.
  request.headers.push_back("Repr-Digest: sha-256=:" + to_base64(sha256(bytes).bytes) + ":");
  constexpr std::uint64_t kAnswerBytesMax = 64 << 10;
  request.body_bytes_max = kAnswerBytesMax;
  TRY_ASSIGN(const HttpResponse answer, ask(request));
  if (is_page(answer)) {
    return remember({Code::unavailable, address_ + " answers with a page of text for " + name.text() +
                                            ": a login page or another server stands between, and nothing was sent"});
  }
  if (answer.status == 200 || answer.status == 201 || answer.status == 204) return {};
  if (answer.status == 412 || answer.status == 409) {
    const auto present = get(name, bytes.size());  // an earlier try whose answer was lost
    if (present && equal(*present, bytes)) return {};
    const std::string what = name.text() + " is at " + address_ + " already";
    if (present || present.error().code() == Code::limit)
      return Error(Code::conflict, what + " with other bytes, and objects are never overwritten");
    return Error(Code::conflict, what +
                                     ", and objects are never overwritten; whether with the same bytes cannot be seen "
                                     "from here");
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

Result<std::vector<std::string>> HttpStore::list(const ObjectName& folder) {
  if (folder.text() == "incoming") {
    if (gone_) return *gone_;
    HttpRequest request = request_for(folder, "GET");
    request.url += "/";
    auto text = download(retry_, request, kArrivalListBytesMax, [&](const HttpResponse& answer) {
      if (answer.status != 404) return refusal(folder, answer);
      return Error(Code::denied,
                   address_ +
                       " does not say what arrived there. Our own server, and nginx as it prints it, say it to "
                       "who has a token for reading: give --token-file FILE");
    });
    if (!text) return remember(text.error());
    auto names = parse_arrivals(as_text(*text));
    return names ? std::move(names) : names.error().in(address_);
  }
  return unsupported("is reached over HTTP, where folders are not listed");
}

}  // namespace muniment
