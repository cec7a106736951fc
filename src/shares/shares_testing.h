// Helpers of the tests of shares: typed texts as secrets, and back.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shares/share.h"

namespace muniment {

inline SecretBytes secret_text(std::string_view text) { return SecretBytes::copy_of(as_view(text)); }

inline std::string text_of(const Share& share) { return std::string(words_of(share).text().expose_text()); }

inline std::string joined_words(const std::vector<std::string>& words, const std::string& gap = " ") {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : gap) + word;
  return text;
}

inline Share copy_of(const Share& share) {
  return {share.set, share.group_index, share.member_index, share.member_threshold,
          SecretBytes::copy_of(share.value.expose())};
}

/// The shares of these indices.
inline std::vector<Share> pick(std::span<const Share> shares, std::initializer_list<std::size_t> indices) {
  std::vector<Share> picked;
  for (const std::size_t index : indices) picked.push_back(copy_of(shares[index]));
  return picked;
}

/// The shares whose bits are set.
inline std::vector<Share> subset(std::span<const Share> shares, std::uint32_t bits) {
  std::vector<Share> picked;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    if ((bits >> i) & 1) picked.push_back(copy_of(shares[i]));
  }
  return picked;
}

/// A share of 32 bytes whose words are written out in the tests.
inline Share known_share() {
  Share share;
  share.set.identifier = 0x1234;
  share.member_index = 2;
  share.member_threshold = 3;
  share.value = SecretBytes(32);
  for (std::size_t i = 0; i < 32; ++i) share.value.expose_mut()[i] = static_cast<std::uint8_t>(i);
  return share;
}

// Calculated by another program (Python, bits joined as a string).
inline constexpr std::string_view kKnownWords =
    "cleanup pecan academic amazing academic acid adequate apart echo educate alive category method liberty apart "
    "describe teammate scandal beard entrance declare airline blue frequent legend endorse bumpy hush soldier lunar "
    "cards usual domestic";

}  // namespace muniment
