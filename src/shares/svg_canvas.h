// One A4 page of SVG with text, lines and one symbol, written into secret memory. No links, no scripts, no fonts but
// the generic ones, so that what it looks like rests on nothing outside.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/secret_text.h"

namespace muniment {

// All lengths are tenths of a point (1/720 inch).
inline constexpr int kPageWidth = 5953;  // A4
inline constexpr int kPageHeight = 8419;

struct TextStyle {
  int size = 90;
  bool bold = false;
  bool monospace = false;  // for what is typed
  bool pale = false;
  bool at_right = false;  // the text ends at x
};

/// About how wide a text is in DejaVu, which is the widest of the usual fonts.
int width_of(std::string_view text, const TextStyle& style);

/// The lines that a text takes; breaks at spaces, and inside a word that is too long for a line. One line at least.
std::vector<std::string> wrapped(std::string_view text, int width, const TextStyle& style);

/// Text from outside as one line of characters that XML allows; cut, with "…", at that many characters.
std::string one_line(std::string_view text, std::size_t characters_max);

class SvgCanvas {
 public:
  /// `language` is an xml:lang tag; `title` is shown by viewers.
  SvgCanvas(std::string_view language, std::string_view title);

  /// `y` is the baseline. The text is escaped; it has only characters that XML allows.
  void text(int x, int y, const TextStyle& style, std::string_view text);
  void line(int x, int y, int width);
  /// An area to be filled by path data of `units` by `units` from (x, y), `size` wide and high.
  void symbol(int x, int y, int size, int units, std::string_view path);

  SecretBytes take() &&;

 private:
  void attribute(std::string_view name, std::int64_t value);
  void escaped(std::string_view text);

  SecretText svg_;
};

}  // namespace muniment
