#include "store/http_retry.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "base/encoding.h"

namespace muniment {
namespace {

class SystemSleeper final : public Sleeper {
 public:
  void wait_ms(std::uint64_t milliseconds) override {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable never;
    never.wait_for(lock, std::chrono::milliseconds(milliseconds), [] { return false; });
  }
};

}  // namespace

Sleeper& system_sleeper() {
  static SystemSleeper sleeper;
  return sleeper;
}

bool is_busy(unsigned status) { return status == 429 || status == 500 || status == 503; }

bool HttpRetry::wait_for_another(unsigned tries_done, const HttpResponse* answer) {
  constexpr std::uint64_t kGrowth = 3;
  constexpr std::uint64_t kMsInSecond = 1000;
  constexpr std::uint64_t kRetryAfterSecondsMax = 1'000'000;
  if (tries_done >= (has_answered_ ? limits_.tries_max : std::min(limits_.tries_max, limits_.first_tries_max)))
    return false;
  std::uint64_t wait = limits_.first_wait_ms;
  for (unsigned i = 1; i < tries_done && wait < limits_.wait_max_ms; ++i) wait *= kGrowth;
  if (const std::string* asked = answer == nullptr ? nullptr : answer->header("retry-after")) {
    const auto seconds = parse_decimal(*asked, kRetryAfterSecondsMax);
    if (seconds) wait = std::max(wait, *seconds * kMsInSecond);
  }
  sleeper_.wait_ms(std::min(wait, limits_.wait_max_ms));
  return true;
}

Result<HttpResponse> HttpRetry::try_once(const HttpRequest& request) {
  BrokenExchange unread;
  HttpRequest watched = request;
  if (watched.broken == nullptr) watched.broken = &unread;
  auto answer = client_.exchange(watched);
  if (answer || watched.broken->response.status != 0) has_answered_ = true;
  return answer;
}

Result<HttpResponse> HttpRetry::exchange(const HttpRequest& request) {
  for (unsigned tries = 1;; ++tries) {
    auto answer = try_once(request);
    if (!answer && answer.error().code() != Code::unavailable) return answer;
    if (answer && !is_busy(answer->status)) return answer;
    if (wait_for_another(tries, answer ? &*answer : nullptr)) continue;
    if (answer) return answer;
    return Error(Code::unavailable,
                 answer.error().sentence() + ", tried " + std::to_string(tries) + (tries == 1 ? " time" : " times"));
  }
}

}  // namespace muniment
