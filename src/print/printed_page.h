// Pages that people print and keep: for the field, volunteers, trustees, custodians. They are the files of pages/ of
// the sources, in four languages: cmake/embed.cmake makes the definitions from them.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace muniment {

/// Lines: "# " title, "## " heading, "- " item, "1. " step, "! " in a box, "____" a line to be filled in by hand behind
/// its words; others are paragraphs, each on one line. A PDF document, on one sheet of A4 where it fits. Errors:
/// `invalid` for a text that is not UTF-8 or has characters that our fonts have not.
Result<std::string> print_page(std::string_view text, std::string_view language);

}  // namespace muniment
