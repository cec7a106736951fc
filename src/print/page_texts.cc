#include "print/page_texts.h"

namespace muniment {

Result<std::string_view> find_page_text(std::string_view kind, std::string_view language) {
  if (const auto text = embedded_page(kind, language)) return *text;
  return Error(Code::invalid, "there are pages for field, volunteer, trustee and custodian, in en, ru, uk and be");
}

}  // namespace muniment
