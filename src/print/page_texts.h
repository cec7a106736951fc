// The texts of the printed pages: the files pages/KIND.LANGUAGE.txt of the sources.
#pragma once

#include <string_view>

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

}  // namespace muniment
