// Dealing the trustees' secret in shares. Spec: docs/formats.md "Trustees", "Shares".
#pragma once

#include <vector>

#include "archive/trustees.h"
#include "shares/split.h"

namespace muniment {

/// A secret as it was dealt. It lives until every share has been handed out, and is wiped with this.
struct Deal {
  Trustees trustees;  // what the charter says
  TrusteesKeys keys;
  std::vector<Share> shares;
};

/// Makes a secret, splits it, puts it together again from every set of `threshold` shares, and commits to each share.
/// Errors: `invalid` unless 2 <= threshold <= count <= kSharesMax; `corrupt` when a set does not give the secret.
Result<Deal> deal_secret(unsigned threshold, unsigned count, std::uint64_t set, bool hybrid, Random& random);

/// The trustees' keys from shares, held against the charter: each share against its commitment, the keys against those
/// that are in force. Errors: those of combine_shares; `denied` for shares of a set that is not in force.
Result<TrusteesKeys> combine_trustees(std::span<const Share> shares, const Charter& charter);

/// Which of the charter's commitments a share meets, as its number; nothing when it meets none.
std::optional<unsigned> find_commitment(const Share& share, const Charter& charter);

}  // namespace muniment
