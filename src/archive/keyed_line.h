// Lines "key value" of the texts that people sign.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace muniment {

/// What stands behind `key`, which ends in a space, in a line of `text`: "the card". A view of `line`.
/// Errors: `corrupt` for another line; the sentence names text and key.
inline Result<std::string_view> value_of(std::string_view line, std::string_view key, std::string_view text) {
  if (line.starts_with(key)) return line.substr(key.size());
  return Error(Code::corrupt, std::string(text) + " lacks its line \"" + std::string(key) + "\"");
}

}  // namespace muniment
