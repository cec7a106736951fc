// What stands on the printed pages, for the field, volunteers, trustees, custodians, in four languages. They are the
// files pages/KIND.LANGUAGE.txt of the sources: cmake/embed.cmake makes the definitions from them.
#pragma once

#include <string_view>

#include "base/result.h"

namespace muniment {

std::string_view page_field_en();
std::string_view page_field_ru();
std::string_view page_field_uk();
std::string_view page_field_be();
std::string_view page_volunteer_en();
std::string_view page_volunteer_ru();
std::string_view page_volunteer_uk();
std::string_view page_volunteer_be();
std::string_view page_trustee_en();
std::string_view page_trustee_ru();
std::string_view page_trustee_uk();
std::string_view page_trustee_be();
std::string_view page_custodian_en();
std::string_view page_custodian_ru();
std::string_view page_custodian_uk();
std::string_view page_custodian_be();

/// `kind` is "field", "volunteer", "trustee" or "custodian", `language` "en", "ru", "uk" or "be". Errors: `invalid`.
Result<std::string_view> find_page_text(std::string_view kind, std::string_view language);

}  // namespace muniment
