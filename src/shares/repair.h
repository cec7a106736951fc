// Share repair: a share with one or two words lost or wrong is found again by its check words, and taken only when it
// is one that the log commits to. Spec: docs/formats.md "Shares".
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "shares/commitment.h"

namespace muniment {

enum class Slip {
  none,        // the share is right as it was typed
  unreadable,  // words that are not on the list, or "?"
  misread,     // one word stands for another
  exchanged,   // two words have changed places
  left_out,    // one word is missing
};

struct RepairedWord {
  std::size_t place = 0;  // from 1, in the repaired share
  std::string_view word;  // of the word list
};

struct RepairedShare {
  Share share;
  unsigned number = 0;  // the commitment's
  Slip slip = Slip::none;
  std::vector<RepairedWord> changed;
};

/// Words that read_words() does not find on the list count as unreadable; so does "?". Errors: `corrupt` when no share
/// with right check words is that near; `denied` when the ones that are near are none of those committed to; `invalid`
/// when no commitment is given; `limit`.
Result<RepairedShare> repair_share(const SecretBytes& typed, std::span<const ShareCommitment> commitments);

}  // namespace muniment
