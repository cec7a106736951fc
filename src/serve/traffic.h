// How many bytes left in this day and in this month, kept over restarts: two dates and two numbers, and nothing of who
// came, or when. Spec: docs/formats.md "What left this month".
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/fs.h"

namespace muniment {

enum class Period { day, month };  // of the calendar, in UTC

struct PeriodBytes {
  std::int64_t begins_s = 0;  // midnight of its first day
  std::uint64_t bytes = 0;
  bool operator==(const PeriodBytes&) const = default;
};

struct Traffic {
  PeriodBytes day;
  PeriodBytes month;
  bool operator==(const Traffic&) const = default;
};

std::string format_traffic(const Traffic& traffic);
/// Errors: `corrupt`, `limit`.
Result<Traffic> parse_traffic(std::string_view text);

/// The bytes of the period at hand, against a cap. No period is counted twice, whatever the clock is set to: set back,
/// the period at hand goes on; set forward, it goes on until it may really be over.
class PeriodMeter {
 public:
  /// `bytes_max` of 0: any. `earlier` is what another run has counted.
  explicit PeriodMeter(Period period, std::uint64_t bytes_max, const PeriodBytes& earlier = {});

  /// Goes on to the next period where it is time for it.
  void look_at(Clock& clock);
  /// Where so many more are beyond the cap: in how many seconds to ask again.
  std::optional<std::uint64_t> refuses(std::uint64_t bytes) const;
  void add(std::uint64_t bytes) { count_.bytes += bytes; }
  const PeriodBytes& count() const { return count_; }
  std::uint64_t bytes_max() const { return bytes_max_; }

 private:
  void begin(std::int64_t first_s);

  const Period period_;
  const std::uint64_t bytes_max_;
  PeriodBytes count_;
  std::int64_t ends_s_ = 0;
  std::optional<std::int64_t> over_running_s_;  // when it may be over, by the time that nobody can set
  std::uint64_t wait_s_ = 0;
};

/// The count of a copy, in its folder `home/`; one run at a time has it.
class TrafficFile {
 public:
  /// Makes what is not there. Errors: `conflict` when another run counts, those of files.
  static Result<std::unique_ptr<TrafficFile>> open(Fs& fs, const std::string& root);

  const Traffic& earlier() const { return earlier_; }
  /// Why the count begins anew, where a file is there and cannot be read.
  const std::optional<Error>& damage() const { return damage_; }
  /// Durable on return.
  Result<void> keep(const Traffic& traffic);

 private:
  TrafficFile(Fs& fs, std::string path, std::unique_ptr<FileLock> lock)
      : fs_(fs), path_(std::move(path)), lock_(std::move(lock)) {}

  Fs& fs_;
  std::string path_;
  std::unique_ptr<FileLock> lock_;
  Traffic earlier_;
  std::optional<Error> damage_;
};

/// Day and month together. What the file says is never less than what has left: it is written ahead, in steps of a
/// 64th of the smaller cap, and brought back to what was counted at the end. For one thread.
class TrafficMeter {
 public:
  /// Caps of 0: none. Without a file the count ends with this.
  TrafficMeter(std::uint64_t bytes_per_day_max, std::uint64_t bytes_per_month_max, std::unique_ptr<TrafficFile> file);
  ~TrafficMeter();
  TrafficMeter(const TrafficMeter&) = delete;
  TrafficMeter& operator=(const TrafficMeter&) = delete;

  /// Where a cap is reached: in how many seconds to ask again.
  std::optional<std::uint64_t> refuses(std::uint64_t bytes, Clock& clock);
  /// Counts bytes that are about to leave. Errors: those of keeping the count; nothing may leave then.
  Result<void> add(std::uint64_t bytes);

 private:
  Result<void> keep(std::uint64_t more_bytes, std::uint64_t unit_bytes);

  PeriodMeter day_;
  PeriodMeter month_;
  std::unique_ptr<TrafficFile> file_;
  std::uint64_t step_bytes_;
  Traffic kept_;
};

}  // namespace muniment
