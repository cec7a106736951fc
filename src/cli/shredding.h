// How commands that remove originals tell of it.
#pragma once

#include <nlohmann/json.hpp>

#include "archive/shred.h"
#include "cli/context.h"

namespace muniment::cli {

/// Lines for people; what was left, by name, as notes.
void tell_of_removal(Output& out, const ShredReport& report);

/// `removed`, `left`, `readBack`.
void add_removal(nlohmann::ordered_json& document, const ShredReport& report);

}  // namespace muniment::cli
