#include "shares/svg_canvas.h"

#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::size_t kSvgBytesMax = 2 * 1024 * 1024;

/// Takes the first character off a text that is UTF-8.
std::string_view next_character(std::string_view& text) {
  std::size_t length = 1;
  while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xc0) == 0x80) ++length;
  const std::string_view character = text.substr(0, length);
  text.remove_prefix(length);
  return character;
}

std::size_t count_characters(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) next_character(text);
  return count;
}

/// The steps of DejaVu Sans in thousandths of its size, rounded to fifties.
struct Steps {
  int width;
  std::string_view characters;
};
constexpr Steps kSteps[] = {
    {250, "'"},
    {300, " ,.IJijl’"},
    {350, "-/:;\\f|"},
    {400, "!()[]rt"},
    {450, "\""},
    {500, "*_`sz“”"},
    {550, "?Lcгзсэ"},
    {600, "FPTYaekovxyГРТУабвекотухчьяё«»•"},
    {700, "ABCRVXZАБВКСХЧЬЭЯдцъ"},
    {750, "DGHNUИЙЛНПм"},
    {800, "&OQwДОЦы"},
    {850, "#+<=>M^~МФЪфю"},
    {900, "Ыжш"},
    {950, "%mщ"},
    {1000, "@W—…"},
    {1050, "Ш№"},
    {1100, "ЖЩЮ"},
};
constexpr int kOtherLetter = 650;
constexpr int kMonospace = 603;
constexpr int kEastAsian = 1100;

int thousandths(std::string_view character, const TextStyle& style) {
  int width = character.size() > 2 ? kEastAsian : kOtherLetter;
  if (style.monospace && character.size() <= 2) return kMonospace;
  for (const Steps& steps : kSteps) {
    if (steps.characters.find(character) != std::string_view::npos) width = steps.width;
  }
  return style.bold ? width * 115 / 100 : width;
}

}  // namespace

int width_of(std::string_view text, const TextStyle& style) {
  int width = 0;
  while (!text.empty()) width += thousandths(next_character(text), style);
  return width * style.size / 1000;
}

std::vector<std::string> wrapped(std::string_view text, int width, const TextStyle& style) {
  std::vector<std::string> lines(1);
  for (std::string_view word : split(text, ' ')) {
    const std::string longer = lines.back().empty() ? std::string(word) : lines.back() + " " + std::string(word);
    if (width_of(longer, style) <= width) {
      lines.back() = longer;
      continue;
    }
    if (!lines.back().empty()) lines.emplace_back();
    while (!word.empty()) {
      const std::string_view character = next_character(word);
      if (!lines.back().empty() && width_of(lines.back() + std::string(character), style) > width) lines.emplace_back();
      lines.back() += character;
    }
  }
  return lines;
}

std::string one_line(std::string_view text, std::size_t characters_max) {
  const std::string shown = printable(text, 4 * characters_max + 4);
  std::string line;
  std::string_view left = shown;
  std::size_t room = count_characters(shown) > characters_max ? characters_max - 1 : characters_max;
  for (; room > 0 && !left.empty(); --room) {
    const std::string_view character = next_character(left);
    // The two characters of the first plane that XML 1.0 section 2.2 forbids and printable() lets through.
    line += character == "\xef\xbf\xbe" || character == "\xef\xbf\xbf" ? "?" : character;
  }
  return left.empty() ? line : line + "…";
}

SvgCanvas::SvgCanvas(std::string_view language, std::string_view title) : svg_(kSvgBytesMax) {
  svg_.add("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
  svg_.add("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"210mm\" height=\"297mm\" viewBox=\"0 0 ");
  svg_.add(kPageWidth);
  svg_.add(" ");
  svg_.add(kPageHeight);
  svg_.add("\" xml:lang=\"");
  escaped(language);
  svg_.add("\" font-family=\"sans-serif\">\n<title>");
  escaped(title);
  // Without it a browser prints on the paper of its own country, and onto a second sheet.
  svg_.add("</title>\n<style>@page{size:A4;margin:0}</style>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
}

void SvgCanvas::text(int x, int y, const TextStyle& style, std::string_view text) {
  svg_.add("<text");
  attribute("x", x);
  attribute("y", y);
  attribute("font-size", style.size);
  if (style.bold) svg_.add(" font-weight=\"bold\"");
  if (style.monospace) svg_.add(" font-family=\"monospace\"");
  if (style.pale) svg_.add(" fill=\"#444\"");
  if (style.at_right) svg_.add(" text-anchor=\"end\"");
  svg_.add(">");
  escaped(text);
  svg_.add("</text>\n");
}

void SvgCanvas::line(int x, int y, int width) {
  svg_.add("<path d=\"M");
  svg_.add(x);
  svg_.add(",");
  svg_.add(y);
  svg_.add("h");
  svg_.add(width);
  svg_.add("\" stroke=\"#444\" stroke-width=\"5\"/>\n");
}

void SvgCanvas::symbol(int x, int y, int size, int units, std::string_view path) {
  svg_.add("<svg");
  attribute("x", x);
  attribute("y", y);
  attribute("width", size);
  attribute("height", size);
  svg_.add(" viewBox=\"0 0 ");
  svg_.add(units);
  svg_.add(" ");
  svg_.add(units);
  svg_.add("\"><path shape-rendering=\"crispEdges\" d=\"");
  svg_.add(path);
  svg_.add("\"/></svg>\n");
}

SecretBytes SvgCanvas::take() && {
  svg_.add("</svg>\n");
  return std::move(svg_).take();
}

void SvgCanvas::attribute(std::string_view name, std::int64_t value) {
  svg_.add(" ");
  svg_.add(name);
  svg_.add("=\"");
  svg_.add(value);
  svg_.add("\"");
}

void SvgCanvas::escaped(std::string_view text) {
  while (!text.empty()) {
    const std::size_t plain = text.find_first_of("&<>\"'");
    svg_.add(text.substr(0, plain));
    if (plain == std::string_view::npos) return;
    switch (text[plain]) {
      case '&': svg_.add("&amp;"); break;
      case '<': svg_.add("&lt;"); break;
      case '>': svg_.add("&gt;"); break;
      case '"': svg_.add("&quot;"); break;
      default: svg_.add("&#39;"); break;
    }
    text.remove_prefix(plain + 1);
  }
}

}  // namespace muniment
