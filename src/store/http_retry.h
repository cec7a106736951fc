// Asking again where a server is busy or a connection broke, with limits: both stores over HTTP ask through this.
#pragma once

#include <cstdint>

#include "store/http_client.h"

namespace muniment {

/// The door to waiting.
class Sleeper {
 public:
  virtual ~Sleeper() = default;
  virtual void wait_ms(std::uint64_t milliseconds) = 0;
};

/// Waits for real. Lives as long as the process.
Sleeper& system_sleeper();

struct RetryLimits {
  unsigned tries_max = 4;              // the first one counts
  unsigned first_tries_max = 4;        // of a server that has not given any answer yet, where that is less
  std::uint64_t first_wait_ms = 500;   // each further wait is three times as long
  std::uint64_t wait_max_ms = 30'000;  // of a single wait, whatever the server asks for
};

/// For requests that may arrive twice: a create-only PUT whose answer was lost is answered 412 the second time.
class HttpRetry {
 public:
  /// All outlive this.
  HttpRetry(HttpClient& client, Sleeper& sleeper, RetryLimits limits = {})
      : client_(client), sleeper_(sleeper), limits_(limits) {}

  /// Tries again on 429, 500, 503 and on `unavailable`. A Retry-After in seconds counts where it is longer than our own
  /// wait. At the end the last answer or error is given; the error says how often it was tried.
  Result<HttpResponse> exchange(const HttpRequest& request);

  /// Waits before try number `tries_done` + 1. False when there is none left. For callers that resume by themselves.
  bool wait_for_another(unsigned tries_done, const HttpResponse* answer = nullptr);

  /// One try, for the same callers.
  Result<HttpResponse> try_once(const HttpRequest& request);

  HttpClient& client() { return client_; }
  const RetryLimits& limits() const { return limits_; }

 private:
  HttpClient& client_;
  Sleeper& sleeper_;
  RetryLimits limits_;
  bool has_answered_ = false;
};

/// True for 429, 500 and 503: the same request may be answered later.
bool is_busy(unsigned status);

}  // namespace muniment
