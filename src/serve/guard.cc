#include "serve/guard.h"

#include <sys/socket.h>

#include <algorithm>

namespace muniment {
namespace {

constexpr std::int64_t kDayS = 86'400;

/// The first moment of the calendar month after this one.
std::int64_t month_after(std::int64_t now_s) {
  constexpr std::int64_t kLongestMonthDays = 31;
  const std::string month = to_date(now_s).substr(0, 7);
  std::int64_t midnight_s = now_s - now_s % kDayS;
  for (std::int64_t day = 0; day < kLongestMonthDays && to_date(midnight_s).starts_with(month); ++day)
    midnight_s += kDayS;
  return midnight_s;
}

}  // namespace

Guard::Guard(Clock& clock, Random& random, const ServeLimits& limits)
    : clock_(clock), limits_(limits), key_(32), paid_s_(clock.now_s()), day_(clock.now_s() / kDayS) {
  random.fill(key_);
}

Sha256 Guard::hidden(ByteView address) const {
  Bytes keyed = key_;
  append(keyed, address);
  return sha256(keyed);
}

bool Guard::admits(ByteView address) {
  const Sha256 from = hidden(address);
  const std::lock_guard lock(mutex_);
  if (connections_.size() >= limits_.connections_max) return false;
  const auto known = by_address_.find(from);
  return limits_.connections_per_address_max == 0 || address.empty() || known == by_address_.end() ||
         known->second < limits_.connections_per_address_max;
}

void Guard::opened(const void* connection, int socket, ByteView address) {
  const Sha256 from = hidden(address);
  const std::lock_guard lock(mutex_);
  connections_[connection] = {socket, from, clock_.now_s() + static_cast<std::int64_t>(limits_.request_seconds_max)};
  ++by_address_[from];
}

void Guard::closed(const void* connection) {
  const std::lock_guard lock(mutex_);
  const auto found = connections_.find(connection);
  if (found == connections_.end()) return;
  const auto address = by_address_.find(found->second.address);
  if (--address->second == 0) by_address_.erase(address);
  connections_.erase(found);
}

void Guard::request_begins(const void* connection, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  const auto found = connections_.find(connection);
  if (found == connections_.end()) return;
  const std::uint64_t seconds = limits_.request_seconds_max + bytes / limits_.bytes_per_second_min;
  found->second.deadline_s = clock_.now_s() + static_cast<std::int64_t>(seconds);
}

void Guard::request_ends(const void* connection) { request_begins(connection, 0); }

std::size_t Guard::cut_overdue() {
  const std::lock_guard lock(mutex_);
  const std::int64_t now_s = clock_.now_s();
  std::size_t cut = 0;
  for (const auto& [name, connection] : connections_) {
    if (connection.deadline_s >= now_s) continue;
    static_cast<void>(::shutdown(connection.socket, SHUT_RDWR));  // the server's own thread closes it then
    ++cut;
  }
  return cut;
}

void Guard::start_day(std::int64_t now_s) {
  if (now_s / kDayS == day_) return;
  day_ = now_s / kDayS;
  day_bytes_ = 0;
  day_upload_bytes_ = 0;
}

void Guard::start_month(std::int64_t now_s) {
  if (limits_.bytes_per_month_max == 0 || now_s < month_ends_s_) return;
  month_ends_s_ = month_after(now_s);
  month_bytes_ = 0;
}

std::optional<std::uint64_t> Guard::charge(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  const std::int64_t now_s = clock_.now_s();
  start_day(now_s);
  start_month(now_s);
  if (limits_.bytes_per_month_max > 0 && month_bytes_ + bytes > limits_.bytes_per_month_max)
    return static_cast<std::uint64_t>(month_ends_s_ - now_s);
  if (limits_.bytes_per_day_max > 0 && day_bytes_ + bytes > limits_.bytes_per_day_max)
    return static_cast<std::uint64_t>(kDayS - now_s % kDayS);
  if (limits_.bytes_per_second_max > 0) {
    const auto passed_s = static_cast<std::uint64_t>(std::max<std::int64_t>(0, now_s - paid_s_));
    const std::uint64_t rate = limits_.bytes_per_second_max;
    owed_bytes_ = passed_s > owed_bytes_ / rate ? 0 : owed_bytes_ - passed_s * rate;
    paid_s_ = now_s;
    if (owed_bytes_ > rate) return owed_bytes_ / rate;  // what is owed may be one second's worth
    owed_bytes_ += bytes;
  }
  day_bytes_ += bytes;
  month_bytes_ += bytes;
  return std::nullopt;
}

bool Guard::upload_begins(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  start_day(clock_.now_s());
  if (uploads_ >= limits_.uploads_max || day_upload_bytes_ + bytes > limits_.upload_bytes_per_day_max) return false;
  ++uploads_;
  day_upload_bytes_ += bytes;
  return true;
}

void Guard::upload_ends() {
  const std::lock_guard lock(mutex_);
  --uploads_;
}

}  // namespace muniment
