#include "store/s3_bucket.h"

#include "base/encoding.h"
#include "crypto/sha256.h"
#include "store/s3_answer.h"

namespace muniment {
namespace {

constexpr std::uint64_t kSmallAnswerBytesMax = 64 << 10;
constexpr const char* kNoSuchBucket = "NoSuchBucket";

/// What the service gives as its reason; empty fields where it gives none, as to HEAD.
S3Refusal reason_of(const HttpResponse& answer) {
  auto refusal = parse_s3_refusal(answer.body);
  return refusal ? std::move(*refusal) : S3Refusal{};
}

bool is_skew(const S3Refusal& reason) {
  return reason.code == "RequestTimeTooSkewed" || reason.code == "RequestExpired" ||
         (reason.code == "AccessDenied" && reason.message.find("expired") != std::string::npos);
}

}  // namespace

bool is_done(const HttpResponse& answer) {
  return answer.status == 200 || answer.status == 201 || answer.status == 204;
}

bool is_absent(const HttpResponse& answer) { return answer.status == 404 && reason_of(answer).code != kNoSuchBucket; }

bool is_condition_refused(const HttpResponse& answer) { return answer.status == 412 || answer.status == 409; }

S3Bucket::S3Bucket(std::unique_ptr<HttpClient> client, Sleeper& sleeper, Clock& clock, S3Address address,
                   const SecretBytes* credentials, RetryLimits limits)
    : client_(std::move(client)),
      retry_(*client_, sleeper, limits),
      clock_(clock),
      address_(std::move(address)),
      where_(address_.text()),
      credentials_(credentials) {}

void S3Bucket::sign(HttpRequest& request) const {
  if (credentials_ == nullptr) return;
  // The digest is signed with the rest, so that a body altered on its way is refused by the service.
  request.headers.push_back("x-amz-content-sha256: " + sha256(request.body).hex());
  request.sigv4 = "aws:amz:" + address_.region + ":s3";
  request.credentials = credentials_;
}

HttpRequest S3Bucket::request_for(const ObjectName& name, const char* method, ByteView body) const {
  HttpRequest request;
  request.method = method;
  request.url = address_.bucket_url() + "/" + address_.key_of(name.text());
  request.body = body;
  request.body_bytes_max = kSmallAnswerBytesMax;
  sign(request);
  if (request.method == "PUT") request.headers.emplace_back("Content-Type: application/octet-stream");
  return request;
}

HttpRequest S3Bucket::request_for_query(const std::string& query) const {
  HttpRequest request;
  request.url = address_.bucket_url() + "/?" + query;
  request.body_bytes_max = kSmallAnswerBytesMax;
  sign(request);
  return request;
}

Error S3Bucket::remember(Error error) {
  if (error.code() == Code::unavailable) gone_ = error;
  return error;
}

Result<HttpResponse> S3Bucket::ask(const HttpRequest& request) {
  if (gone_) return *gone_;
  auto answer = retry_.exchange(request);
  if (!answer) return remember(answer.error());
  return answer;
}

Result<HttpResponse> S3Bucket::ask_once(const HttpRequest& request) {
  if (gone_) return *gone_;
  return client_->exchange(request);
}

bool S3Bucket::wait_for_another(unsigned tries_done, const HttpResponse* answer) {
  return retry_.wait_for_another(tries_done, answer);
}

Result<Bytes> S3Bucket::get(const ObjectName& name, std::uint64_t bytes_max, Unfinished* unfinished) {
  if (gone_) return *gone_;
  auto bytes = download(
      retry_, request_for(name, "GET"), bytes_max,
      [&](const HttpResponse& answer) { return explain(name.text(), answer); }, unfinished);
  if (!bytes) return remember(bytes.error());
  return bytes;
}

Error S3Bucket::denied(const std::string& answer, const HttpResponse& given) const {
  const S3Refusal reason = reason_of(given);
  const std::string clocks =
      "its clock says " + shown_header(given, "date") + ", this machine's " + to_date_time(clock_.now_s());
  if (is_skew(reason)) {
    return {Code::unavailable,
            answer + ": " + clocks + ". Signatures count for some minutes only: set the clock that is wrong"};
  }
  if (credentials_ == nullptr)
    return {Code::denied, answer + ": it is not given to everybody. Give --credentials FILE"};
  if (reason.code.empty()) return {Code::denied, answer + ", without a reason (" + clocks + ")"};
  if (reason.code == "SignatureDoesNotMatch" || reason.code == "InvalidAccessKeyId")
    return {Code::denied, answer + ": it does not know this key, or the secret is another one. See --credentials"};
  return {Code::denied, answer +
                            ": these credentials may not do this; or, where they may not list the bucket, the "
                            "object is not there"};
}

Error S3Bucket::explain(const std::string& what, const HttpResponse& given) const {
  const S3Refusal reason = reason_of(given);
  std::string answer = where_ + " answers " + std::to_string(given.status) + " for " + what;
  if (!reason.code.empty())
    answer += " (" + printable(reason.code, 100) + (reason.message.empty() ? "" : ": ") +
              printable(reason.message, 300) + ")";
  switch (given.status) {
    case 404:
      if (reason.code == kNoSuchBucket)
        return {Code::unavailable,
                "there is no bucket " + address_.bucket + " at " + address_.host + ": make it there"};
      return {Code::not_found, what + " is not at " + where_};
    case 401:
    case 403: return denied(answer, given);
    case 413:
    case 507: return {Code::denied, answer + ": it does not take so much"};
    case 501: return {Code::unsupported, answer + ": it cannot do this"};
    default: break;
  }
  if (given.status >= 300 && given.status < 400) {
    return {Code::unavailable, answer + ", a redirect to " + shown_header(given, "location") +
                                   ": redirects are not followed. Give the bucket's own host and ?region="};
  }
  if (is_busy(given.status)) {
    return {Code::unavailable,
            answer + ": it is too busy, tried " + std::to_string(retry_.limits().tries_max) + " times"};
  }
  return {Code::unavailable, answer + ", which is not what an S3 service should answer"};
}

}  // namespace muniment
