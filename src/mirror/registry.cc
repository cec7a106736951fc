#include "mirror/registry.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/encoding.h"

namespace muniment {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kMirrorsFile = "home/mirrors";
constexpr std::uint64_t kMirrorsBytesMax = 1 << 20;
constexpr std::size_t kMirrorsMax = 10'000;

Result<KnownMirror> parse_mirror(std::string_view line) {
  const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  const bool has_form = json.is_object() && json.contains("where") && json["where"].is_string() &&
                        json.contains("size") && json["size"].is_number_unsigned() && json.contains("seen") &&
                        json["seen"].is_string();
  if (!has_form) return Error(Code::corrupt, std::string(kMirrorsFile) + " has a line that is not a mirror's");
  return KnownMirror{json["where"].get<std::string>(), json["size"].get<std::uint64_t>(),
                     json["seen"].get<std::string>()};
}

}  // namespace

Result<std::vector<KnownMirror>> read_mirrors(Fs& fs, const std::string& root) {
  auto bytes = read_file(fs, join(root, kMirrorsFile), kMirrorsBytesMax);
  if (!bytes && bytes.error().code() == Code::not_found) return std::vector<KnownMirror>{};
  if (!bytes) return bytes.error();
  TRY_ASSIGN(const auto lines, split_lines(as_text(*bytes), kMirrorsMax));
  std::vector<KnownMirror> mirrors;
  for (const std::string_view line : lines) {
    TRY_ASSIGN(KnownMirror mirror, parse_mirror(line));
    mirrors.push_back(std::move(mirror));
  }
  std::ranges::sort(mirrors, {}, &KnownMirror::where);
  return mirrors;
}

Result<void> remember_mirror(Fs& fs, const std::string& root, const KnownMirror& mirror) {
  TRY_ASSIGN(auto mirrors, read_mirrors(fs, root));
  const auto found = std::ranges::find(mirrors, mirror.where, &KnownMirror::where);
  if (found == mirrors.end()) {
    mirrors.push_back(mirror);
  } else if (mirror.size >= found->size) {
    *found = mirror;
  } else {
    return {};
  }
  std::string text;
  for (const KnownMirror& known : mirrors) {
    // A path that is not UTF-8 is remembered in its printable form: it is for people and for telling copies apart.
    text += Json{{"where", printable(known.where, 4096)}, {"size", known.size}, {"seen", known.seen}}.dump() + "\n";
  }
  TRY(make_folders(fs, join(root, "home")));
  return replace_durably(fs, join(root, kMirrorsFile), as_view(text));
}

std::map<std::string, std::uint64_t> last_seen_sizes(const std::vector<KnownMirror>& mirrors) {
  std::map<std::string, std::uint64_t> sizes;
  for (const KnownMirror& mirror : mirrors) sizes.emplace(mirror.where, mirror.size);
  return sizes;
}

}  // namespace muniment
