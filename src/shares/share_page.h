// The printed page of one trustee's share: A4, SVG. Spec: docs/formats.md "Share page".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "shares/share_page_texts.h"

namespace muniment {

struct SharePage {
  PageLanguage language = PageLanguage::english;
  unsigned share = 1;        // of `total`, counted from 1
  unsigned total = 1;        // shares of the set
  unsigned threshold = 1;    // how many are needed
  unsigned set = 1;          // the set's number
  std::string dealt = {};    // "2029-05-03"
  unsigned holder = 1;       // the number of the trustee who gets this page
  std::string archive = {};  // the archive id's 12 words. Nothing else on the page says which archive it is

  // From outside: what stands here is shown as one line of plain text, cut where it is too long.
  std::vector<std::string> copies = {};  // addresses; without any there are lines to be filled in by hand
  std::string program = {};              // where muniment is to be had; empty: a line to be filled in
};

inline constexpr std::size_t kPageCopiesMax = 3;  // the page says how many more there are
inline constexpr std::size_t kAddressCharactersMax = 120;
inline constexpr std::size_t kProgramCharactersMax = 70;

/// `words` is the share, "word word …" in small letters. The page holds the share: print it and wipe it.
/// Errors: those of count_share_words(); `invalid` too for an archive id that is not 12 words, numbers that do not fit
/// together or a date that is none.
Result<SecretBytes> render_share_page(const SharePage& page, const SecretBytes& words);

}  // namespace muniment
