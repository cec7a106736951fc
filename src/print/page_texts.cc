#include "print/page_texts.h"

#include <array>

namespace muniment {
namespace {

struct PageText {
  std::string_view kind;
  std::string_view language;
  std::string_view (*text)();
};

constexpr std::array kPages = {
    PageText{"field", "en", page_field_en},         PageText{"field", "ru", page_field_ru},
    PageText{"field", "uk", page_field_uk},         PageText{"field", "be", page_field_be},
    PageText{"volunteer", "en", page_volunteer_en}, PageText{"volunteer", "ru", page_volunteer_ru},
    PageText{"volunteer", "uk", page_volunteer_uk}, PageText{"volunteer", "be", page_volunteer_be},
    PageText{"trustee", "en", page_trustee_en},     PageText{"trustee", "ru", page_trustee_ru},
    PageText{"trustee", "uk", page_trustee_uk},     PageText{"trustee", "be", page_trustee_be},
    PageText{"custodian", "en", page_custodian_en}, PageText{"custodian", "ru", page_custodian_ru},
    PageText{"custodian", "uk", page_custodian_uk}, PageText{"custodian", "be", page_custodian_be},
};

}  // namespace

Result<std::string_view> find_page_text(std::string_view kind, std::string_view language) {
  for (const PageText& page : kPages) {
    if (page.kind == kind && page.language == language) return page.text();
  }
  return Error(Code::invalid, "there are pages for field, volunteer, trustee and custodian, in en, ru, uk and be");
}

}  // namespace muniment
