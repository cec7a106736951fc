// The one public line that a person hands to a custodian to become a custodian or a partner.
// Spec: docs/formats.md "Key file".
#pragma once

#include <string>
#include <string_view>

#include "archive/charter.h"

namespace muniment {

inline constexpr std::size_t kHolderLineBytesMax = 4096;

/// "holder NAME age1… vkey" with its LF.
std::string render_holder_line(const Holder& holder);

/// The first line that starts with "holder ", so that a message around it does no harm; lines may end in CRLF.
/// Errors: `corrupt`; the sentence says what is wrong with the line. `unsupported` for keys of a kind that this program
/// does not know.
Result<Holder> parse_holder_line(std::string_view text);

}  // namespace muniment
