#include "print/printed_page.h"

#include <algorithm>

#include "base/encoding.h"
#include "print/pdf.h"

namespace muniment {
namespace {

// Tenths of a point.
constexpr int kMargin = 500;  // 1.8 cm
constexpr int kWidth = kPaperWidth - 2 * kMargin;
constexpr int kBottom = kPaperHeight - kMargin;
constexpr int kBody = 98, kHeading = 120, kTitle = 190;
constexpr int kIndent = 160;
constexpr int kBoxPadding = 90;
constexpr std::string_view kFillIn = "____";

/// The lines that a text takes at a size and width; breaks at spaces.
std::vector<std::string> wrap(std::string_view text, const Font& font, int size, int width) {
  std::vector<std::string> lines;
  std::string line;
  for (const std::string_view word : split(text, ' ')) {
    const std::string longer = line.empty() ? std::string(word) : line + " " + std::string(word);
    if (!line.empty() && font.width(longer) * size / 1000 > width) {
      lines.push_back(std::move(line));
      line = word;
    } else {
      line = longer;
    }
  }
  lines.push_back(std::move(line));
  return lines;
}

int leading(int size) { return size * 135 / 100; }

/// Sets one thing below another, and goes on to the next sheet where one is full.
class Setter {
 public:
  explicit Setter(PdfDocument& document) : document_(document) { new_page(); }

  void title(std::string_view text) {
    block(text, bold_font(), kTitle, kMargin, kWidth);
    y_ += 60;
    document_.line(kMargin, y_, kWidth);
    y_ += 60;
  }
  void heading(std::string_view text) {
    y_ += 90;
    block(text, bold_font(), kHeading, kMargin, kWidth);
    y_ += 20;
  }
  void paragraph(std::string_view text) {
    const std::size_t fill_in = text.find(kFillIn);
    if (fill_in != std::string_view::npos) return line_by_hand(text.substr(0, fill_in));
    block(text, regular_font(), kBody, kMargin, kWidth);
    y_ += 40;
  }
  void item(std::string_view mark, std::string_view text) {
    const auto lines = wrap(text, regular_font(), kBody, kWidth - kIndent);
    make_room(static_cast<int>(lines.size()) * leading(kBody));
    document_.text(kMargin, y_ + leading(kBody), kBody, mark.starts_with("\xe2") ? regular_font() : bold_font(), mark);
    block(text, regular_font(), kBody, kMargin + kIndent, kWidth - kIndent);
    y_ += 30;
  }
  void boxed(std::string_view text) {
    const auto lines = wrap(text, bold_font(), kHeading, kWidth - 2 * kBoxPadding);
    const int height = static_cast<int>(lines.size()) * leading(kHeading) + 2 * kBoxPadding;
    make_room(height + 120);
    y_ += 60;
    document_.box(kMargin, y_, kWidth, height);
    y_ += kBoxPadding - 20;
    block(text, bold_font(), kHeading, kMargin + kBoxPadding, kWidth - 2 * kBoxPadding);
    y_ += kBoxPadding + 80;
  }

 private:
  void new_page() {
    document_.begin_page();
    y_ = kMargin;
  }
  void make_room(int height) {
    if (y_ + height > kBottom) new_page();
  }
  void block(std::string_view text, const Font& font, int size, int x, int width) {
    for (const std::string& line : wrap(text, font, size, width)) {
      make_room(leading(size));
      y_ += leading(size);
      document_.text(x, y_, size, font, line);
    }
  }
  void line_by_hand(std::string_view words) {
    constexpr int kWritingHeight = 210;
    make_room(kWritingHeight);
    y_ += kWritingHeight;
    document_.text(kMargin, y_, kBody, regular_font(), words);
    const int used = regular_font().width(words) * kBody / 1000 + 40;
    document_.line(kMargin + used, y_ + 15, kWidth - used);
    y_ += 30;
  }

  PdfDocument& document_;
  int y_ = 0;  // below this is room
};

/// The digits and the full stop in front of a step; empty for another line.
std::string_view number_of(std::string_view line) {
  const std::size_t end = line.find(". ");
  const bool is_number = end != std::string_view::npos && end > 0 && end <= 2 &&
                         std::ranges::all_of(line.substr(0, end), [](char c) { return c >= '0' && c <= '9'; });
  return is_number ? line.substr(0, end + 1) : std::string_view();
}

void set_line(Setter& setter, std::string_view line) {
  if (line.starts_with("# ")) return setter.title(line.substr(2));
  if (line.starts_with("## ")) return setter.heading(line.substr(3));
  if (line.starts_with("- ")) return setter.item("\xe2\x80\xa2", line.substr(2));
  if (line.starts_with("! ")) return setter.boxed(line.substr(2));
  const std::string_view number = number_of(line);
  if (!number.empty()) return setter.item(number, line.substr(number.size() + 1));
  setter.paragraph(line);
}

Result<void> check_characters(std::string_view text) {
  if (!is_utf8(text)) return Error(Code::invalid, "the page is not UTF-8");
  for (const char32_t character : characters_of(text)) {
    if (character != U'\n' && (!regular_font().has(character) || !bold_font().has(character)))
      return Error(Code::invalid, "our fonts have no character " + std::to_string(character));
  }
  return {};
}

}  // namespace

Result<std::string> print_page(std::string_view text, std::string_view language) {
  TRY(check_characters(text));
  const std::string_view first = text.substr(0, text.find('\n'));
  PdfDocument document(first.starts_with("# ") ? first.substr(2) : first, language);
  Setter setter(document);
  for (const std::string_view line : split(text, '\n')) {
    if (!line.empty()) set_line(setter, line);
  }
  return document.render();
}

}  // namespace muniment
