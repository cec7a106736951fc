// What stands on the printed pages, for the field, volunteers, trustees, custodians, in four languages. They are the
// files pages/KIND.LANGUAGE.txt of the sources: cmake/embed.cmake makes the definitions from them.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"

namespace muniment {

/// Nothing where there is no such text. cmake/embed.cmake makes its definition from the files.
std::optional<std::string_view> embedded_page(std::string_view kind, std::string_view language);

/// `kind` is "field", "volunteer", "trustee" or "custodian", `language` "en", "ru", "uk" or "be". Errors: `invalid`.
Result<std::string_view> find_page_text(std::string_view kind, std::string_view language);

}  // namespace muniment
