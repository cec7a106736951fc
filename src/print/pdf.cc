#include "print/pdf.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace muniment {
namespace {

/// "12.3" of 123 tenths.
std::string points(int tenths) {
  std::string text = tenths < 0 ? "-" : "";
  const int size = tenths < 0 ? -tenths : tenths;
  text += std::to_string(size / 10);
  return size % 10 == 0 ? text : text + "." + std::to_string(size % 10);
}

std::string hex4(unsigned value) {
  std::array<char, 8> digits{};
  std::snprintf(digits.data(), digits.size(), "%04x", value);
  return digits.data();
}

/// A text string of PDF: UTF-16 behind its mark.
std::string text_string(std::string_view text) {
  std::string hex = "<feff";
  for (const char32_t character : characters_of(text)) hex += hex4(static_cast<unsigned>(character));
  return hex + ">";
}

/// Objects with their numbers, and the table of where each begins.
class Objects {
 public:
  Objects() : file_("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n") {}

  void add(std::size_t number, const std::string& body) {
    if (begins_.size() <= number) begins_.resize(number + 1);
    begins_[number] = file_.size();
    file_ += std::to_string(number) + " 0 obj\n" + body + "\nendobj\n";
  }
  void add_stream(std::size_t number, const std::string& keys, std::string_view bytes) {
    std::string body = "<<" + keys + " /Length " + std::to_string(bytes.size()) + ">>\nstream\n";
    body += bytes;
    add(number, body + "\nendstream");
  }
  std::string finish(std::size_t catalog, std::size_t information) && {
    const std::size_t table = file_.size();
    file_ += "xref\n0 " + std::to_string(begins_.size()) + "\n0000000000 65535 f \n";
    for (std::size_t i = 1; i < begins_.size(); ++i) {
      std::array<char, 32> line{};
      std::snprintf(line.data(), line.size(), "%010zu 00000 n \n", begins_[i]);
      file_ += line.data();
    }
    file_ += "trailer\n<</Size " + std::to_string(begins_.size()) + " /Root " + std::to_string(catalog) +
             " 0 R /Info " + std::to_string(information) + " 0 R>>\nstartxref\n" + std::to_string(table) + "\n%%EOF\n";
    return std::move(file_);
  }

 private:
  std::string file_;
  std::vector<std::size_t> begins_;
};

/// By which a reader finds the characters of the glyphs.
std::string to_unicode(const Font& font) {
  std::string map =
      "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo <</Registry (Adobe) /Ordering "
      "(UCS) /Supplement 0>> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> "
      "<ffff>\nendcodespacerange\n";
  std::vector<std::string> lines;
  for (const auto& [character, glyph] : font.characters())
    lines.push_back("<" + hex4(glyph) + "> <" + hex4(static_cast<unsigned>(character)) + ">\n");
  constexpr std::size_t kBlockMax = 100;
  for (std::size_t begin = 0; begin < lines.size(); begin += kBlockMax) {
    const std::size_t end = std::min(lines.size(), begin + kBlockMax);
    map += std::to_string(end - begin) + " beginbfchar\n";
    for (std::size_t i = begin; i < end; ++i) map += lines[i];
    map += "endbfchar\n";
  }
  return map + "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n";
}

constexpr std::size_t kFontObjects = 5;

/// A composite font whose codes are the numbers of the glyphs, in five objects from `first` on.
void add_font(Objects& objects, std::size_t first, const Font& font) {
  const std::string name = "/MUNIMT+" + std::string(font.name());
  const auto reference = [&](std::size_t i) { return std::to_string(first + i) + " 0 R"; };
  objects.add(first, "<</Type /Font /Subtype /Type0 /BaseFont " + name + " /Encoding /Identity-H /DescendantFonts [" +
                         reference(1) + "] /ToUnicode " + reference(4) + ">>");
  std::string widths;
  for (std::uint16_t glyph = 0; glyph < font.glyphs(); ++glyph) widths += std::to_string(font.advance(glyph)) + " ";
  objects.add(first + 1, "<</Type /Font /Subtype /CIDFontType2 /BaseFont " + name +
                             " /CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>> "
                             "/CIDToGIDMap /Identity /FontDescriptor " +
                             reference(2) + " /W [0 [" + widths + "]]>>");
  std::string box;
  for (const int side : font.box) box += std::to_string(side) + " ";
  objects.add(first + 2, "<</Type /FontDescriptor /FontName " + name + " /Flags 4 /FontBBox [" + box +
                             "] /ItalicAngle 0 /Ascent " + std::to_string(font.ascent) + " /Descent " +
                             std::to_string(font.descent) + " /CapHeight 729 /StemV 80 /FontFile2 " + reference(3) +
                             ">>");
  objects.add_stream(first + 3, "/Length1 " + std::to_string(font.file().size()), as_text(font.file()));
  objects.add_stream(first + 4, "", to_unicode(font));
}

}  // namespace

PdfDocument::PdfDocument(std::string_view title, std::string_view language) : title_(title), language_(language) {}

void PdfDocument::begin_page() { pages_.emplace_back("0.6 w\n"); }

void PdfDocument::text(int x, int y, int size, const Font& font, std::string_view text) {
  std::string hex;
  for (const char32_t character : characters_of(text)) hex += hex4(font.glyph(character));
  const bool is_bold = &font == &bold_font();
  pages_.back() += "BT /" + std::string(is_bold ? "B" : "R") + " " + points(size) + " Tf " + points(x) + " " +
                   points(kPaperHeight - y) + " Td <" + hex + "> Tj ET\n";
}

void PdfDocument::line(int x, int y, int width) {
  pages_.back() += points(x) + " " + points(kPaperHeight - y) + " m " + points(x + width) + " " +
                   points(kPaperHeight - y) + " l S\n";
}

void PdfDocument::box(int x, int y, int width, int height) {
  pages_.back() +=
      points(x) + " " + points(kPaperHeight - y - height) + " " + points(width) + " " + points(height) + " re S\n";
}

std::string PdfDocument::render() const {
  constexpr std::size_t kCatalog = 1, kPages = 2, kInformation = 3, kRegular = 4;
  constexpr std::size_t kBold = kRegular + kFontObjects, kFirstPage = kBold + kFontObjects;
  Objects objects;
  objects.add(kCatalog,
              "<</Type /Catalog /Pages 2 0 R /Lang (" + language_ + ") /ViewerPreferences <</DisplayDocTitle true>>>>");
  std::string kids;
  for (std::size_t i = 0; i < pages_.size(); ++i) kids += std::to_string(kFirstPage + 2 * i) + " 0 R ";
  objects.add(kPages, "<</Type /Pages /Count " + std::to_string(pages_.size()) + " /Kids [" + kids + "]>>");
  objects.add(kInformation, "<</Title " + text_string(title_) + " /Producer (muniment)>>");
  add_font(objects, kRegular, regular_font());
  add_font(objects, kBold, bold_font());
  for (std::size_t i = 0; i < pages_.size(); ++i) {
    const std::size_t page = kFirstPage + 2 * i;
    objects.add(page, "<</Type /Page /Parent 2 0 R /MediaBox [0 0 " + points(kPaperWidth) + " " + points(kPaperHeight) +
                          "] /Resources <</Font <</R " + std::to_string(kRegular) + " 0 R /B " + std::to_string(kBold) +
                          " 0 R>>>> /Contents " + std::to_string(page + 1) + " 0 R>>");
    objects.add_stream(page + 1, "", pages_[i]);
  }
  return std::move(objects).finish(kCatalog, kInformation);
}

}  // namespace muniment
