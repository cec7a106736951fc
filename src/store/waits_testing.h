// A double of the sleeper: waits for nothing, and says for how long it would have.
#pragma once

#include <cstdint>
#include <vector>

#include "store/http_retry.h"

namespace muniment {

class WrittenWaits final : public Sleeper {
 public:
  void wait_ms(std::uint64_t milliseconds) override { waits.push_back(milliseconds); }
  std::vector<std::uint64_t> waits;
};

}  // namespace muniment
