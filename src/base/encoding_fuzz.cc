// Whatever an encoding accepts it writes back as the same bytes: there is no second spelling.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "base/clock.h"
#include "base/encoding.h"

using namespace muniment;

namespace {

void check_bytes(ByteView bytes) {
  MUNIMENT_CHECK(equal(*from_hex(to_hex(bytes)), bytes));
  for (const Padding padding : {Padding::required, Padding::none}) {
    MUNIMENT_CHECK(equal(*from_base64(to_base64(bytes, padding), padding), bytes));
  }
  MUNIMENT_CHECK(equal(*from_base32(to_base32(bytes)), bytes));
}

void check_text(std::string_view text) {
  if (const auto bytes = from_hex(text)) MUNIMENT_CHECK(to_hex(*bytes) == text);
  for (const Padding padding : {Padding::required, Padding::none}) {
    if (const auto bytes = from_base64(text, padding)) MUNIMENT_CHECK(to_base64(*bytes, padding) == text);
  }
  if (const auto bytes = from_base32(text)) MUNIMENT_CHECK(to_base32(*bytes) == text);
  if (const auto number = parse_decimal(text)) MUNIMENT_CHECK(std::to_string(*number) == text);
  if (const auto date = parse_date(text)) MUNIMENT_CHECK(to_date(*date) == text);
  if (const auto time_ns = parse_precise_time(text)) MUNIMENT_CHECK(to_precise_time(*time_ns) == text);
}

void check_shown(std::string_view text) {
  const std::string shown = printable(text, text.size() * 8);
  MUNIMENT_CHECK(is_utf8(shown));
  for (const char c : shown) MUNIMENT_CHECK(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  MUNIMENT_CHECK(printable(shown, shown.size() + 1) == shown);  // what is shown can be shown again
  if (shown == text) MUNIMENT_CHECK(is_utf8(text));
}

void check_lines(std::string_view text) {
  constexpr std::size_t kLinesMax = 16;
  const auto lines = split_lines(text, kLinesMax);
  if (!lines) return;
  MUNIMENT_CHECK(lines->size() <= kLinesMax);
  std::string joined;
  for (const std::string_view line : *lines) joined.append(line).append("\n");
  MUNIMENT_CHECK(joined == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  check_bytes(bytes);
  check_text(as_text(bytes));
  check_shown(as_text(bytes));
  check_lines(as_text(bytes));
  return 0;
}
