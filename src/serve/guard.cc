#include "serve/guard.h"

#include <sys/socket.h>

#include <utility>

namespace muniment {
Guard::Guard(Clock& clock, Random& random, const ServeLimits& limits, std::unique_ptr<TrafficFile> file)
    : clock_(clock),
      limits_(limits),
      key_(32),
      has_caps_(limits.bytes_per_second_max > 0 || limits.bytes_per_day_max > 0 || limits.bytes_per_month_max > 0),
      paid_s_(clock.running_s()),
      traffic_(limits.bytes_per_day_max, limits.bytes_per_month_max, std::move(file)),
      uploaded_today_(Period::day, limits.upload_bytes_per_day_max) {
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
  connections_[connection] = {socket, from,
                              clock_.running_s() + static_cast<std::int64_t>(limits_.request_seconds_max)};
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
  found->second.deadline_s = clock_.running_s() + static_cast<std::int64_t>(seconds);
}

void Guard::request_ends(const void* connection) { request_begins(connection, 0); }

std::size_t Guard::cut_overdue() {
  const std::lock_guard lock(mutex_);
  const std::int64_t now_s = clock_.running_s();
  std::size_t cut = 0;
  for (const auto& [name, connection] : connections_) {
    if (connection.deadline_s >= now_s) continue;
    static_cast<void>(::shutdown(connection.socket, SHUT_RDWR));  // the server's own thread closes it then
    ++cut;
  }
  return cut;
}

Result<std::optional<std::uint64_t>> Guard::charge(std::uint64_t bytes) {
  if (!has_caps_) return std::optional<std::uint64_t>();
  const std::lock_guard lock(mutex_);
  if (const auto wait_s = traffic_.refuses(bytes, clock_)) return wait_s;
  const std::uint64_t rate = limits_.bytes_per_second_max;
  if (rate > 0) {
    const std::int64_t now_s = clock_.running_s();
    const auto passed_s = static_cast<std::uint64_t>(now_s - paid_s_);
    owed_bytes_ = passed_s > owed_bytes_ / rate ? 0 : owed_bytes_ - passed_s * rate;
    paid_s_ = now_s;
    if (owed_bytes_ > rate) return std::optional(owed_bytes_ / rate);  // what is owed may be one second's worth
  }
  TRY(traffic_.add(bytes));
  if (rate > 0) owed_bytes_ += bytes;
  return std::optional<std::uint64_t>();
}

bool Guard::upload_begins(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  uploaded_today_.look_at(clock_);
  if (uploads_ >= limits_.uploads_max || uploaded_today_.refuses(bytes)) return false;
  ++uploads_;
  uploaded_today_.add(bytes);
  return true;
}

void Guard::upload_ends() {
  const std::lock_guard lock(mutex_);
  --uploads_;
}

}  // namespace muniment
