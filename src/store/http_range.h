// Ranges of bytes in requests and answers. Spec: RFC 9110 section 14.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace muniment {

struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;  // the last byte itself, not the one after it
  std::uint64_t size() const { return last - first + 1; }
};

struct ContentRange {
  ByteRange range;
  std::optional<std::uint64_t> total;  // the size of the whole, where the server says it
};

/// "bytes 0-99/1234", "bytes 0-99/*". Errors: `corrupt`.
Result<ContentRange> parse_content_range(std::string_view text);

/// What a request's "bytes=…" asks of something that has `size` bytes; empty where the whole is to be given: another
/// unit, several ranges, nonsense. Errors: `limit` when nothing of it is there (status 416).
Result<std::optional<ByteRange>> parse_range_request(std::string_view text, std::uint64_t size);

}  // namespace muniment
