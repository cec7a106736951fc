// How a reader of Cyrillic recognises and says a word of the list. Only ever shown beside the word, never read back.
// Spec: docs/formats.md "Share page".
#pragma once

#include <cstdint>
#include <string_view>

namespace muniment {

/// The word of that index (below kWordCount) in Cyrillic letters, at most kCyrillicLettersMax of them. No two words
/// have the same text. All words are spelt out at once, so that memory does not show which were asked for.
std::string_view cyrillic_at(std::uint16_t index);

inline constexpr std::size_t kCyrillicLettersMax = 9;

}  // namespace muniment
