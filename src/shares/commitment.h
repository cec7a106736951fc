// What the public log says of a share: by it a trustee can prove that the share is the one that was dealt, and a
// repaired share is known to be right. Public. Spec: docs/formats.md "Shares".
#pragma once

#include <array>

#include "base/random.h"
#include "crypto/sha256.h"
#include "shares/share.h"

namespace muniment {

struct ShareCommitment {
  unsigned number = 0;  // of the share, from 1
  std::array<std::uint8_t, 32> salt{};
  Sha256 digest;

  bool matches(const Share& share) const;
  bool operator==(const ShareCommitment&) const = default;
};

ShareCommitment commit_share(const Share& share, Random& random);

}  // namespace muniment
