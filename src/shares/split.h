// Splitting a secret into shares and putting it together again. Spec: SLIP-0039; docs/formats.md "Shares".
#pragma once

#include <span>
#include <vector>

#include "base/random.h"
#include "shares/share.h"

namespace muniment {

struct ShareGroup {
  unsigned threshold = 1;
  unsigned count = 1;
};

struct SplitPlan {
  unsigned group_threshold = 1;
  std::vector<ShareGroup> groups;
  bool extendable = true;
  unsigned iteration_exponent = 0;
};

/// The shares, group after group, members in order. The secret has an even number of bytes between kSharedBytesMin and
/// kSharedBytesMax. Another passphrase than the right one gives another secret and no error: that is SLIP-0039's
/// choice. Errors: `invalid` when the plan or the passphrase is not one that SLIP-0039 allows.
Result<std::vector<Share>> split_secret(ByteView secret, ByteView passphrase, const SplitPlan& plan, Random& random);

/// The secret of the shares, in any order. Every share given is held to the others, also those beyond the threshold;
/// in a group that is not complete that cannot be done, and such a group is left out. Takes 10,000 rounds of hashing
/// times 2 to the power of the iteration exponent. Errors, which count the shares in the order given: `invalid` for a
/// share of another set or one given twice; `denied` for too few, with how many are missing; `forged` when they do not
/// fit together; `limit` for an iteration exponent above the one allowed.
Result<SecretBytes> combine_shares(std::span<const Share> shares, ByteView passphrase,
                                   unsigned iteration_exponent_max = kIterationExponentMax);

/// How an archive splits: one group, `threshold` of `count`, no passphrase, extendable, iteration exponent 0. The
/// shares have been tested by check_deal(). Errors: `invalid` unless 2 <= threshold <= count <= kSharesMax.
Result<std::vector<Share>> deal(const Secret<32>& secret, unsigned threshold, unsigned count, Random& random);

/// Reads every share back from its words and puts the secret together from every set of `threshold` of them.
/// Errors: `corrupt` when one does not give the secret.
Result<void> check_deal(const Secret<32>& secret, std::span<const Share> shares);

}  // namespace muniment
