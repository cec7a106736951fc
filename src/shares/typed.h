// The words of a share, and how people type them. Spec: docs/formats.md "Shares".
#pragma once

#include <string>
#include <string_view>

#include "base/secret.h"

namespace muniment {

/// Indices into the word list, in secret memory.
class SecretWords {
 public:
  /// A secret of 64 bytes, twice what an archive splits, has 59 words; typed text may have some too many.
  static constexpr std::size_t kMax = 80;
  /// Stands for a word that could not be read.
  static constexpr std::uint16_t kUnreadable = 0xffff;

  SecretWords() : bytes_(2 * kMax) {}
  SecretWords copy() const;

  std::size_t size() const { return size_; }
  std::uint16_t at(std::size_t place) const;
  void set(std::size_t place, std::uint16_t word);
  /// The word comes to stand at `place`, which is at most size(); size() is below kMax.
  void insert(std::size_t place, std::uint16_t word);
  void append(std::uint16_t word) { insert(size_, word); }

  /// The words joined by single spaces: the form in which they are printed and committed to. None is unreadable.
  SecretBytes text() const;

 private:
  SecretBytes bytes_;  // two for each word
  std::size_t size_ = 0;
};

/// What becomes of a typed word that is not on the list, and of "?".
enum class NotOnList { refused, unreadable };

/// Forgives capitals, whole words or their first four letters, and commas, hyphens, full stops, spaces, lines and
/// numbers between words ("1. academic"). Errors: `invalid` names the word that is not on the list, its place, and what
/// it may have been; `limit`. That one word, ten bits of a share, is the only secret that a sentence ever shows.
Result<SecretWords> read_words(const SecretBytes& typed, NotOnList policy);

/// A sentence's list of words that look like a mistyped one: "\"academic\" or \"acid\"". Empty when none does.
std::string words_like(std::string_view mistyped);

inline constexpr std::size_t kTypedBytesMax = 8192;

}  // namespace muniment
