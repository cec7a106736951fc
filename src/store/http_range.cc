#include "store/http_range.h"

#include <algorithm>

#include "base/encoding.h"

namespace muniment {

Result<ContentRange> parse_content_range(std::string_view text) {
  const Error bad(Code::corrupt, "not a range of bytes: " + printable(text, 100));
  constexpr std::string_view kUnit = "bytes ";
  if (!text.starts_with(kUnit)) return bad;
  text.remove_prefix(kUnit.size());
  const std::size_t slash = text.find('/');
  const std::size_t dash = text.find('-');
  if (slash == std::string_view::npos || dash == std::string_view::npos || dash > slash) return bad;
  const auto first = parse_decimal(text.substr(0, dash));
  const auto last = parse_decimal(text.substr(dash + 1, slash - dash - 1));
  if (!first || !last || *first > *last || *last == UINT64_MAX) return bad;
  ContentRange parsed{{*first, *last}, std::nullopt};
  if (text.substr(slash + 1) == "*") return parsed;
  const auto total = parse_decimal(text.substr(slash + 1));
  if (!total || *total <= *last) return bad;
  parsed.total = *total;
  return parsed;
}

Result<std::optional<ByteRange>> parse_range_request(std::string_view text, std::uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  const std::optional<ByteRange> whole;
  if (!text.starts_with(kUnit)) return whole;
  text.remove_prefix(kUnit.size());
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos || text.find(',') != std::string_view::npos) return whole;
  const Error unsatisfiable(Code::limit, "the range of bytes lies behind the end");
  const auto first = parse_decimal(text.substr(0, dash));
  const auto last = parse_decimal(text.substr(dash + 1));
  const bool has_last = dash + 1 < text.size();
  if (dash == 0) {  // the last so many bytes
    if (!last) return whole;
    if (*last == 0 || size == 0) return unsatisfiable;
    return std::optional(ByteRange{size - std::min(*last, size), size - 1});
  }
  if (!first || (has_last && (!last || *last < *first))) return whole;
  if (*first >= size) return unsatisfiable;
  return std::optional(ByteRange{*first, has_last ? std::min(*last, size - 1) : size - 1});
}

}  // namespace muniment
