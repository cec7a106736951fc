// The card as a page: one HTML file that seals in a browser. Spec: docs/formats.md "The card's page". Its source is
// page/, which cmake/page.cmake bundles.
#pragma once

#include <string>
#include <string_view>

#include "archive/card.h"

namespace muniment {

/// The page without a card; empty in a program that was built without npm.
std::string_view card_page_text();

/// The page with a card in it, made on the day `now_s`. Errors: those of parse_card; `unsupported` where this program
/// has no page.
Result<std::string> make_card_page(std::string_view card, std::int64_t now_s);

}  // namespace muniment
