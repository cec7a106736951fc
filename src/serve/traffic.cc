#include "serve/traffic.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::string_view kTitle = "muniment/traffic/v1";
constexpr std::size_t kFileBytesMax = 200;
constexpr std::uint64_t kCountMax = std::uint64_t{1} << 62;  // so that no sum overflows
constexpr std::size_t kMonthCharacters = 7;                  // "2026-11"
constexpr std::uint64_t kStepsOfCap = 64;
constexpr std::uint64_t kUnitBytesMax = 1 << 20;  // what is kept is rounded up, so that it names no single object
constexpr std::int64_t kNanoseconds = 1'000'000'000;

using Days = std::chrono::sys_days;

std::int64_t midnight_s(Days day) { return std::chrono::sys_seconds(day).time_since_epoch().count(); }

Days first_day(Period period, std::int64_t now_s) {
  const Days day = std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(now_s)));
  if (period == Period::day) return day;
  const std::chrono::year_month_day date(day);
  return Days(date.year() / date.month() / 1);
}

std::int64_t end_of(Period period, std::int64_t begins_s) {
  const Days first = first_day(period, begins_s);
  if (period == Period::day) return midnight_s(first + std::chrono::days(1));
  return midnight_s(Days(std::chrono::year_month_day(first) + std::chrono::months(1)));
}

/// "day 2026-11-22 123": the words behind the first one, the date completed by `rest_of_date`.
Result<PeriodBytes> parse_line(std::string_view line, std::string_view name, std::string_view rest_of_date) {
  const auto words = split(line, ' ');
  if (words.size() != 3 || words[0] != name)
    return Error(Code::corrupt, "not a count of what left: " + printable(line, 100));
  PeriodBytes period;
  TRY_ASSIGN(period.begins_s, parse_date(std::string(words[1]) + std::string(rest_of_date)));
  TRY_ASSIGN(period.bytes, parse_decimal(words[2], kCountMax));
  return period;
}

std::uint64_t rounded_up(std::uint64_t bytes, std::uint64_t unit) { return (bytes + unit - 1) / unit * unit; }

}  // namespace

std::string format_traffic(const Traffic& traffic) {
  return std::string(kTitle) + "\nday " + to_date(traffic.day.begins_s) + " " + std::to_string(traffic.day.bytes) +
         "\nmonth " + to_date(traffic.month.begins_s).substr(0, kMonthCharacters) + " " +
         std::to_string(traffic.month.bytes) + "\n";
}

Result<Traffic> parse_traffic(std::string_view text) {
  constexpr std::size_t kLines = 3;
  TRY_ASSIGN(const auto lines, split_lines(text, kLines));
  if (lines.size() != kLines || lines[0] != kTitle) return Error(Code::corrupt, "not a count of what left");
  Traffic traffic;
  TRY_ASSIGN(traffic.day, parse_line(lines[1], "day", ""));
  TRY_ASSIGN(traffic.month, parse_line(lines[2], "month", "-01"));
  return traffic;
}

PeriodMeter::PeriodMeter(Period period, std::uint64_t bytes_max, const PeriodBytes& earlier)
    : period_(period), bytes_max_(bytes_max), count_(earlier), ends_s_(end_of(period, earlier.begins_s)) {}

void PeriodMeter::look_at(Clock& clock) {
  const std::int64_t now_s = clock.now_s();
  const std::int64_t running_s = clock.running_s();
  const bool is_over = now_s >= ends_s_ && running_s >= over_running_s_.value_or(running_s);
  if (is_over) {
    count_ = {midnight_s(first_day(period_, now_s)), 0};
    ends_s_ = end_of(period_, count_.begins_s);
  }
  const std::int64_t whole_s = ends_s_ - count_.begins_s;
  if (is_over || (!over_running_s_ && now_s >= count_.begins_s)) {
    // A whole period behind the last one, so that as many begin as time has passed, wherever in them the clock is set.
    const std::int64_t by_clock_s = running_s + (ends_s_ - now_s);
    over_running_s_ = over_running_s_ ? std::max(by_clock_s, *over_running_s_ + whole_s) : by_clock_s;
  }
  const std::int64_t left_s = std::max(ends_s_ - now_s, over_running_s_.value_or(running_s) - running_s);
  wait_s_ = static_cast<std::uint64_t>(std::clamp<std::int64_t>(left_s, 1, whole_s));
}

std::optional<std::uint64_t> PeriodMeter::refuses(std::uint64_t bytes) const {
  if (bytes_max_ == 0 || (bytes <= bytes_max_ && count_.bytes <= bytes_max_ - bytes)) return std::nullopt;
  return wait_s_;
}

Result<std::unique_ptr<TrafficFile>> TrafficFile::open(Fs& fs, const std::string& root) {
  const std::string path = join(root, "home/traffic");
  TRY(make_folders(fs, parent_of(path)));
  auto lock = fs.lock(path + ".lock");
  if (!lock && lock.error().code() == Code::conflict)
    return Error(Code::conflict, root + " is served by another run with a cap of a day or month: end that one first");
  if (!lock) return lock.error();
  std::unique_ptr<TrafficFile> file(new TrafficFile(fs, path, std::move(*lock)));
  auto earlier = read_file(fs, path, kFileBytesMax);
  if (!earlier && earlier.error().code() == Code::not_found) return file;
  if (!earlier && earlier.error().code() != Code::limit) return earlier.error();
  const auto parsed = earlier ? parse_traffic(as_text(*earlier)) : Result<Traffic>(earlier.error());
  if (parsed) {
    file->earlier_ = *parsed;
  } else {
    file->damage_ = parsed.error().in(path);
  }
  return file;
}

Result<void> TrafficFile::keep(const Traffic& traffic) {
  TRY(replace_durably(fs_, path_, as_view(format_traffic(traffic))));
  // When somebody was given something is nobody's business.
  constexpr std::int64_t kLastS = kModifiedMaxNs / kNanoseconds;
  return fs_.set_modified(path_, std::clamp(traffic.day.begins_s, -kLastS, kLastS) * kNanoseconds);
}

TrafficMeter::TrafficMeter(std::uint64_t bytes_per_day_max, std::uint64_t bytes_per_month_max,
                           std::unique_ptr<TrafficFile> file)
    : day_(Period::day, bytes_per_day_max, file ? file->earlier().day : PeriodBytes{}),
      month_(Period::month, bytes_per_month_max, file ? file->earlier().month : PeriodBytes{}),
      file_(std::move(file)),
      step_bytes_(kCountMax),
      kept_{day_.count(), month_.count()} {
  for (const std::uint64_t cap : {bytes_per_day_max, bytes_per_month_max})
    if (cap > 0) step_bytes_ = std::min(step_bytes_, std::max<std::uint64_t>(1, cap / kStepsOfCap));
}

TrafficMeter::~TrafficMeter() {
  // Where it fails, the file says more than what has left.
  if (file_) static_cast<void>(keep(0, std::min(step_bytes_, kUnitBytesMax)).has_value());
}

std::optional<std::uint64_t> TrafficMeter::refuses(std::uint64_t bytes, Clock& clock) {
  day_.look_at(clock);
  month_.look_at(clock);
  const auto of_month = month_.refuses(bytes);
  return of_month ? of_month : day_.refuses(bytes);
}

Result<void> TrafficMeter::add(std::uint64_t bytes) {
  const auto is_kept = [bytes](const PeriodBytes& kept, const PeriodBytes& count) {
    return kept.begins_s == count.begins_s && count.bytes + bytes <= kept.bytes;
  };
  if (file_ && bytes > 0 && !(is_kept(kept_.day, day_.count()) && is_kept(kept_.month, month_.count())))
    TRY(keep(bytes, step_bytes_));
  day_.add(bytes);
  month_.add(bytes);
  return {};
}

Result<void> TrafficMeter::keep(std::uint64_t more_bytes, std::uint64_t unit_bytes) {
  const auto ahead = [&](PeriodBytes count) {
    count.bytes = rounded_up(count.bytes + more_bytes, unit_bytes);
    return count;
  };
  const Traffic next{ahead(day_.count()), ahead(month_.count())};
  if (next == kept_) return {};
  TRY(file_->keep(next));
  kept_ = next;
  return {};
}

}  // namespace muniment
