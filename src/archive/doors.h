// The doors to the outside, handed down together.
#pragma once

#include "base/clock.h"
#include "base/fs.h"
#include "base/random.h"

namespace muniment {

/// All outlive whatever they are lent to.
struct Doors {
  Fs& fs;
  Random& random;
  Clock& clock;
};

}  // namespace muniment
