#include "bag/names.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "base/encoding.h"
#include "base/fs.h"
#include "crypto/sha256.h"

namespace muniment::bag {
namespace {

constexpr std::size_t kHashDigits = 16;  // 64 bits: two repaired names of one bag do not meet by chance
constexpr std::size_t kExtensionBytesMax = 16;

/// RFC 8493 would escape LF, CR and '%' in manifests, and sha256sum escapes the backslash: neither takes the
/// other's escapes, so these have no place in a name. Line and paragraph separators too: some readers of manifests take
/// them for the end of a line.
bool is_forbidden(utf8proc_int32_t point) {
  const auto category = utf8proc_category(point);
  return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP ||
         point == '/' || point == '\\' || point == '%';
}

/// The code point at the start of `text` and its length in bytes; length 0 where `text` does not start with UTF-8.
struct CodePoint {
  utf8proc_int32_t value = -1;
  std::size_t length = 0;
};

CodePoint first_point(std::string_view text) {
  CodePoint point;
  const ByteView bytes = as_view(text);
  const auto length = utf8proc_iterate(bytes.data(), static_cast<utf8proc_ssize_t>(bytes.size()), &point.value);
  if (length > 0) point.length = static_cast<std::size_t>(length);
  return point;
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<std::uint8_t>(c) < 0x80; });
}

/// Printable ASCII with nothing forbidden in it and no space at an edge, as most names are: clean() leaves it alone.
bool is_plain_ascii(std::string_view name) {
  if (name.front() == ' ' || name.back() == ' ') return false;
  return std::ranges::all_of(name, [](char c) { return c >= 0x20 && c < 0x7f && c != '/' && c != '\\' && c != '%'; });
}

bool is_continuation(char byte) { return (static_cast<std::uint8_t>(byte) & 0xc0) == 0x80; }

/// The largest cut that is at most `at` and does not split a character. `at` is less than the size.
std::size_t character_start(std::string_view text, std::size_t at) {
  while (at > 0 && is_continuation(text[at])) --at;
  return at;
}

/// `text` is UTF-8.
std::string map_text(std::string_view text, utf8proc_option_t options) {
  utf8proc_uint8_t* mapped = nullptr;
  const ByteView bytes = as_view(text);
  const auto size = utf8proc_map(bytes.data(), static_cast<utf8proc_ssize_t>(bytes.size()), &mapped, options);
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(mapped, &std::free);
  MUNIMENT_CHECK(size >= 0);  // it fails on what is not UTF-8 and without memory
  return std::string(as_text({mapped, static_cast<std::size_t>(size)}));
}

void replace_edge_space(std::string& text, std::size_t start) {
  const CodePoint edge = first_point(std::string_view(text).substr(start));
  if (utf8proc_category(edge.value) == UTF8PROC_CATEGORY_ZS) text.replace(start, edge.length, "_");
}

/// What is not allowed becomes '_', a stray byte one each; then NFC; then a space at either edge becomes '_'.
std::string clean(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const CodePoint point = first_point(bytes);
    const std::size_t length = std::max<std::size_t>(point.length, 1);
    if (point.length == 0 || is_forbidden(point.value)) {
      text += '_';
    } else {
      text += bytes.substr(0, length);
    }
    bytes.remove_prefix(length);
  }
  if (text.empty()) return text;
  // After the replacements, which leave no character that composes with its neighbours; before the edges, which
  // normalisation may change.
  text = map_text(text, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  replace_edge_space(text, 0);
  replace_edge_space(text, character_start(text, text.size() - 1));
  return text;
}

/// A mark behind the extension would hide from people and programs what kind of file it is.
/// Where the extension starts: at the last dot, if up to 15 ASCII letters or digits follow it and something stands in
/// front; else at the end.
std::size_t extension_start(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || dot + 1 == name.size()) return name.size();
  const std::string_view extension = name.substr(dot);
  const bool is_word = std::all_of(extension.begin() + 1, extension.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
  return is_word && extension.size() <= kExtensionBytesMax ? dot : name.size();
}

/// The name cleaned and marked with the digest of `identity`. NFC stays NFC where it is cut.
std::string mark_name(std::string_view true_name, std::string_view identity) {
  const std::string text = clean(true_name);
  const std::size_t dot = extension_start(text);
  const std::size_t room = kNameBytesMax - 1 - kHashDigits - (text.size() - dot);
  const std::size_t cut = dot > room ? character_start(text, room) : dot;
  return text.substr(0, cut) + "~" + sha256(as_view(identity)).hex().substr(0, kHashDigits) + text.substr(dot);
}

}  // namespace

bool is_plain_name(std::string_view name) {
  // The length first: no work on names that cannot be plain.
  if (name.empty() || name.size() > kNameBytesMax || name == "." || name == "..") return false;
  return is_plain_ascii(name) || clean(name) == name;
}

bool is_plain_path(std::string_view path) {
  const auto names = split(path, '/');
  return std::all_of(names.begin(), names.end(), is_plain_name);
}

std::string repair_name(std::string_view true_name) { return mark_name(true_name, true_name); }

std::string fold_case(std::string_view name) {
  if (is_ascii(name)) {  // most names: Unicode's tables say no more of them
    std::string folded(name);
    for (char& c : folded) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return folded;
  }
  if (!is_utf8(name)) return std::string(name);
  return map_text(name, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD));
}

std::string bare_letters(std::string_view text) {
  if (!is_utf8(text)) return std::string(text);
  return map_text(text, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE |
                                                       UTF8PROC_STRIPMARK | UTF8PROC_CASEFOLD));
}

std::string NameTable::add(std::string_view true_path) {
  std::string folder;
  std::size_t start = 0;
  for (;;) {
    const std::size_t slash = true_path.find('/', start);
    if (slash == std::string_view::npos) break;
    // A folder is known by its path with the slash, so that a file of the same name is another thing.
    folder = place(folder, true_path.substr(start, slash - start), std::string(true_path.substr(0, slash + 1)));
    start = slash + 1;
  }
  return place(folder, true_path.substr(start), std::string(true_path));
}

std::string NameTable::place(const std::string& folder, std::string_view true_name, const std::string& true_path) {
  if (const auto found = given_.find(true_path); found != given_.end()) return found->second;
  for (std::uint64_t attempt = 1;; ++attempt) {
    std::string_view place_in = folder;
    std::string name;
    if (attempt == 1 && is_plain_name(true_name)) {
      name = true_name;
    } else if (attempt <= 2) {
      name = repair_name(true_name);
    } else {
      // Too deep, or somebody chose a name that looks repaired: to the top. "//" is in no true path, so no two
      // identities are equal; each further attempt costs an adversary a file that was made for it.
      place_in = {};
      name = mark_name(true_name, true_path + "//" + std::to_string(attempt));
    }
    std::string path = join(place_in, name);
    if (path.size() > kPathBytesMax) continue;  // the third attempt always fits: it is one name
    // A folder has one spelling in the bag, so paths are equal after folding when folder and folded name are.
    if (!taken_.insert(join(place_in, fold_case(name))).second) continue;
    given_.emplace(true_path, path);
    return path;
  }
}

}  // namespace muniment::bag
