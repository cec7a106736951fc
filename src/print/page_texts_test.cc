#include "print/page_texts.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "testing/expect_code.h"

namespace muniment {
namespace {

TEST(PageTexts, BeginWithATitleAndSayTheSameInEachLanguage) {
  for (const char* kind : {"field", "volunteer", "trustee", "custodian"}) {
    const auto english = find_page_text(kind, "en");
    ASSERT_TRUE(english);
    for (const char* language : {"en", "ru", "uk", "be"}) {
      const auto text = find_page_text(kind, language);
      ASSERT_TRUE(text);
      EXPECT_TRUE(text->starts_with("# ")) << kind << language;
      EXPECT_EQ(std::ranges::count(*text, '\n'), std::ranges::count(*english, '\n')) << kind << language;
    }
  }
}

TEST(PageTexts, OfAnotherKindOrLanguageAreRefused) {
  EXPECT_CODE(find_page_text("field", "fr"), Code::invalid);
  EXPECT_CODE(find_page_text("moon", "en"), Code::invalid);
}

}  // namespace
}  // namespace muniment
