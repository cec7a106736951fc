#include "base/clock.h"

#include <chrono>
#include <cstdio>
#include <ctime>

#include "base/check.h"
#include "base/encoding.h"

namespace muniment {
namespace {

class SystemClock final : public Clock {
 public:
  std::int64_t now_s() override {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::seconds>(now).count();
  }
  std::int64_t running_s() override {
    timespec now{};
    MUNIMENT_CHECK(::clock_gettime(CLOCK_BOOTTIME, &now) == 0);
    return now.tv_sec;
  }
};

std::chrono::year_month_day date_of(std::int64_t seconds) {
  using std::chrono::days;
  using std::chrono::sys_seconds;
  return std::chrono::floor<days>(sys_seconds(std::chrono::seconds(seconds)));
}

constexpr std::int64_t kNanoseconds = 1'000'000'000;

/// A number of exactly `digits` digits at `start`, less than `end`.
Result<std::int64_t> digits_at(std::string_view text, std::size_t start, std::size_t digits, std::int64_t end) {
  std::int64_t value = 0;
  for (const char c : text.substr(start, digits)) {
    if (c < '0' || c > '9') return Error(Code::corrupt, "not a time: " + printable(text, 40));
    value = value * 10 + (c - '0');
  }
  if (value >= end) return Error(Code::corrupt, "not a time: " + printable(text, 40));
  return value;
}

}  // namespace

Clock& system_clock() {
  static SystemClock clock;
  return clock;
}

std::string to_date(std::int64_t seconds) {
  const auto date = date_of(seconds);
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()));
  return text;
}

std::string to_date_time(std::int64_t seconds) {
  const auto of_day = static_cast<int>(((seconds % kDayS) + kDayS) % kDayS);
  char text[32];
  std::snprintf(text, sizeof text, "T%02d:%02d:%02dZ", of_day / 3600, of_day / 60 % 60, of_day % 60);
  return to_date(seconds) + text;
}

std::string to_precise_time(std::int64_t nanoseconds) {
  std::int64_t seconds = nanoseconds / kNanoseconds;
  std::int64_t rest = nanoseconds % kNanoseconds;
  if (rest < 0) {
    rest += kNanoseconds;
    --seconds;
  }
  std::string text = to_date_time(seconds);
  char fraction[16];
  std::snprintf(fraction, sizeof fraction, ".%09dZ", static_cast<int>(rest));
  text.pop_back();
  return text + fraction;
}

Result<std::int64_t> parse_precise_time(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00.000000000Z";
  if (text.size() != kForm.size()) return Error(Code::corrupt, "not a time: " + printable(text, 40));
  for (const std::size_t i : {10u, 13u, 16u, 19u, 29u}) {
    if (text[i] != kForm[i]) return Error(Code::corrupt, "not a time: " + printable(text, 40));
  }
  TRY_ASSIGN(const std::int64_t midnight_s, parse_date(text.substr(0, 10)));
  TRY_ASSIGN(const std::int64_t hours, digits_at(text, 11, 2, 24));
  TRY_ASSIGN(const std::int64_t minutes, digits_at(text, 14, 2, 60));
  TRY_ASSIGN(const std::int64_t seconds, digits_at(text, 17, 2, 60));
  TRY_ASSIGN(const std::int64_t rest, digits_at(text, 20, 9, kNanoseconds));
  // The years that 64 bits of nanoseconds reach are 1678 to 2261.
  if (midnight_s < -9'200'000'000 || midnight_s > 9'200'000'000) return Error(Code::corrupt, "a time too far away");
  return (midnight_s + hours * 3600 + minutes * 60 + seconds) * kNanoseconds + rest;
}

Result<std::int64_t> parse_date(std::string_view text) {
  const Error malformed(Code::corrupt, "not a date of the form 2026-11-22");
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return malformed;
  int numbers[3] = {};
  for (const std::size_t i : {0u, 1u, 2u, 3u, 5u, 6u, 8u, 9u}) {
    if (text[i] < '0' || text[i] > '9') return malformed;
    int& number = numbers[i < 4 ? 0 : i < 7 ? 1 : 2];
    number = number * 10 + (text[i] - '0');
  }
  const auto date = std::chrono::year(numbers[0]) / std::chrono::month(static_cast<unsigned>(numbers[1])) /
                    std::chrono::day(static_cast<unsigned>(numbers[2]));
  if (!date.ok()) return malformed;
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::sys_days(date).time_since_epoch()).count();
}

}  // namespace muniment
