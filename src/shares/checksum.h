// RS1024, the checksum of SLIP-0039: a Reed-Solomon code over GF(1024) with three check words, which sees any three
// wrong words. It is linear, and share repair lives by that: what a word adds to the residue does not depend on the
// others.
#pragma once

#include <array>

#include "base/words.h"
#include "shares/typed.h"

namespace muniment {

inline constexpr std::size_t kChecksumWords = 3;

/// 0 when the last three words are the checksum of the words before them. Extendable shares have another
/// customization string, so that one kind is never taken for the other.
std::uint32_t checksum_residue(const SecretWords& words, bool extendable);

/// Sets the last three words so that the residue is 0.
void set_checksum(SecretWords& words, bool extendable);

/// Entry v is the change of the residue when a word that `words_behind` words follow goes from w to w XOR v.
using ResidueChanges = std::array<std::uint32_t, kWordCount>;
ResidueChanges residue_changes(std::size_t words_behind);

}  // namespace muniment
