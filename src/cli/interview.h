// The seven questions of a testimony on a terminal, and the phrase that is learnt by heart.
#pragma once

#include "archive/testimony.h"
#include "cli/terminal.h"

namespace muniment::cli {

/// Asks one question after the other, on a screen that is gone afterwards, and lets any be answered again. Errors: `io`
/// when the terminal is closed.
Result<TestimonyForm> ask_testimony(QuietTerminal& terminal);

/// Shows where names stand and waits: true to seal all the same, false to look again after something was renamed.
/// Errors: `io`.
Result<bool> ask_about_names(QuietTerminal& terminal, const std::vector<NameTrace>& traces);

/// Shows the phrase on a screen that is gone afterwards, until it was said back. Errors: `io`.
Result<void> show_return_phrase(QuietTerminal& terminal, const SecretBytes& phrase);

}  // namespace muniment::cli
