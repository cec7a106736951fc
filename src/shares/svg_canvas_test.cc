#include "shares/svg_canvas.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/encoding.h"

namespace muniment {
namespace {

std::string svg_with(std::string_view text, const TextStyle& style = {}) {
  SvgCanvas canvas("en", "title");
  canvas.text(10, 20, style, text);
  return std::string(std::move(canvas).take().expose_text());
}

TEST(SvgCanvas, EscapesEveryTextThatItIsGiven) {
  EXPECT_NE(svg_with("a<b>&\"'c").find(">a&lt;b&gt;&amp;&quot;&#39;c</text>"), std::string::npos);
  const std::string hostile = "</text></svg><script>alert(1)</script>";
  EXPECT_EQ(svg_with(hostile).find("<script"), std::string::npos);
  EXPECT_NE(svg_with(hostile).find("&lt;/text&gt;&lt;/svg&gt;&lt;script&gt;"), std::string::npos);
  const SecretBytes titled = SvgCanvas("e\"n", "<title>").take();
  EXPECT_NE(titled.expose_text().find("xml:lang=\"e&quot;n\""), std::string::npos);
  EXPECT_NE(titled.expose_text().find("<title>&lt;title&gt;</title>"), std::string::npos);
}

TEST(SvgCanvas, WritesTheStyleOfAText) {
  EXPECT_NE(svg_with("x").find("<text x=\"10\" y=\"20\" font-size=\"90\">x</text>"), std::string::npos);
  const TextStyle all = {.size = 100, .bold = true, .monospace = true, .pale = true, .at_right = true};
  EXPECT_NE(svg_with("x", all).find("font-size=\"100\" font-weight=\"bold\" font-family=\"monospace\" fill=\"#444\" "
                                    "text-anchor=\"end\">x<"),
            std::string::npos);
}

TEST(SvgCanvas, IsOnePageOfA4ThatNamesNothingOutside) {
  const std::string svg = svg_with("x");
  EXPECT_NE(svg.find("width=\"210mm\" height=\"297mm\" viewBox=\"0 0 5953 8419\""), std::string::npos);
  EXPECT_NE(svg.find("@page{size:A4"), std::string::npos);
  EXPECT_EQ(svg.find("href"), std::string::npos);
  EXPECT_EQ(svg.find("url("), std::string::npos);
  EXPECT_EQ(svg.find("http", svg.find("xmlns=\"http") + 12), std::string::npos) << "but for the name of SVG itself";
}

TEST(SvgCanvas, PlacesASymbolInItsOwnUnits) {
  SvgCanvas canvas("en", "title");
  canvas.symbol(1, 2, 300, 21, "M0,0h1v1h-1z");
  canvas.line(3, 4, 5);
  const SecretBytes svg = std::move(canvas).take();
  EXPECT_NE(svg.expose_text().find("<svg x=\"1\" y=\"2\" width=\"300\" height=\"300\" viewBox=\"0 0 21 21\"><path "
                                   "shape-rendering=\"crispEdges\" d=\"M0,0h1v1h-1z\"/></svg>"),
            std::string::npos);
  EXPECT_NE(svg.expose_text().find("d=\"M3,4h5\""), std::string::npos);
}

TEST(Wrapping, BreaksAtSpacesAndInsideWordsThatAreTooLong) {
  const TextStyle typed = {.size = 100, .monospace = true};  // 60.3 a character
  EXPECT_EQ(wrapped("one two three", 603, typed), (std::vector<std::string>{"one two", "three"}));
  EXPECT_EQ(wrapped("one two th", 603, typed), (std::vector<std::string>{"one two th"}));
  EXPECT_EQ(wrapped("a 12345678901234", 603, typed), (std::vector<std::string>{"a", "1234567890", "1234"}));
  EXPECT_EQ(wrapped("", 603, typed), (std::vector<std::string>{""}));
  EXPECT_EQ(wrapped("шшш", 1, typed), (std::vector<std::string>{"ш", "ш", "ш"})) << "one character at least";
}

RC_GTEST_PROP(Wrapping, LosesNothingAndKeepsToTheWidth, (const std::string& text)) {
  const std::string line = printable(text);
  std::string joined, without_spaces;
  for (const std::string& piece : wrapped(line, 500, {})) {
    RC_ASSERT(is_utf8(piece));
    RC_ASSERT(width_of(piece, {}) <= 500);
    joined += piece;
  }
  std::erase(joined, ' ');
  for (const char c : line) {
    if (c != ' ') without_spaces += c;
  }
  RC_ASSERT(joined == without_spaces);
}

TEST(Widths, AreThoseOfDejaVu) {
  EXPECT_EQ(width_of("ab", {.size = 1000}), 600 + 650);
  EXPECT_GT(width_of("щ", {}), width_of("и", {}));
  EXPECT_GT(width_of("a", {.bold = true}), width_of("a", {}));
  EXPECT_EQ(width_of("iш", {.size = 1000, .bold = true, .monospace = true}), 2 * 603) << "all letters alike";
  EXPECT_EQ(width_of("字", {.size = 1000, .monospace = true}), 1100) << "twice as wide, also where all are alike";
}

TEST(OneLine, IsCutAtWholeCharacters) {
  EXPECT_EQ(one_line("abcdef", 6), "abcdef");
  EXPECT_EQ(one_line("abcdefg", 6), "abcde…");
  EXPECT_EQ(one_line("шшшш", 3), "шш…");
  EXPECT_EQ(one_line(std::string(100'000, 'x'), 4), "xxx…");
}

TEST(OneLine, HasOnlyWhatXmlAllows) {
  EXPECT_EQ(one_line("a\nb\x01", 40), "a\\x0ab\\x01");
  EXPECT_EQ(one_line("caf\xe9", 40), "caf\\xe9");
  EXPECT_EQ(one_line("\uffff\ufffea", 40), "??a");
  EXPECT_EQ(one_line("a\u202eb", 40), "a\\u{202e}b");
}

RC_GTEST_PROP(OneLine, IsNeverLongerThanAsked, (const std::string& text)) {
  const std::string line = one_line(text, 10);
  RC_ASSERT(is_utf8(line));
  RC_ASSERT(std::ranges::count_if(line, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }) <= 10);
}

}  // namespace
}  // namespace muniment
