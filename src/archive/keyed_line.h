// What the texts that people sign share: lines "key value", the order of what they list, the day on which they end.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace muniment {

/// What stands behind `key`, which ends in a space, in a line of `text`: "the card". A view of `line`.
/// Errors: `corrupt` for another line; the sentence names text and key.
inline Result<std::string_view> value_of(std::string_view line, std::string_view key, std::string_view text) {
  if (line.starts_with(key)) return line.substr(key.size());
  return Error(Code::corrupt, std::string(text) + " lacks its line \"" + std::string(key) + "\"");
}

/// Sorted, each once.
template <typename T>
bool is_ascending(const std::vector<T>& values) {
  return std::ranges::adjacent_find(values, std::ranges::greater_equal{}) == values.end();
}

/// Errors: `denied` from that day on; the sentence, of "the card", says when and what to do. Those of parse_date.
inline Result<void> check_day(std::string_view expires, std::int64_t now_s, std::string_view text) {
  TRY_ASSIGN(const std::int64_t expires_s, parse_date(expires));
  if (now_s < expires_s) return {};
  return Error(Code::denied, std::string(text) + " expired on " + std::string(expires) + " (this machine says it is " +
                                 to_date(now_s) + "): ask a custodian for a new one");
}

}  // namespace muniment
