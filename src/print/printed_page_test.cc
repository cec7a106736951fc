#include "print/printed_page.h"

#include <gtest/gtest.h>

#include "print/page_texts.h"
#include "testing/expect_code.h"

namespace muniment {
namespace {

std::size_t count_of(const std::string& text, const std::string& what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

TEST(PrintedPage, OfEachKindAndLanguageFitsOnOneSheet) {
  for (const char* kind : {"field", "volunteer", "trustee", "custodian"}) {
    for (const char* language : {"en", "ru", "uk", "be"}) {
      const auto text = find_page_text(kind, language);
      ASSERT_TRUE(text);
      const auto document = print_page(*text, language);
      ASSERT_TRUE(document) << kind << language << ": " << document.error().sentence();
      EXPECT_EQ(count_of(*document, "/Type /Page "), 1u) << kind << " " << language;
      EXPECT_EQ(*document, *print_page(*text, language)) << "the same each time";
    }
  }
}

TEST(PrintedPage, GoesOnOnTheNextSheet) {
  std::string text = "# Title\n";
  for (int i = 0; i < 60; ++i) text += "1. A step that is long enough to take some room on the sheet.\n";
  const auto document = print_page(text, "en");
  ASSERT_TRUE(document);
  EXPECT_EQ(count_of(*document, "/Type /Page "), 2u);
}

TEST(PrintedPage, OfWhatCannotBePrintedIsRefused) {
  EXPECT_CODE(print_page("# \xff\n", "en"), Code::invalid);
  EXPECT_CODE(print_page("# 字\n", "en"), Code::invalid);
}

}  // namespace
}  // namespace muniment
