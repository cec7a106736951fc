// Where shares are handed out and taken in: one at a time, on the terminal's own screen or through a program that
// prints, never through a file.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "archive/dealing.h"
#include "cli/context.h"
#include "shares/share_page.h"

namespace muniment::cli {

/// How shares are handed out.
struct HandoutOptions {
  std::optional<std::string> printer;  // a program that is given each page (SVG) on standard input, then run again
  std::string language = "en";         // of the page: "en" or "ru"
};

/// What all pages of one deal say.
struct PageFacts {
  std::string archive_words;  // empty as long as the archive has no id
  std::vector<std::string> copies;
};

/// Hands out every share of a deal, one at a time: each page is printed, or each share shown until it is written down.
/// Errors: `denied` when there is neither a printer nor a terminal (asked for before anything is made with
/// check_handout), `io` when the printer fails.
Result<void> check_handout(const HandoutOptions& options);
Result<void> hand_out(Context& context, const Deal& deal, const PageFacts& facts, const HandoutOptions& options);

/// The shares of enough trustees: typed one by one on the terminal, or read from standard input, one a line, when that
/// is no terminal. Instead of a share, what a trustee sent with `muniment share send` may be given.
/// Errors: `denied` when there are too few, those of parse_share: the sentence says which one and what may help.
Result<std::vector<Share>> ask_shares(Context& context, unsigned threshold);

/// The trustees' keys, from shares that are asked for. Errors: those of ask_shares and combine_trustees.
Result<TrusteesKeys> ask_trustees(Context& context, const Charter& charter);

/// A single share. Errors: those of ask_shares.
Result<SecretBytes> ask_share_text(Context& context, const std::string& what);

/// "2of3" as threshold and count. Errors: `invalid`.
struct Quorum {
  unsigned threshold = 0;
  unsigned count = 0;
};
Result<Quorum> parse_quorum(const std::string& text);

/// Four words to compare by voice, for a recipient "age1…": a slow hash of it, so that nobody finds another recipient
/// with the same words.
Result<std::string> voice_words(const std::string& recipient);

}  // namespace muniment::cli
