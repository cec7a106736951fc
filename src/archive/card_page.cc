#include "archive/card_page.h"

#include <algorithm>
#include <optional>

#include "base/clock.h"

namespace muniment {
namespace {

constexpr std::string_view kMirrorsMark = "{{mirrors}}";
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

/// "https://mirror.example:8443": what a policy allows of an address. Nothing where a page may not go there: without
/// TLS to onions and to its own machine only; and a policy has no words for addresses of IPv6.
std::optional<std::string> origin_of(std::string_view address) {
  const std::string_view scheme = address.starts_with("https://") ? "https://" : "http://";
  if (!address.starts_with(scheme)) return std::nullopt;
  const std::string_view host = address.substr(scheme.size(), address.find('/', scheme.size()) - scheme.size());
  const std::string_view name = host.substr(0, host.find(':'));
  const bool is_plain = std::ranges::all_of(host, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == ':';
  });
  const bool needs_no_tls = name.ends_with(".onion") || name == "127.0.0.1" || name == "localhost";
  if (name.empty() || !is_plain || (scheme == "http://" && !needs_no_tls)) return std::nullopt;
  return std::string(scheme) + std::string(host);
}

/// The sources of a policy for these mirrors.
std::string sources_of(const std::vector<Token>& mirrors) {
  std::string sources;
  for (const Token& mirror : mirrors) {
    if (const auto origin = origin_of(mirror.address)) sources += (sources.empty() ? "" : " ") + *origin;
  }
  return sources.empty() ? "'none'" : sources;
}

struct Filling {
  std::string_view mark;
  std::string text;
};

/// Each mark stands once, and in this order, so that nothing that is put in is taken for a mark.
Result<std::string> fill_in(std::string_view page, const std::vector<Filling>& fillings) {
  std::string filled;
  for (const auto& [mark, text] : fillings) {
    const std::size_t at = page.find(mark);
    if (at == std::string_view::npos)
      return Error(Code::unsupported, "this program was built with a page that has no place for a card");
    filled += std::string(page.substr(0, at)) + text;
    page.remove_prefix(at + mark.size());
  }
  return filled + std::string(page);
}

}  // namespace

Result<std::string> make_card_page(std::string_view card, std::int64_t now_s) {
  TRY_ASSIGN(const Card parsed, parse_card(card));
  if (card_page_text().empty()) {
    return Error(Code::unsupported,
                 "this program was built without the page, since npm was not to be had: make the card as a text, or "
                 "build the program where npm reaches its registry");
  }
  return fill_in(card_page_text(),
                 {{kMirrorsMark, sources_of(parsed.send)}, {kCardMark, escaped(card)}, {kMadeMark, to_date(now_s)}});
}

}  // namespace muniment
