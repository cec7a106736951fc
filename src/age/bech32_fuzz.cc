// A key that parses is the canonical text of its parts.
#include "age/bech32.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace muniment;
  const std::string text(as_text({data, size}));
  const auto parsed = age::parse_bech32(text);
  if (!parsed) {
    MUNIMENT_CHECK(parsed.error().code() == Code::corrupt);
    return 0;
  }
  std::string lower = text;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  MUNIMENT_CHECK(age::render_bech32(parsed->prefix, parsed->data.expose()).expose_text() == lower);
  return 0;
}
