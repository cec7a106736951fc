// Every sentence of the share page, in each language. What stands in braces is filled in by the page.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace muniment {

enum class PageLanguage { english, russian };

struct PageTexts {
  std::string_view tag;  // of xml:lang
  std::string_view title;
  std::string_view needed;
  std::string_view about;
  std::string_view set;
  std::string_view date;
  std::array<std::string_view, 12> months;
  std::string_view holder;

  std::string_view words_heading;
  std::string_view words_hint;
  std::string_view qr_caption;
  std::string_view qr_missing;
  std::string_view id_heading;
  std::string_view id_hint;
  std::string_view copies_heading;
  std::string_view copies_by_hand;
  std::string_view copies_more;

  std::string_view steps_heading;
  std::string_view check_step;
  std::string_view repair_step;
  std::string_view recover_step;
  std::string_view recover_command;
  std::string_view recover_places;
  std::string_view program_at;
  std::string_view warnings_heading;
  std::array<std::string_view, 5> warnings;
};

/// Lives as long as the process.
const PageTexts& page_texts(PageLanguage language);

/// The text with every `{name}` replaced. Nothing that is put in is looked at again.
struct Filling {
  std::string_view name;
  std::string_view value;
};
std::string filled(std::string_view text, std::initializer_list<Filling> fillings);

}  // namespace muniment
