// Texts for volunteers: what they hold and risk, and letters to a host and to an authority. They are the files of
// letters/ of the sources: cmake/embed.cmake makes the definitions from them.
#pragma once

#include <string_view>

#include "base/result.h"

namespace muniment {

std::string_view letter_risk_en();
std::string_view letter_risk_ru();
std::string_view letter_host_en();
std::string_view letter_host_ru();
std::string_view letter_authority_en();
std::string_view letter_authority_ru();

/// `kind` is "risk", "host" or "authority", `language` "en" or "ru". Errors: `invalid`.
Result<std::string_view> find_letter(std::string_view kind, std::string_view language);

}  // namespace muniment
