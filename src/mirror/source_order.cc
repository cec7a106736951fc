#include "mirror/source_order.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace muniment {
namespace {

constexpr double kKept = 0.9;  // of what was measured before, with each object: the last ten or so count

}  // namespace

SourceOrder::SourceOrder(std::size_t sources, std::function<std::int64_t()> steady_ns)
    : steady_ns_(std::move(steady_ns)), sources_(sources) {}

std::vector<std::size_t> SourceOrder::order() {
  std::vector<std::size_t> order(sources_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (!steady_ns_) return order;
  const std::lock_guard lock(mutex_);
  // Groups: not measured and idle; measured; not measured, and somebody is waiting for it; failed.
  const auto place = [&](std::size_t i) {
    const Source& source = sources_[i];
    if (source.has_failed) return std::tuple(3, 0.0, i);
    if (source.ns <= 0) return std::tuple(source.running == 0 ? 0 : 2, static_cast<double>(source.running), i);
    // How long one more object of a usual size would take, each waiting for those before it.
    return std::tuple(1, static_cast<double>(source.running + 1) * source.ns / std::max(source.bytes, 1.0), i);
  };
  std::ranges::sort(order, {}, place);
  return order;
}

SourceOrder::Fetch::Fetch(SourceOrder& order, std::size_t source)
    : order_(order), source_(source), begun_ns_(order.now_ns()) {
  const std::lock_guard lock(order_.mutex_);
  ++order_.sources_[source_].running;
}

SourceOrder::Fetch::~Fetch() {
  const std::int64_t ns = std::max<std::int64_t>(1, order_.now_ns() - begun_ns_);
  const std::lock_guard lock(order_.mutex_);
  Source& source = order_.sources_[source_];
  --source.running;
  source.has_failed |= has_failed_;
  source.bytes = source.bytes * kKept + static_cast<double>(bytes_);
  source.ns = source.ns * kKept + static_cast<double>(ns);
}

}  // namespace muniment
