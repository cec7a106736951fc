#include "base/encoding.h"

#include <algorithm>
#include <cstdio>

namespace muniment {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase32Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::uint8_t kNotADigit = 0xff;

constexpr std::array<std::uint8_t, 256> make_reverse(std::string_view alphabet) {
  std::array<std::uint8_t, 256> reverse{};
  for (auto& value : reverse) value = kNotADigit;
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    reverse[static_cast<std::uint8_t>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return reverse;
}

constexpr auto kHexValues = make_reverse(kHexDigits);
constexpr auto kBase64Values = make_reverse(kBase64Alphabet);
constexpr auto kBase32Values = make_reverse(kBase32Alphabet);

std::uint8_t value_of(const std::array<std::uint8_t, 256>& table, char digit) {
  return table[static_cast<std::uint8_t>(digit)];
}

/// The length in bytes of the well-formed UTF-8 sequence that `text` starts with; 0 if it starts with none.
std::size_t utf8_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = at(0);
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const std::size_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (text.size() < length) return 0;
  std::uint8_t low = 0x80, high = 0xbf;
  if (lead == 0xe0) low = 0xa0;   // overlong
  if (lead == 0xed) high = 0x9f;  // surrogates
  if (lead == 0xf0) low = 0x90;   // overlong
  if (lead == 0xf4) high = 0x8f;  // above U+10FFFF
  if (at(1) < low || at(1) > high) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if (at(i) < 0x80 || at(i) > 0xbf) return 0;
  }
  return length;
}

std::uint32_t code_point(std::string_view sequence) {
  const auto lead = static_cast<std::uint8_t>(sequence[0]);
  if (sequence.size() == 1) return lead;
  std::uint32_t point = lead & (0xffu >> (sequence.size() + 1));
  for (const char c : sequence.substr(1)) point = (point << 6) | (static_cast<std::uint8_t>(c) & 0x3fu);
  return point;
}

/// Control characters, and the marks that change the direction of what follows.
bool plays_with_the_terminal(std::uint32_t point) {
  return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0x061c || point == 0x200e || point == 0x200f ||
         (point >= 0x2028 && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069) || point == 0xfeff;
}

}  // namespace

std::string to_hex(ByteView bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text.push_back(kHexDigits[byte >> 4]);
    text.push_back(kHexDigits[byte & 15]);
  }
  return text;
}

Result<void> from_hex_into(std::string_view text, MutableBytes bytes) {
  if (text.size() != 2 * bytes.size())
    return Error(Code::corrupt, std::to_string(2 * bytes.size()) + " hexadecimal digits are expected");
  unsigned wrong = 0;  // looked at once, at the end: logs have millions of digits
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const unsigned high = value_of(kHexValues, text[2 * i]);
    const unsigned low = value_of(kHexValues, text[2 * i + 1]);
    wrong |= high | low;
    bytes[i] = static_cast<std::uint8_t>(high << 4U | low);
  }
  if (wrong > 0xf) return Error(Code::corrupt, "not lower-case hexadecimal");
  return {};
}

Result<Bytes> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return Error(Code::corrupt, "hexadecimal text has an odd count of digits");
  Bytes bytes(text.size() / 2);
  TRY(from_hex_into(text, bytes));
  return bytes;
}

std::string to_base64(ByteView bytes, Padding padding) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = static_cast<std::uint32_t>(bytes[i]) << 16;
    if (count > 1) group |= static_cast<std::uint32_t>(bytes[i + 1]) << 8;
    if (count > 2) group |= bytes[i + 2];
    for (std::size_t digit = 0; digit <= count; ++digit)
      text.push_back(kBase64Alphabet[(group >> (18 - 6 * digit)) & 63]);
    if (padding == Padding::required) text.append(3 - count, '=');
  }
  return text;
}

Result<Bytes> from_base64(std::string_view text, Padding padding) {
  const Error not_canonical(Code::corrupt, "not canonical base64");
  if (padding == Padding::required) {
    if (text.size() % 4 != 0) return not_canonical;
    for (int i = 0; i < 2 && !text.empty() && text.back() == '='; ++i) text.remove_suffix(1);
  }
  if (text.size() % 4 == 1) return not_canonical;
  Bytes bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char digit : text) {
    const std::uint8_t value = value_of(kBase64Values, digit);
    if (value == kNotADigit) return not_canonical;
    bits = (bits << 6) | value;
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes.push_back(static_cast<std::uint8_t>((bits >> count) & 0xff));
    }
  }
  if ((bits & ((1u << count) - 1)) != 0) return not_canonical;
  return bytes;
}

std::string to_base32(ByteView bytes) {
  std::string text;
  text.reserve((bytes.size() * 8 + 4) / 5);
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const std::uint8_t byte : bytes) {
    bits = (bits << 8) | byte;
    count += 8;
    for (; count >= 5; count -= 5) text.push_back(kBase32Alphabet[(bits >> (count - 5)) & 31]);
  }
  if (count > 0) text.push_back(kBase32Alphabet[(bits << (5 - count)) & 31]);
  return text;
}

Result<Bytes> from_base32(std::string_view text) {
  const Error not_canonical(Code::corrupt, "not canonical base32");
  Bytes bytes;
  bytes.reserve(text.size() * 5 / 8);
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char digit : text) {
    const std::uint8_t value = value_of(kBase32Values, digit);
    if (value == kNotADigit) return not_canonical;
    bits = (bits << 5) | value;
    count += 5;
    if (count >= 8) {
      count -= 8;
      bytes.push_back(static_cast<std::uint8_t>((bits >> count) & 0xff));
    }
  }
  if (count >= 5 || (bits & ((1u << count) - 1)) != 0) return not_canonical;
  return bytes;
}

Result<std::uint64_t> parse_decimal(std::string_view text, std::uint64_t max) {
  if (text.empty() || (text.size() > 1 && text[0] == '0')) return Error(Code::corrupt, "not a decimal number");
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return Error(Code::corrupt, "not a decimal number");
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (value > (UINT64_MAX - digit) / 10) return Error(Code::limit, "the number is too large");
    value = value * 10 + digit;
  }
  if (value > max) return Error(Code::limit, "the number is too large");
  return value;
}

Result<std::vector<std::string_view>> split_lines(std::string_view text, std::size_t lines_max) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return Error(Code::corrupt, "the last line does not end in a line feed");
    if (lines.size() == lines_max) return Error(Code::limit, "too many lines");
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  for (;;) {
    const std::size_t end = text.find(separator);
    pieces.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return pieces;
    text.remove_prefix(end + 1);
  }
}

std::string_view trimmed(std::string_view text, std::string_view blanks) {
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string lower_ascii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string printable(std::string_view text, std::size_t bytes_max) {
  std::string shown;
  while (!text.empty()) {
    if (shown.size() >= bytes_max) return shown + "…";
    const std::size_t length = utf8_length(text);
    char escape[16];
    if (length == 0) {
      std::snprintf(escape, sizeof escape, "\\x%02x", static_cast<unsigned>(static_cast<std::uint8_t>(text[0])));
      shown += escape;
    } else if (const std::uint32_t point = code_point(text.substr(0, length)); plays_with_the_terminal(point)) {
      std::snprintf(escape, sizeof escape, point < 0x80 ? "\\x%02x" : "\\u{%04x}", static_cast<unsigned>(point));
      shown += escape;
    } else {
      shown += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return shown;
}

std::string human_size(std::uint64_t bytes) {
  if (bytes < 1024) return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
  constexpr std::array<const char*, 6> kUnits = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  double size = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  for (; size >= 1023.95 && unit + 1 < kUnits.size(); ++unit) size /= 1024;
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %s", size, kUnits[unit]);
  return text;
}

}  // namespace muniment
