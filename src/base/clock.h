// The door to time. The local clock is never evidence: it only fills in dates and warns.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace muniment {

inline constexpr std::int64_t kDayS = 86'400;

class Clock {
 public:
  virtual ~Clock() = default;
  /// Seconds since 1970-01-01T00:00:00Z.
  virtual std::int64_t now_s() = 0;
  /// Seconds since some moment, those included in which the machine slept. Nobody can set it.
  virtual std::int64_t running_s() = 0;
};

/// The machine's clock. Lives as long as the process.
Clock& system_clock();

/// "2026-11-22" and "2026-11-22T13:05:09Z": RFC 3339 in UTC.
std::string to_date(std::int64_t seconds);
std::string to_date_time(std::int64_t seconds);
/// "2026-11-22T13:05:09.000000123Z", from nanoseconds, and back. Errors: `corrupt`.
std::string to_precise_time(std::int64_t nanoseconds);
Result<std::int64_t> parse_precise_time(std::string_view text);
/// Midnight UTC of "2026-11-22". Errors: `corrupt`.
Result<std::int64_t> parse_date(std::string_view text);

}  // namespace muniment
