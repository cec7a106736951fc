#include "store/audience.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"

namespace muniment {

Audience audience_of(const ObjectName& name) {
  constexpr std::array kFiles{"README.txt", "checkpoint", "agreed-part", "stick"};
  constexpr std::array kFolders{"reader", "charter", "tile", "deposits", "keyring", "stamps", "cards", "public"};
  const auto parts = split(name.text(), '/');
  const auto is_first = [&](const char* known) { return parts[0] == known; };
  const bool is_known = parts.size() == 1 ? std::any_of(kFiles.begin(), kFiles.end(), is_first)
                                          : std::any_of(kFolders.begin(), kFolders.end(), is_first);
  if (!is_known) return Audience::nobody;
  if (parts[0] == "keyring") return Audience::token_holders;
  if (parts[0] != "deposits") return Audience::everybody;
  const std::string_view file = parts.back();
  const bool is_public = parts.size() == 4 && (file == "receipt" || file == "SHA256SUMS" || file.starts_with("part-"));
  return is_public ? Audience::everybody : Audience::token_holders;
}

bool is_incoming(const ObjectName& name) { return name.text().starts_with("incoming/"); }

bool is_immutable(const ObjectName& name) {
  constexpr std::array<std::string_view, 3> kChanging{"checkpoint", "agreed-part", "stick"};
  return std::ranges::find(kChanging, name.text()) == kChanging.end() && !name.text().starts_with("public/");
}

}  // namespace muniment
