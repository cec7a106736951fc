// Signed requests to one bucket of an S3-compatible service, and what its answers mean. Spec: the S3 API;
// docs/formats.md "A copy in a bucket".
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/secret.h"
#include "store/http_download.h"
#include "store/s3_address.h"
#include "store/store.h"

namespace muniment {

/// A service that could not be reached in all tries, or whose clock is not ours, is not asked again, so that a run ends
/// soon and says why.
class S3Bucket {
 public:
  /// Without `credentials` ("KEY:SECRET") nothing is signed: a bucket that anybody may read. All that is referred to
  /// outlives this; the clock is only named beside the service's, where that refuses for it.
  S3Bucket(std::unique_ptr<HttpClient> client, Sleeper& sleeper, Clock& clock, S3Address address,
           const SecretBytes* credentials, RetryLimits limits = {});

  const S3Address& address() const { return address_; }
  const std::string& where() const { return where_; }

  /// `body` lives as long as the request.
  HttpRequest request_for(const ObjectName& name, const char* method, ByteView body = {}) const;
  /// For what the query asks of the bucket itself: its parameters sorted and percent-encoded.
  HttpRequest request_for_query(const std::string& query) const;

  /// With tries as HttpRetry has them. Any status is an answer.
  Result<HttpResponse> ask(const HttpRequest& request);
  /// Once, for what must not arrive twice unnoticed.
  Result<HttpResponse> ask_once(const HttpRequest& request);
  bool wait_for_another(unsigned tries_done, const HttpResponse* answer);
  Result<Bytes> get(const ObjectName& name, std::uint64_t bytes_max, Unfinished* unfinished = nullptr);

  /// What an answer that is no success says of `what`: an object's name, or what was asked.
  Error explain(const std::string& what, const HttpResponse& answer) const;
  /// The same at the end of all tries: a service that is `unavailable` is not asked again.
  Error refusal(const std::string& what, const HttpResponse& answer) { return remember(explain(what, answer)); }

 private:
  void sign(HttpRequest& request) const;
  Error denied(const std::string& answer, const HttpResponse& given) const;
  Error remember(Error error);

  std::unique_ptr<HttpClient> client_;
  HttpRetry retry_;
  Clock& clock_;
  S3Address address_;
  std::string where_;
  const SecretBytes* credentials_;
  std::optional<Error> gone_;  // why the service is not asked any more
};

/// True for 200, 201 and 204.
bool is_done(const HttpResponse& answer);
/// True where the object is not there, and the bucket is.
bool is_absent(const HttpResponse& answer);
/// True where the condition of a conditional write was not met, or another writer was at the same object.
bool is_condition_refused(const HttpResponse& answer);

}  // namespace muniment
