#include "store/arrival_list.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/encoding.h"
#include "store/store.h"

namespace muniment {
namespace {

bool is_folder_name(std::string_view name) {
  return name.find('/') == std::string_view::npos && ObjectName::parse(name).has_value();
}

Result<std::vector<std::string>> names_of_lines(std::string_view text) {
  TRY_ASSIGN(const auto lines, split_lines(text, kArrivalsMax));
  std::vector<std::string> names;
  for (const std::string_view line : lines) {
    if (!is_folder_name(line))
      return Error(Code::corrupt, "the list of arrivals has a line that is no name of a folder");
    names.emplace_back(line);
  }
  return names;
}

Result<std::vector<std::string>> names_of_nginx(std::string_view text) {
  const auto listed = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!listed.is_array()) return Error(Code::corrupt, "the list of arrivals is no JSON of a folder");
  std::vector<std::string> names;
  for (const auto& each : listed) {
    if (!each.is_object() || each.value("type", nlohmann::json()) != "directory") continue;
    const auto name = each.value("name", nlohmann::json());
    if (!name.is_string() || !is_folder_name(name.get_ref<const std::string&>())) continue;
    names.push_back(name.get<std::string>());
    if (names.size() == kArrivalsMax) break;  // as our own server does; the others come once these are gone
  }
  return names;
}

}  // namespace

std::string render_arrivals(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kArrivalsMax); ++i) text += names[i] + "\n";
  return text;
}

Result<std::vector<std::string>> parse_arrivals(std::string_view text) {
  if (text.empty()) return std::vector<std::string>();
  if (text.size() > kArrivalListBytesMax) return Error(Code::limit, "the list of arrivals is too long");
  TRY_ASSIGN(auto names, text.starts_with('[') ? names_of_nginx(text) : names_of_lines(text));
  std::ranges::sort(names);
  if (std::ranges::adjacent_find(names) != names.end())
    return Error(Code::corrupt, "the list of arrivals has one name twice");
  return names;
}

}  // namespace muniment
