// The first byte chooses rules and encoding, the rest is a tag file, read as each of the kinds that there are.
#include <array>

#include "bag/tag_files.h"
#include "base/encoding.h"

namespace muniment::bag {
namespace {

constexpr std::array<std::string_view, 6> kEncodings = {"UTF-8",  "US-ASCII", "ISO-8859-1",
                                                        "UTF-16", "UTF-16LE", "UTF-16BE"};

void check_path(std::string_view path) {
  MUNIMENT_CHECK(!path.empty() && path.front() != '/' && path.front() != '~');
  MUNIMENT_CHECK(path.find('\0') == std::string_view::npos);
  for (const std::string_view name : split(path, '/')) MUNIMENT_CHECK(!name.empty() && name != "." && name != "..");
}

/// As the rules write a path. The drafts cannot write one that holds "%0A".
std::string encode(std::string_view path, BagRules rules) {
  std::string text;
  for (const char c : path) {
    if (c == '\n') {
      text += "%0A";
    } else if (c == '\r') {
      text += "%0D";
    } else if (c == '%' && rules == BagRules::rfc8493) {
      text += "%25";
    } else {
      text += c;
    }
  }
  return text;
}

void check_line(std::string_view line, BagRules rules) {
  MUNIMENT_CHECK(line.find_first_of("\r\n") == std::string_view::npos);
  if (const auto fetch = parse_fetch_line(line, rules)) {
    check_path(fetch->path);
    MUNIMENT_CHECK(!fetch->url.empty());
  }
  const auto manifest = parse_manifest_line(line, rules);
  if (!manifest) {
    MUNIMENT_CHECK(manifest.error().code() == Code::corrupt);
    return;
  }
  check_path(manifest->path);
  if (rules == BagRules::draft || manifest->path.front() == '*' || manifest->path.front() == ' ' ||
      manifest->path.front() == '\t')
    return;
  const auto again = parse_manifest_line(manifest->digest + "  " + encode(manifest->path, rules), rules);
  MUNIMENT_CHECK(again && again->digest == manifest->digest && again->path == manifest->path && !again->odd);
}

void check(std::uint8_t choice, ByteView bytes) {
  if (const auto declaration = parse_declaration(bytes)) {
    const std::string text =
        "BagIt-Version: " + declaration->version + "\nTag-File-Character-Encoding: " + declaration->encoding + "\n";
    const auto again = parse_declaration(as_view(text));
    MUNIMENT_CHECK(again && again->version == declaration->version && again->encoding == declaration->encoding);
  }
  const BagRules rules = choice % 2 == 0 ? BagRules::draft : BagRules::rfc8493;
  const auto text = decode_text(bytes, kEncodings[choice / 2 % kEncodings.size()]);
  if (!text) return;
  MUNIMENT_CHECK(is_utf8(*text) && text->size() <= 2 * bytes.size());
  std::string_view rest = *text;
  while (const auto line = next_line(rest)) check_line(*line, rules);
  if (const auto fields = parse_bag_info(*text, rules)) {
    for (const auto& [label, value] : *fields)
      MUNIMENT_CHECK(!label.empty() && (label + value).find_first_of("\r\n") == std::string::npos);
  }
}

}  // namespace
}  // namespace muniment::bag

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 0) muniment::bag::check(data[0], {data + 1, size - 1});
  return 0;
}
