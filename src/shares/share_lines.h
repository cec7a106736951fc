// One share on a terminal: its words with their numbers and in Cyrillic. Spec: docs/formats.md "Share page".
#pragma once

#include "base/result.h"
#include "base/secret.h"

namespace muniment {

inline constexpr std::size_t kShareWordsMax = 59;  // of a SLIP-0039 share of a 64-byte secret

/// How many words a share to be shown has. They are whole words of the list, in small letters, with single spaces
/// between them: the program's own form, not what people type. Errors: `invalid`, `limit`.
Result<std::size_t> count_share_words(const SecretBytes& words);

/// Lines of at most 76 columns, three words in each, row by row; each line ends in LF. Errors: those of
/// count_share_words().
Result<SecretBytes> share_lines(const SecretBytes& words);

}  // namespace muniment
