// The two fonts of our printed pages: subsets of DejaVu Sans with Latin and Cyrillic letters, which the program has
// inside. Spec: ISO/IEC 14496-22 (OpenType), tables cmap, head, hhea, hmtx.
#pragma once

#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace muniment {

/// The files src/print/fonts/*.ttf of the sources: cmake/embed.cmake makes the definitions from them.
ByteView regular_font_bytes();
ByteView bold_font_bytes();

class Font {
 public:
  /// Of a font of our own, by its bytes, which outlive it; others are our own bug.
  Font(ByteView file, std::string_view name);

  std::string_view name() const { return name_; }
  ByteView file() const { return file_; }
  /// The glyph of a character; 0, an empty box, where the font has none.
  std::uint16_t glyph(char32_t character) const;
  bool has(char32_t character) const { return glyph(character) != 0; }
  /// In thousandths of the font's size.
  int advance(std::uint16_t glyph) const;
  /// The width of a text of UTF-8, likewise.
  int width(std::string_view text) const;
  std::uint16_t glyphs() const { return static_cast<std::uint16_t>(advances_.size()); }
  const std::map<char32_t, std::uint16_t>& characters() const { return characters_; }

  int ascent = 0;        // in thousandths of the size
  int descent = 0;       // likewise, negative
  std::vector<int> box;  // of all glyphs: left, bottom, right, top

 private:
  ByteView table(std::string_view tag) const;
  void read_characters();

  ByteView file_;
  std::string_view name_;
  int units_ = 1000;  // of the em square
  std::vector<int> advances_;
  std::map<char32_t, std::uint16_t> characters_;
};

const Font& regular_font();
const Font& bold_font();

/// The characters of a text that is well-formed UTF-8.
std::vector<char32_t> characters_of(std::string_view utf8);

}  // namespace muniment
