// The word list of SLIP-0039: 1,024 words of 10 bits each, for archive ids and shares.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/check.h"

namespace muniment {

inline constexpr std::size_t kWordCount = 1024;
inline constexpr unsigned kWordBits = 10;
inline constexpr std::size_t kWordLettersMax = 8;

/// `index` is below kWordCount.
std::string_view word_at(std::uint16_t index);

/// The index of a word, given whole or by its first four letters, in lower case.
std::optional<std::uint16_t> find_word(std::string_view text);

}  // namespace muniment
