#include "archive/card_page.h"

#include "base/clock.h"

namespace muniment {
namespace {

constexpr std::string_view kCardMark = "{{card}}";
constexpr std::string_view kMadeMark = "{{made}}";

/// Text between elements of HTML.
std::string escaped(std::string_view text) {
  std::string html;
  for (const char c : text) {
    switch (c) {
      case '&': html += "&amp;"; break;
      case '<': html += "&lt;"; break;
      default: html += c;
    }
  }
  return html;
}

/// Both marks stand once, and the card's first, so that nothing in a card is taken for a mark.
Result<std::string> fill_in(std::string_view page, std::string_view card, std::string_view made) {
  const std::size_t card_at = page.find(kCardMark);
  const std::size_t made_at = page.find(kMadeMark);
  if (card_at == std::string_view::npos || made_at == std::string_view::npos || made_at < card_at) {
    return Error(Code::unsupported, "this program was built with a page that has no place for a card");
  }
  const std::size_t after_card = card_at + kCardMark.size();
  std::string filled(page.substr(0, card_at));
  filled += escaped(card);
  filled += page.substr(after_card, made_at - after_card);
  filled += made;
  filled += page.substr(made_at + kMadeMark.size());
  return filled;
}

}  // namespace

Result<std::string> make_card_page(std::string_view card, std::int64_t now_s) {
  TRY(parse_card(card));
  if (card_page_text().empty()) {
    return Error(Code::unsupported,
                 "this program was built without the page, since npm was not to be had: make the card as a text, or "
                 "build the program where npm reaches its registry");
  }
  return fill_in(card_page_text(), card, to_date(now_s));
}

}  // namespace muniment
