#include "bag/tag_files.h"

#include <iconv.h>

#include <algorithm>
#include <array>

#include "base/encoding.h"

namespace muniment::bag {
namespace {

constexpr std::string_view kUtf8Mark = "\xef\xbb\xbf";
constexpr std::string_view kBlank = " \t";
constexpr std::string_view kVersionLabel = "BagIt-Version";
constexpr std::string_view kEncodingLabel = "Tag-File-Character-Encoding";
constexpr std::size_t kFieldsMax = 100'000;
constexpr std::array<std::string_view, 6> kVersions = {"0.93", "0.94", "0.95", "0.96", "0.97", "1.0"};

// The names that are handed to iconv. A name from a bag never is: iconv loads modules by it.
constexpr std::array<const char*, 6> kEncodings = {"UTF-8", "US-ASCII", "ISO-8859-1", "UTF-16", "UTF-16LE", "UTF-16BE"};

Error corrupt_tag_file(std::string sentence) { return {Code::corrupt, std::move(sentence)}; }

char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal_in_any_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char left, char right) { return to_lower(left) == to_lower(right); });
}

std::string_view trim(std::string_view text) {
  const std::size_t start = text.find_first_not_of(kBlank);
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(kBlank) - start + 1);
}

/// Takes a word off the front of `rest`, and the blanks that follow it.
std::string_view take_word(std::string_view& rest) {
  const std::string_view word = rest.substr(0, rest.find_first_of(kBlank));
  rest.remove_prefix(word.size());
  rest.remove_prefix(std::min(rest.size(), rest.find_first_not_of(kBlank)));
  return word;
}

/// iconv(3) as a value. `charset` is one of kEncodings.
Result<std::string> convert(ByteView bytes, const char* charset) {
  const iconv_t converter = ::iconv_open("UTF-8", charset);
  // The C library of a minimal system may come without its tables.
  if (converter == reinterpret_cast<iconv_t>(std::intptr_t{-1}))  // NOLINT(performance-no-int-to-ptr)
    return Error(Code::unsupported, std::string("this system cannot decode ") + charset);
  std::string from(as_text(bytes));
  // Two bytes become three at the most (UTF-16), one becomes two (ISO-8859-1).
  std::string text(2 * from.size(), '\0');
  char* in = from.data();
  char* out = text.data();
  std::size_t in_left = from.size();
  std::size_t out_left = text.size();
  const bool failed = ::iconv(converter, &in, &in_left, &out, &out_left) == static_cast<std::size_t>(-1);
  ::iconv_close(converter);
  if (failed) return corrupt_tag_file(std::string("not valid ") + charset);
  text.resize(text.size() - out_left);
  return text;
}

/// UTF-16 without a byte-order mark is big-endian (RFC 2781 section 4.3); iconv would take the machine's order.
bool has_utf16_mark(ByteView bytes) {
  return bytes.size() >= 2 && ((bytes[0] == 0xfe && bytes[1] == 0xff) || (bytes[0] == 0xff && bytes[1] == 0xfe));
}

/// "Label: value" with any white space around the two.
std::optional<std::string_view> value_of(std::string_view line, std::string_view label) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || trim(line.substr(0, colon)) != label) return std::nullopt;
  return trim(line.substr(colon + 1));
}

/// Turns "%0A" and "%0D" into what they stand for, and "%25" where the rules encode '%' itself. `odd` is set by a '%'
/// that RFC 8493 section 2.1.3 would have encoded.
std::string decode_percent(std::string_view text, BagRules rules, bool& odd) {
  std::string path;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view escape = text.substr(i, 3);
    if (equal_in_any_case(escape, "%0a")) {
      path += '\n';
    } else if (equal_in_any_case(escape, "%0d")) {
      path += '\r';
    } else if (rules == BagRules::rfc8493 && escape == "%25") {
      path += '%';
    } else {
      odd = odd || (rules == BagRules::rfc8493 && text[i] == '%');
      path += text[i];
      continue;
    }
    i += 2;
  }
  return path;
}

struct ListedPath {
  std::string path;
  bool odd = false;
};

/// A path that stays below the base folder, also in a shell: '~' would be a home folder there.
Result<ListedPath> parse_path(std::string_view text, BagRules rules) {
  ListedPath listed;
  // `find . -type f | xargs md5sum` writes this, and the conformance suite wants it taken.
  while (text.starts_with("./")) {
    text.remove_prefix(2);
    listed.odd = true;
  }
  listed.path = decode_percent(text, rules, listed.odd);
  if (listed.path.empty()) return corrupt_tag_file("a line without a path");
  const auto names = split(listed.path, '/');
  const bool leads_out = listed.path.front() == '/' || listed.path.front() == '~' ||
                         std::find(names.begin(), names.end(), "..") != names.end();
  if (leads_out) return corrupt_tag_file("a path that could lead out of the bag: " + printable(listed.path));
  const bool is_clean = listed.path.find('\0') == std::string::npos &&
                        std::none_of(names.begin(), names.end(), [](auto name) { return name.empty() || name == "."; });
  if (!is_clean) return corrupt_tag_file("a path that is not the path of a file: " + printable(listed.path));
  return listed;
}

}  // namespace

Result<BagDeclaration> parse_declaration(ByteView bytes) {
  std::string_view rest = as_text(bytes);
  if (rest.starts_with(kUtf8Mark)) return corrupt_tag_file("starts with a byte-order mark");
  if (!is_utf8(rest)) return corrupt_tag_file("not valid UTF-8");
  // Drafts did not say that the last line ends in a line feed, and tools left it out.
  const auto first = next_line(rest);
  const auto second = next_line(rest);
  if (!first || !second || !rest.empty()) return corrupt_tag_file("does not have exactly two lines");
  const auto version = value_of(*first, kVersionLabel);
  const auto encoding = value_of(*second, kEncodingLabel);
  if (!version) return corrupt_tag_file("the first line does not give BagIt-Version");
  if (!encoding || encoding->empty())
    return corrupt_tag_file("the second line does not give Tag-File-Character-Encoding");
  if (std::find(kVersions.begin(), kVersions.end(), *version) == kVersions.end())
    return Error(Code::unsupported,
                 "says version \"" + printable(*version, 40) + "\", which is not a version of BagIt");

  BagDeclaration declaration{.version = std::string(*version), .encoding = std::string(*encoding)};
  if (declaration.version != "1.0") {
    declaration.rules = BagRules::draft;
    return declaration;
  }
  const bool to_the_letter = *first == std::string(kVersionLabel) + ": " + declaration.version &&
                             *second == std::string(kEncodingLabel) + ": " + declaration.encoding;
  if (!to_the_letter) return corrupt_tag_file("has white space where RFC 8493 allows none");
  return declaration;
}

Result<std::string> decode_text(ByteView bytes, std::string_view encoding) {
  const auto charset = std::find_if(kEncodings.begin(), kEncodings.end(),
                                    [&](const char* known) { return equal_in_any_case(known, encoding); });
  if (charset == kEncodings.end())
    return Error(Code::unsupported, "the character encoding \"" + printable(encoding, 40) + "\" is not known");
  const std::string_view name = *charset;
  if (name == "UTF-8") {
    // Forbidden by RFC 8493 section 2.3; left in place it would be part of the first digest.
    if (as_text(bytes).starts_with(kUtf8Mark)) return corrupt_tag_file("starts with a byte-order mark");
    if (!is_utf8(as_text(bytes))) return corrupt_tag_file("not valid UTF-8");
    return std::string(as_text(bytes));
  }
  if (name == "UTF-16" && !has_utf16_mark(bytes)) return convert(bytes, "UTF-16BE");
  return convert(bytes, *charset);
}

std::optional<std::string_view> next_line(std::string_view& rest) {
  if (rest.empty()) return std::nullopt;
  const std::string_view line = rest.substr(0, rest.find_first_of("\r\n"));
  rest.remove_prefix(line.size());
  rest.remove_prefix(rest.starts_with("\r\n") ? 2 : std::min<std::size_t>(rest.size(), 1));
  return line;
}

Result<ManifestLine> parse_manifest_line(std::string_view line, BagRules rules) {
  const std::string_view digest = take_word(line);
  const bool is_hex = !digest.empty() && digest.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
  if (!is_hex) return corrupt_tag_file("a line that does not start with a digest");
  // md5sum and its kin mark binary files so.
  const bool starred = line.starts_with('*');
  if (starred) line.remove_prefix(1);
  TRY_ASSIGN(ListedPath listed, parse_path(line, rules));
  ManifestLine parsed{.digest = std::string(digest), .path = std::move(listed.path), .odd = starred || listed.odd};
  std::transform(digest.begin(), digest.end(), parsed.digest.begin(), to_lower);
  return parsed;
}

Result<FetchLine> parse_fetch_line(std::string_view line, BagRules rules) {
  FetchLine parsed;
  parsed.url = take_word(line);
  const std::string_view size = take_word(line);
  if (parsed.url.empty() || size.empty()) return corrupt_tag_file("a line without an address or a length");
  if (size != "-") {  // "-" leaves it unspecified
    const auto size_bytes = parse_decimal(size);
    if (!size_bytes) return corrupt_tag_file("a line whose length is not a number");
    parsed.size_bytes = *size_bytes;
  }
  TRY_ASSIGN(ListedPath listed, parse_path(line, rules));
  parsed.path = std::move(listed.path);
  return parsed;
}

Result<std::vector<std::pair<std::string, std::string>>> parse_bag_info(std::string_view text, BagRules rules) {
  std::vector<std::pair<std::string, std::string>> fields;
  while (const auto line = next_line(text)) {
    if (trim(*line).empty()) continue;  // forbidden nowhere, and common at the end of files edited by hand
    if (kBlank.find(line->front()) != std::string_view::npos) {
      if (fields.empty()) return corrupt_tag_file("the first line continues another");
      fields.back().second.append(" ").append(trim(*line));
      continue;
    }
    const std::size_t colon = line->find(':');
    if (colon == std::string_view::npos) return corrupt_tag_file("a line without a colon: " + printable(*line, 80));
    const std::string_view label = trim(line->substr(0, colon));
    if (label.empty()) return corrupt_tag_file("a line without a label: " + printable(*line, 80));
    if (rules == BagRules::rfc8493 && label.size() != colon)
      return corrupt_tag_file("white space around the label \"" + printable(label, 80) + "\"");
    if (fields.size() == kFieldsMax) return Error(Code::limit, "too many fields");
    fields.emplace_back(label, trim(line->substr(colon + 1)));
  }
  return fields;
}

}  // namespace muniment::bag
