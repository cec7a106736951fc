#include "archive/return_phrase.h"

#include <algorithm>

#include "base/words.h"
#include "crypto/kdf.h"
#include "shares/typed.h"

namespace muniment {

SecretBytes make_return_phrase(Random& random) {
  SecretWords words;
  for (std::size_t i = 0; i < kReturnPhraseWords; ++i) {
    Secret<2> drawn;
    random.fill(drawn.expose_mut());
    // 1,024 divides 65,536: no word is likelier than another.
    const unsigned number = static_cast<unsigned>(drawn.expose()[0]) << 8 | drawn.expose()[1];
    words.append(static_cast<std::uint16_t>(number % kWordCount));
  }
  return words.text();
}

Result<PhraseVerifier> make_phrase_verifier(const SecretBytes& phrase, Random& random, unsigned log2_n) {
  PhraseVerifier verifier;
  verifier.log2_n = log2_n;
  random.fill(verifier.salt);
  TRY_ASSIGN(const Secret<32> hash, scrypt(phrase.expose(), verifier.salt, log2_n));
  std::ranges::copy(hash.expose(), verifier.hash.begin());
  return verifier;
}

Result<void> verify_return_phrase(const SecretBytes& typed, const PhraseVerifier& verifier) {
  TRY_ASSIGN(const SecretWords words, read_words(typed, NotOnList::refused));
  if (words.size() != kReturnPhraseWords) {
    return Error(Code::invalid, "a return phrase has " + std::to_string(kReturnPhraseWords) + " words, and these are " +
                                    std::to_string(words.size()));
  }
  TRY_ASSIGN(const Secret<32> hash, scrypt(words.text().expose(), verifier.salt, verifier.log2_n));
  if (equal_in_constant_time(hash.expose(), verifier.hash)) return {};
  return Error(Code::denied, "this is not the return phrase of the testimony");
}

}  // namespace muniment
