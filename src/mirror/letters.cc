#include "mirror/letters.h"

#include <array>

namespace muniment {
namespace {

struct Letter {
  std::string_view kind;
  std::string_view language;
  std::string_view (*text)();
};

constexpr std::array kLetters = {
    Letter{"risk", "en", letter_risk_en},           Letter{"risk", "ru", letter_risk_ru},
    Letter{"host", "en", letter_host_en},           Letter{"host", "ru", letter_host_ru},
    Letter{"authority", "en", letter_authority_en}, Letter{"authority", "ru", letter_authority_ru},
};

}  // namespace

Result<std::string_view> find_letter(std::string_view kind, std::string_view language) {
  for (const Letter& letter : kLetters) {
    if (letter.kind == kind && letter.language == language) return letter.text();
  }
  return Error(Code::invalid, "there are letters risk, host and authority, in en and ru");
}

}  // namespace muniment
