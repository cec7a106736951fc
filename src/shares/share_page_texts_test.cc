#include "shares/share_page_texts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace muniment {
namespace {

/// Every text of a language, in one order.
std::vector<std::string_view> all_of(const PageTexts& t) {
  std::vector<std::string_view> texts = {
      t.tag,         t.title,          t.needed,          t.about,          t.set,           t.date,
      t.holder,      t.words_heading,  t.words_hint,      t.qr_caption,     t.qr_missing,    t.id_heading,
      t.id_hint,     t.copies_heading, t.copies_by_hand,  t.copies_more,    t.steps_heading, t.check_step,
      t.repair_step, t.recover_step,   t.recover_command, t.recover_places, t.program_at,    t.warnings_heading};
  texts.insert(texts.end(), t.months.begin(), t.months.end());
  texts.insert(texts.end(), t.warnings.begin(), t.warnings.end());
  return texts;
}

/// The names in braces.
std::multiset<std::string> places_of(std::string_view text) {
  std::multiset<std::string> places;
  for (std::size_t open = text.find('{'); open != std::string_view::npos; open = text.find('{', open + 1)) {
    places.emplace(text.substr(open, text.find('}', open) - open + 1));
  }
  return places;
}

TEST(PageTexts, AreCompleteInBothLanguages) {
  static_assert(sizeof(PageTexts) == (24 + 12 + 5) * sizeof(std::string_view), "all_of() has every text");
  const auto english = all_of(page_texts(PageLanguage::english));
  const auto russian = all_of(page_texts(PageLanguage::russian));
  ASSERT_EQ(english.size(), russian.size());
  for (std::size_t i = 0; i < english.size(); ++i) {
    EXPECT_FALSE(english[i].empty()) << "text " << i;
    EXPECT_FALSE(russian[i].empty()) << english[i];
    EXPECT_EQ(places_of(english[i]), places_of(russian[i])) << english[i] << "\n" << russian[i];
    if (places_of(english[i]).size() < 3) {
      EXPECT_NE(english[i], russian[i]) << "not translated";
    }
  }
}

TEST(PageTexts, HaveNoEnglishInTheRussianBesideTheCommands) {
  for (const std::string_view text : all_of(page_texts(PageLanguage::russian))) {
    std::string left = filled(text, {{"share", ""},
                                     {"total", ""},
                                     {"threshold", ""},
                                     {"set", ""},
                                     {"date", ""},
                                     {"day", ""},
                                     {"month", ""},
                                     {"year", ""},
                                     {"holder", ""},
                                     {"count", ""}});
    for (const std::string_view command :
         {"muniment recover --from", "-o", "--id", "muniment share send", "muniment"}) {
      if (const std::size_t at = left.find(command); at != std::string::npos) left.erase(at, command.size());
    }
    if (text == "ru") continue;
    EXPECT_TRUE(std::ranges::none_of(left, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }))
        << text;
  }
}

TEST(PageTexts, HaveNoRussianInTheEnglish) {
  for (const std::string_view text : all_of(page_texts(PageLanguage::english))) {
    // Cyrillic is all of what begins with 0xd0 or 0xd1.
    EXPECT_EQ(text.find_first_of("\xd0\xd1"), std::string_view::npos) << text;
  }
}

TEST(Filling, ReplacesEveryPlaceAndLooksAtNothingTwice) {
  EXPECT_EQ(filled("{a} of {b}, {a}", {{"a", "2"}, {"b", "5"}}), "2 of 5, 2");
  EXPECT_EQ(filled("{a}{b}", {{"a", "{b}"}, {"b", "x"}}), "{b}x") << "what is put in is not filled in again";
  EXPECT_EQ(filled("{c} {", {{"a", "2"}}), "{c} {") << "what is unknown stays";
  EXPECT_EQ(filled("", {{"a", "2"}}), "");
}

}  // namespace
}  // namespace muniment
