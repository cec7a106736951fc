// The archive id: the SHA-256 of the file charter/1, for people as 12 words. Spec: docs/formats.md "Archive id".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/sha256.h"

namespace muniment {

inline constexpr std::size_t kIdWords = 12;

/// The first 120 bits of the id as 12 words of SLIP-0039's list, separated by spaces.
std::string id_words(const Sha256& id);

/// What a person gives to say which archive they mean: 12 words (or their first four letters), or 64 hexadecimal
/// digits.
class IdPin {
 public:
  /// Capitals, repeated spaces, commas and hyphens between words are forgiven.
  /// Errors: `invalid`; the sentence names the word that is not on the list, or how many words are missing.
  static Result<IdPin> parse(std::string_view text);
  static IdPin of(const Sha256& id);

  /// Errors: `forged`; where a single word differs the sentence says which, since that is a slip of the pen.
  Result<void> check(const Sha256& id) const;

 private:
  std::vector<std::uint16_t> words_;  // kIdWords
  std::string hex_;                   // empty when the pin was given as words
};

}  // namespace muniment
