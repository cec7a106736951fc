#include "store/arrival_list.h"

#include <algorithm>

#include "base/encoding.h"
#include "store/store.h"

namespace muniment {

std::string render_arrivals(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kArrivalsMax); ++i) text += names[i] + "\n";
  return text;
}

Result<std::vector<std::string>> parse_arrivals(std::string_view text) {
  std::vector<std::string> names;
  if (text.empty()) return names;
  if (text.size() > kArrivalListBytesMax) return Error(Code::limit, "the list of arrivals is too long");
  TRY_ASSIGN(const auto lines, split_lines(text, kArrivalsMax));
  for (const std::string_view line : lines) {
    const auto name = ObjectName::parse(line);
    if (!name || line.find('/') != std::string_view::npos)
      return Error(Code::corrupt, "the list of arrivals has a line that is no name of a folder");
    names.emplace_back(line);
  }
  std::ranges::sort(names);
  if (std::ranges::adjacent_find(names) != names.end())
    return Error(Code::corrupt, "the list of arrivals has one name twice");
  return names;
}

}  // namespace muniment
