#include "shares/share_lines.h"

#include <string>

#include "base/encoding.h"
#include "base/secret_text.h"
#include "base/words.h"
#include "shares/cyrillic.h"

namespace muniment {
namespace {

constexpr std::size_t kColumns = 3;
constexpr std::string_view kSpaces = "          ";
static_assert(kSpaces.size() >= kWordLettersMax + 2 && kSpaces.size() >= kCyrillicLettersMax);

}  // namespace

Result<std::size_t> count_share_words(const SecretBytes& words) {
  const auto pieces = split(words.expose_text(), ' ');
  if (pieces.size() > kShareWordsMax) {
    return Error(Code::limit, "a share has at most " + std::to_string(kShareWordsMax) + " words");
  }
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const auto index = find_word(pieces[i]);
    if (!index || word_at(*index) != pieces[i]) {
      return Error(Code::invalid, "word " + std::to_string(i + 1) + " of the share is not a word of the list");
    }
  }
  return pieces.size();
}

Result<SecretBytes> share_lines(const SecretBytes& words) {
  TRY_ASSIGN(const std::size_t count, count_share_words(words));
  const auto pieces = split(words.expose_text(), ' ');
  SecretText lines(count * 64);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view cyrillic = cyrillic_at(find_word(pieces[i]).value());
    lines.add(i < 9 ? "  " : " ");
    lines.add(static_cast<std::int64_t>(i + 1));
    lines.add(" ");
    lines.add(pieces[i]);
    lines.add(kSpaces.substr(0, kWordLettersMax + 2 - pieces[i].size()));
    lines.add(cyrillic);
    if (i % kColumns == kColumns - 1 || i + 1 == count) {
      lines.add("\n");
    } else {
      lines.add(kSpaces.substr(0, kCyrillicLettersMax - cyrillic.size() / 2));  // two bytes a letter
      lines.add("  ");
    }
  }
  return std::move(lines).take();
}

}  // namespace muniment
