#include "print/pdf.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace muniment {
namespace {

std::string two_pages() {
  PdfDocument document("Заголовок (one)", "ru");
  document.begin_page();
  document.text(500, 600, 100, regular_font(), "да");
  document.line(500, 700, 1000);
  document.begin_page();
  document.box(500, 700, 1000, 200);
  EXPECT_EQ(document.pages(), 2u);
  return document.render();
}

TEST(Pdf, NamesInItsTableWhereEachObjectBegins) {
  const std::string file = two_pages();
  const std::size_t start = file.rfind("startxref\n") + 10;
  const auto table = parse_decimal(file.substr(start, file.find('\n', start) - start));
  ASSERT_TRUE(table);
  const auto lines = split(std::string_view(file).substr(*table), '\n');
  ASSERT_EQ(lines[0], "xref");
  const auto count = parse_decimal(lines[1].substr(2));
  ASSERT_TRUE(count);
  EXPECT_EQ(*count, 18u);
  for (std::size_t i = 1; i < *count; ++i) {
    std::string_view digits = lines[2 + i].substr(0, 10);
    while (digits.size() > 1 && digits.starts_with('0')) digits.remove_prefix(1);
    const auto at = parse_decimal(digits);
    ASSERT_TRUE(at);
    EXPECT_TRUE(file.substr(*at).starts_with(std::to_string(i) + " 0 obj\n")) << i;
  }
}

TEST(Pdf, KeepsWhatStreamsSayOfTheirLength) {
  const std::string file = two_pages();
  std::size_t streams = 0;
  for (std::size_t at = file.find("/Length "); at != std::string::npos; at = file.find("/Length ", at + 1)) {
    const std::size_t end = file.find(">>", at);
    const auto length = parse_decimal(file.substr(at + 8, end - at - 8));
    ASSERT_TRUE(length);
    EXPECT_EQ(file.substr(end + 2 + 8 + *length, 10), "\nendstream");
    ++streams;
  }
  EXPECT_EQ(streams, 6u) << "two fonts with their maps, and two pages";
}

TEST(Pdf, WritesItsTitleInUtf16) { EXPECT_NE(two_pages().find("/Title <feff04170430"), std::string::npos); }

}  // namespace
}  // namespace muniment
