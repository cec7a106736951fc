// Reading a charter from its note. Spec: docs/formats.md "Charter".
#pragma once

#include <string_view>

#include "archive/charter.h"

namespace muniment {

/// The whole note charter/<version>: parsed, in the one form there is, and signed by enough of the people whom it names
/// itself. Says nothing about whose charter it is: see charter_chain.h. Errors: `corrupt`, `forged`.
Result<Charter> parse_charter(std::string_view note);

/// The text of a charter whose signatures are not looked at. Errors: `corrupt`.
Result<Charter> parse_charter_text(std::string_view text);

}  // namespace muniment
