#include "mirror/letters.h"

namespace muniment {

Result<std::string_view> find_letter(std::string_view kind, std::string_view language) {
  if (const auto text = embedded_letter(kind, language)) return *text;
  return Error(Code::invalid, "there are letters risk, host and authority, in en and ru");
}

}  // namespace muniment
