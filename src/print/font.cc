#include "print/font.h"

#include <algorithm>

namespace muniment {
namespace {

constexpr int kThousand = 1000;

std::uint16_t u16(ByteView bytes, std::size_t at) {
  MUNIMENT_CHECK(at + 2 <= bytes.size());
  return static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}
int i16(ByteView bytes, std::size_t at) { return static_cast<std::int16_t>(u16(bytes, at)); }
std::size_t u32(ByteView bytes, std::size_t at) {
  return static_cast<std::size_t>(u16(bytes, at)) << 16 | u16(bytes, at + 2);
}

}  // namespace

Font::Font(ByteView file, std::string_view name) : file_(file), name_(name) {
  const ByteView head = table("head");
  const ByteView hhea = table("hhea");
  const ByteView hmtx = table("hmtx");
  units_ = u16(head, 18);
  const auto scaled = [&](int value) { return value * kThousand / units_; };
  for (const std::size_t at : {36u, 38u, 40u, 42u}) box.push_back(scaled(i16(head, at)));
  ascent = scaled(i16(hhea, 4));
  descent = scaled(i16(hhea, 6));
  const std::size_t metrics = u16(hhea, 34);
  const std::size_t glyphs = u16(table("maxp"), 4);
  for (std::size_t i = 0; i < glyphs; ++i) advances_.push_back(scaled(u16(hmtx, 4 * std::min(i, metrics - 1))));
  read_characters();
}

ByteView Font::table(std::string_view tag) const {
  const std::size_t tables = u16(file_, 4);
  for (std::size_t i = 0; i < tables; ++i) {
    const std::size_t at = 12 + 16 * i;
    if (as_text(file_.subspan(at, 4)) == tag) return file_.subspan(u32(file_, at + 8), u32(file_, at + 12));
  }
  panic(__FILE__, __LINE__, "the font lacks a table");
}

/// Of the cmap's subtables the one of format 4, which has all that is not beyond U+FFFF.
void Font::read_characters() {
  const ByteView cmap = table("cmap");
  const std::size_t subtables = u16(cmap, 2);
  for (std::size_t i = 0; i < subtables && characters_.empty(); ++i) {
    const ByteView map = cmap.subspan(u32(cmap, 8 + 8 * i));
    if (u16(map, 0) != 4) continue;
    const std::size_t twice = u16(map, 6);  // the number of segments
    for (std::size_t segment = 0; segment < twice; segment += 2) {
      const std::size_t end = u16(map, 14 + segment);
      const std::size_t start = u16(map, 16 + twice + segment);
      const std::size_t delta = u16(map, 16 + 2 * twice + segment);
      const std::size_t offset_at = 16 + 3 * twice + segment;
      const std::size_t offset = u16(map, offset_at);
      for (std::size_t character = start; character <= end && character != 0xffff; ++character) {
        std::size_t glyph = character;
        if (offset != 0) glyph = u16(map, offset_at + offset + 2 * (character - start));
        if (offset == 0 || glyph != 0) glyph = (glyph + delta) & 0xffff;
        if (glyph != 0) characters_[static_cast<char32_t>(character)] = static_cast<std::uint16_t>(glyph);
      }
    }
  }
}

std::uint16_t Font::glyph(char32_t character) const {
  const auto found = characters_.find(character);
  return found == characters_.end() ? std::uint16_t{0} : found->second;
}

int Font::advance(std::uint16_t glyph) const { return glyph < advances_.size() ? advances_[glyph] : 0; }

int Font::width(std::string_view text) const {
  int width = 0;
  for (const char32_t character : characters_of(text)) width += advance(glyph(character));
  return width;
}

const Font& regular_font() {
  static const Font font(regular_font_bytes(), "DejaVuSans");
  return font;
}
const Font& bold_font() {
  static const Font font(bold_font_bytes(), "DejaVuSans-Bold");
  return font;
}

std::vector<char32_t> characters_of(std::string_view utf8) {
  std::vector<char32_t> characters;
  for (std::size_t i = 0; i < utf8.size();) {
    const auto first = static_cast<std::uint8_t>(utf8[i]);
    const std::size_t size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    char32_t character = size == 1 ? first : first & (0xffu >> (size + 1));
    for (std::size_t k = 1; k < size && i + k < utf8.size(); ++k)
      character = character << 6 | (static_cast<std::uint8_t>(utf8[i + k]) & 0x3fu);
    characters.push_back(character);
    i += size;
  }
  return characters;
}

}  // namespace muniment
