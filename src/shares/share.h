// One share of a secret as words. Spec: SLIP-0039 (satoshilabs/slips); docs/formats.md "Shares".
#pragma once

#include "shares/typed.h"

namespace muniment {

inline constexpr unsigned kSharesMax = 16;  // of a group, and groups of a set
inline constexpr unsigned kIterationExponentMax = 15;
inline constexpr std::size_t kSharedBytesMin = 16;
inline constexpr std::size_t kSharedBytesMax = 64;  // our own limit; SLIP-0039 has none
inline constexpr std::size_t kDealtWords = 33;      // of a share of 32 bytes, which is all that an archive splits

/// What all shares of one set have in common. Public, as far as a share is.
struct ShareSet {
  std::uint16_t identifier = 0;  // 15 random bits; with the next two they are the first two words
  bool extendable = true;        // the identifier does not go into the encryption
  unsigned iteration_exponent = 0;
  unsigned group_threshold = 1;
  unsigned group_count = 1;

  bool operator==(const ShareSet&) const = default;
};

struct Share {
  ShareSet set;
  unsigned group_index = 0;   // from 0, below kSharesMax
  unsigned member_index = 0;  // likewise
  unsigned member_threshold = 1;
  SecretBytes value;
};

/// True when a share can have that many words.
bool is_share_length(std::size_t words);

/// Takes what read_words() forgives. Errors: `invalid` when a word is not on the list or the count of words is not one
/// that shares have; `corrupt` when the checksum, the padding or the numbers are wrong; `limit`.
Result<Share> parse_share(const SecretBytes& typed);
/// The same of words that are read already; none is unreadable.
Result<Share> share_of_words(const SecretWords& words);

/// The inverse of share_of_words(). The share is within the limits above.
SecretWords words_of(const Share& share);

}  // namespace muniment
