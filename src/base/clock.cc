#include "base/clock.h"

#include <chrono>
#include <cstdio>

#include "base/encoding.h"

namespace muniment {
namespace {

class SystemClock final : public Clock {
 public:
  std::int64_t now_s() override {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::seconds>(now).count();
  }
};

std::chrono::year_month_day date_of(std::int64_t seconds) {
  using std::chrono::days;
  using std::chrono::sys_seconds;
  return std::chrono::floor<days>(sys_seconds(std::chrono::seconds(seconds)));
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
  constexpr std::int64_t kDay = 86400;
  const auto of_day = static_cast<int>(((seconds % kDay) + kDay) % kDay);
  char text[32];
  std::snprintf(text, sizeof text, "T%02d:%02d:%02dZ", of_day / 3600, of_day / 60 % 60, of_day % 60);
  return to_date(seconds) + text;
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
