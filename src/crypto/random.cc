#include "crypto/random.h"

#include <openssl/rand.h>

#include <climits>

namespace muniment {
namespace {

class SystemRandom final : public Random {
 public:
  void fill(MutableBytes bytes) override {
    MUNIMENT_CHECK(bytes.size() <= INT_MAX);
    MUNIMENT_CHECK(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
  }
};

}  // namespace

Random& system_random() {
  static SystemRandom random;
  return random;
}

}  // namespace muniment
