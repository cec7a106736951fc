#include "mirror/registry.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "archive/record_file.h"
#include "base/encoding.h"

namespace muniment {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kMirrorsFile = "home/mirrors";
constexpr std::uint64_t kMirrorsBytesMax = 1 << 20;
constexpr std::size_t kMirrorsMax = 10'000;

/// A path is text where it is UTF-8 and base64 of its bytes where it is not: JSON has no other bytes.
Json json_of(const KnownMirror& mirror) {
  Json line;
  if (is_utf8(mirror.where)) {
    line["where"] = mirror.where;
  } else {
    line["whereBytes"] = to_base64(as_view(mirror.where));
  }
  line["size"] = mirror.size;
  line["held"] = mirror.held;
  line["seen"] = mirror.seen;
  return line;
}

Result<KnownMirror> parse_mirror(std::string_view text) {
  const Error not_a_mirror(Code::corrupt, std::string(kMirrorsFile) + " has a line that is not a mirror's");
  const Json line = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  const auto is_text = [&](const char* key) { return line.contains(key) && line[key].is_string(); };
  const auto is_number = [&](const char* key) { return line.contains(key) && line[key].is_number_unsigned(); };
  if (!line.is_object() || !is_number("size") || !is_number("held") || !is_text("seen")) return not_a_mirror;
  KnownMirror mirror{.where = {}, .size = line["size"], .held = line["held"], .seen = line["seen"]};
  if (is_text("where")) {
    mirror.where = line["where"].get<std::string>();
  } else if (is_text("whereBytes")) {
    TRY_ASSIGN(const Bytes where, from_base64(line["whereBytes"].get<std::string>()));
    mirror.where = as_text(where);
  } else {
    return not_a_mirror;
  }
  return mirror;
}

Result<void> write_mirrors(Fs& fs, const std::string& root, const std::vector<KnownMirror>& mirrors) {
  std::string text;
  for (const KnownMirror& known : mirrors) text += json_of(known).dump() + "\n";
  return replace_durably(fs, join(root, kMirrorsFile), as_view(text));
}

}  // namespace

Result<std::vector<KnownMirror>> read_mirrors(Fs& fs, const std::string& root) {
  TRY_ASSIGN(auto mirrors,
             read_records<KnownMirror>(fs, join(root, kMirrorsFile), kMirrorsBytesMax, kMirrorsMax, parse_mirror));
  std::ranges::sort(mirrors, {}, &KnownMirror::where);
  return mirrors;
}

Result<void> remember_mirror(Fs& fs, const std::string& root, const KnownMirror& mirror) {
  TRY(make_folders(fs, join(root, "home")));
  TRY_ASSIGN(const auto lock, fs.lock(join(root, "home/mirrors.lock")));
  TRY_ASSIGN(auto mirrors, read_mirrors(fs, root));
  const auto found = std::ranges::find(mirrors, mirror.where, &KnownMirror::where);
  if (found == mirrors.end()) {
    mirrors.push_back(mirror);
  } else {
    const std::uint64_t largest = std::max(found->size, mirror.size);
    *found = mirror;
    found->size = largest;
  }
  return write_mirrors(fs, root, mirrors);
}

Result<void> forget_mirror(Fs& fs, const std::string& root, const std::string& where) {
  TRY(make_folders(fs, join(root, "home")));
  TRY_ASSIGN(const auto lock, fs.lock(join(root, "home/mirrors.lock")));
  TRY_ASSIGN(auto mirrors, read_mirrors(fs, root));
  if (std::erase_if(mirrors, [&](const KnownMirror& mirror) { return mirror.where == where; }) == 0) return {};
  return write_mirrors(fs, root, mirrors);
}

std::map<std::string, std::uint64_t> last_seen_sizes(const std::vector<KnownMirror>& mirrors) {
  std::map<std::string, std::uint64_t> sizes;
  for (const KnownMirror& mirror : mirrors) sizes.emplace(mirror.where, mirror.size);
  return sizes;
}

}  // namespace muniment
