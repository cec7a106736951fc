// The ASCII armour of age files: strict PEM (C2SP age section "ASCII armor").
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"

namespace muniment::age {

/// True when the text starts, after white space, with the armour's first line.
bool is_armored(ByteView file);
/// Accepts LF and CRLF and white space around the block, nothing else that is not canonical. Errors: `corrupt`.
Result<Bytes> parse_armor(std::string_view text);
/// LF, 64 columns, no blank lines around: what every age reads.
std::string render_armor(ByteView file);

}  // namespace muniment::age
