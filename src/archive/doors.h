// The doors to the outside, handed down together.
#pragma once

#include "base/clock.h"
#include "base/fs.h"
#include "base/random.h"
#include "base/worker.h"

namespace muniment {

/// All outlive whatever they are lent to.
struct Doors {
  Fs& fs;
  Random& random;
  Clock& clock;
  Worker::Mode work = Worker::Mode::at_once;  // by_thread: `fs` may be used by several threads at once
};

}  // namespace muniment
