// What waits below incoming/ of a mirror, as it tells holders of a token for reading.
// Spec: docs/formats.md "A copy over HTTP".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace muniment {

inline constexpr std::size_t kArrivalsMax = 10'000;
inline constexpr std::uint64_t kArrivalListBytesMax = 4 << 20;

/// One line for each, the first kArrivalsMax of them.
std::string render_arrivals(const std::vector<std::string>& names);

/// The names of the folders, ascending: of lines as ours are, or of the JSON by which nginx lists a folder (its module
/// autoindex, `autoindex_format json`), where other things than folders, and names that are none of ours, are passed
/// over. Errors: `corrupt` for anything else than names of single folders, each once; `limit`.
Result<std::vector<std::string>> parse_arrivals(std::string_view text);

}  // namespace muniment
