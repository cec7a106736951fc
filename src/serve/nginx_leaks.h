// What a configuration of nginx gives away about those who come, or lets them do. Spec: docs/formats.md "A copy over
// HTTP".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace muniment {

inline constexpr std::size_t kNginxBytesMax = 4 << 20;

/// One sentence each, with what to do; none where nothing leaks. `text` is what `nginx -T` prints, which has all files
/// that are included. Errors: `corrupt` for what is no configuration, `limit`.
Result<std::vector<std::string>> find_nginx_leaks(std::string_view text);

}  // namespace muniment
