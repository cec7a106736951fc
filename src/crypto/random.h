// The real randomness: libcrypto's generator, seeded by the kernel.
#pragma once

#include "base/random.h"
#include "base/secret.h"

namespace muniment {

/// Lives as long as the process. Safe for use by several threads.
Random& system_random();

template <std::size_t kBytes>
Secret<kBytes> random_secret(Random& random) {
  Secret<kBytes> secret;
  random.fill(secret.expose_mut());
  return secret;
}

}  // namespace muniment
