// A Random that repeats: the same bytes from the same seed on every machine. For tests only, predictable by design.
#pragma once

#include <cstdint>

#include "base/random.h"

namespace muniment {

class FixedRandom final : public Random {
 public:
  explicit FixedRandom(std::uint64_t seed = 1) : state_(seed) {}

  /// Each byte depends on the seed and the count of bytes before it only, not on how they were asked for.
  void fill(MutableBytes bytes) override;

 private:
  std::uint64_t state_;
  std::uint64_t word_ = 0;  // what is left of the current eight bytes, lowest first
  int bytes_left_ = 0;
};

}  // namespace muniment
