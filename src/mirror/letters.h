// Texts for volunteers: what they hold and risk, and letters to a host and to an authority. They are the files of
// letters/ of the sources: cmake/embed.cmake makes the definitions from them.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"

namespace muniment {

/// Nothing where there is no such text. cmake/embed.cmake makes its definition from the files.
std::optional<std::string_view> embedded_letter(std::string_view kind, std::string_view language);

/// `kind` is "risk", "host" or "authority", `language` "en" or "ru". Errors: `invalid`.
Result<std::string_view> find_letter(std::string_view kind, std::string_view language);

}  // namespace muniment
