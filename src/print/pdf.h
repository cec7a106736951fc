// A PDF document of text, lines and boxes, with its fonts inside, so that it looks the same everywhere and its words
// can be read back. No compression, no dates, no links, nothing active: the same pages give the same bytes. Spec: ISO
// 32000-1, sections 7 (syntax), 8.4 to 8.5 (graphics), 9.7 (composite fonts).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "print/font.h"

namespace muniment {

// All lengths are tenths of a point (1/720 inch), from the upper left corner of an A4 page.
inline constexpr int kPaperWidth = 5953;
inline constexpr int kPaperHeight = 8419;

class PdfDocument {
 public:
  /// `language` is a language tag; both are for who reads the document aloud or lists it.
  PdfDocument(std::string_view title, std::string_view language);

  void begin_page();
  /// `y` is the baseline; the text is well-formed UTF-8.
  void text(int x, int y, int size, const Font& font, std::string_view text);
  void line(int x, int y, int width);
  void box(int x, int y, int width, int height);
  std::size_t pages() const { return pages_.size(); }

  /// The file.
  std::string render() const;

 private:
  std::string title_;
  std::string language_;
  std::vector<std::string> pages_;  // what is drawn on each
};

}  // namespace muniment
