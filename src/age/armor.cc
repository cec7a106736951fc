#include "age/armor.h"

#include <algorithm>

#include "base/encoding.h"

namespace muniment::age {
namespace {

constexpr std::string_view kFirstLine = "-----BEGIN AGE ENCRYPTED FILE-----";
constexpr std::string_view kLastLine = "-----END AGE ENCRYPTED FILE-----";
constexpr std::string_view kWhiteSpace = " \t\r\n";
constexpr std::size_t kColumns = 64;

std::string_view without_leading_space(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kWhiteSpace), text.size()));
  return text;
}

std::string_view without_space_around(std::string_view text) {
  return without_leading_space(text.substr(0, text.find_last_not_of(kWhiteSpace) + 1));
}

/// Takes the next line off `text`, without its LF or CRLF. The standard allows both; a mixture does no harm.
std::string_view next_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

bool is_armored(ByteView file) { return without_leading_space(as_text(file)).starts_with(kFirstLine); }

Result<Bytes> parse_armor(std::string_view text) {
  text = without_space_around(text);
  if (next_line(text) != kFirstLine) return Error(Code::corrupt, "the armour does not begin with its first line");
  std::string body;
  body.reserve(text.size());
  bool last = false;  // only the last line of the body may be shorter than the others
  for (;;) {
    const std::string_view line = next_line(text);
    if (line == kLastLine) break;
    if (line.empty() || line.size() > kColumns || last) {
      return Error(Code::corrupt, "the armour has a line of the wrong length, or its end is missing");
    }
    last = line.size() < kColumns;
    body += line;
  }
  if (!text.empty()) return Error(Code::corrupt, "something follows the armour");
  // All but the last line being full, padding inside the block would not be canonical base64 of the whole.
  return from_base64(body, Padding::required);
}

std::string render_armor(ByteView file) {
  std::string text(kFirstLine);
  text += '\n';
  std::string_view left;
  const std::string body = to_base64(file, Padding::required);
  for (left = body; !left.empty(); left.remove_prefix(std::min(kColumns, left.size()))) {
    text += left.substr(0, kColumns);
    text += '\n';
  }
  text += kLastLine;
  text += '\n';
  return text;
}

}  // namespace muniment::age
