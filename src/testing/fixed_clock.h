// A Clock that stands still until a test lets time pass, or sets it.
#pragma once

#include <cstdint>

#include "base/clock.h"

namespace muniment {

class FixedClock final : public Clock {
 public:
  /// Without an argument: 2026-01-01T00:00:00Z.
  explicit FixedClock(std::int64_t now_s = 1'767'225'600) : now_s_(now_s) {}

  std::int64_t now_s() override { return now_s_; }
  std::int64_t running_s() override { return running_s_; }
  void set(std::int64_t now_s) { now_s_ = now_s; }
  void advance_s(std::int64_t seconds) {
    now_s_ += seconds;
    running_s_ += seconds;
  }

 private:
  std::int64_t now_s_;
  std::int64_t running_s_ = 1000;
};

}  // namespace muniment
