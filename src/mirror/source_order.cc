#include "mirror/source_order.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace muniment {
namespace {

constexpr std::uint64_t kLargeBytes = 32 << 10;
constexpr double kFastBytesPerNs = (256 << 10) / 1e9;
constexpr double kKept = 0.9;  // of what was measured before, with each object: the last ten or so count

}  // namespace

SourceOrder::SourceOrder(std::size_t sources, std::function<std::int64_t()> steady_ns)
    : steady_ns_(std::move(steady_ns)), sources_(sources) {}

std::vector<std::size_t> SourceOrder::order() {
  std::vector<std::size_t> order(sources_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (!steady_ns_) return order;
  const std::lock_guard lock(mutex_);
  // Groups: not measured and idle; measured; not measured, and somebody is waiting for it; slow, and at something
  // large; failed.
  const auto place = [&](std::size_t i) {
    const Source& source = sources_[i];
    if (source.has_failed) return std::tuple(4, 0.0, i);
    if (source.is_at_large && !source.is_fast) return std::tuple(3, 0.0, i);
    if (source.ns <= 0) return std::tuple(source.running == 0 ? 0 : 2, static_cast<double>(source.running), i);
    // How long one more object of a usual size would take, each waiting for those before it.
    return std::tuple(1, static_cast<double>(source.running + 1) * source.ns / std::max(source.bytes, 1.0), i);
  };
  std::ranges::sort(order, {}, place);
  return order;
}

SourceOrder::Fetch::Fetch(SourceOrder& order, std::size_t source, std::uint64_t size_bytes)
    : order_(order), source_(source), is_large_(order.steady_ns_ && size_bytes >= kLargeBytes) {
  std::unique_lock lock(order_.mutex_);
  Source& own = order_.sources_[source_];
  if (is_large_) {
    order_.ended_.wait(lock, [&] { return own.is_fast || !own.is_at_large; });
    own.is_at_large = true;
  }
  ++own.running;
  begun_ns_ = order_.now_ns();
}

SourceOrder::Fetch::~Fetch() {
  const std::int64_t ns = std::max<std::int64_t>(1, order_.now_ns() - begun_ns_);
  const std::lock_guard lock(order_.mutex_);
  Source& source = order_.sources_[source_];
  --source.running;
  if (is_large_) {
    source.is_at_large = false;
    if (bytes_ >= kLargeBytes)
      source.is_fast = static_cast<double>(bytes_) >= kFastBytesPerNs * static_cast<double>(ns);
    order_.ended_.notify_all();
  }
  source.has_failed |= has_failed_;
  source.bytes = source.bytes * kKept + static_cast<double>(bytes_);
  source.ns = source.ns * kKept + static_cast<double>(ns);
}

}  // namespace muniment
