// The door to randomness. crypto/random.h has the real one, testing/ has one that repeats.
#pragma once

#include "base/bytes.h"

namespace muniment {

class Random {
 public:
  virtual ~Random() = default;
  /// Fills with bytes that nobody can predict. A system without randomness is not a place to make keys: aborts.
  virtual void fill(MutableBytes bytes) = 0;
};

}  // namespace muniment
