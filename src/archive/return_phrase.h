// The phrase by which somebody who gave a testimony is known again when it is to be withdrawn: learnt by heart, kept
// nowhere; the deposit with the names has a verifier. Spec: docs/formats.md "Testimonies".
#pragma once

#include <array>

#include "base/random.h"
#include "base/secret.h"

namespace muniment {

/// Sixty bits: short enough to be learnt, and with scrypt out of reach for whoever opened the verifier and guesses.
inline constexpr std::size_t kReturnPhraseWords = 6;
inline constexpr unsigned kPhraseWork = 16;     // scrypt's log2 N: 64 MiB and a fifth of a second for each guess
inline constexpr unsigned kPhraseWorkMax = 20;  // what a reader does: 1 GiB

/// What a phrase is checked against.
struct PhraseVerifier {
  std::array<std::uint8_t, 16> salt{};
  unsigned log2_n = kPhraseWork;
  std::array<std::uint8_t, 32> hash{};
  bool operator==(const PhraseVerifier&) const = default;
};

/// Six words of SLIP-0039's list with single spaces between them.
SecretBytes make_return_phrase(Random& random);

/// `phrase` is as make_return_phrase() gives it. Errors: those of scrypt.
Result<PhraseVerifier> make_phrase_verifier(const SecretBytes& phrase, Random& random, unsigned log2_n = kPhraseWork);

/// A phrase as somebody types it: capitals, first four letters, numbers and commas are forgiven. Errors: `denied` when
/// it is another one, `invalid` when it is no phrase (the sentence names the word that is not on the list), those of
/// scrypt.
Result<void> verify_return_phrase(const SecretBytes& typed, const PhraseVerifier& verifier);

}  // namespace muniment
