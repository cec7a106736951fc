// A header that parses is written again byte for byte, but for its MAC.
#include "age/header.h"

#include <cstddef>
#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace muniment;
  const ByteView input(data, size);
  const age::HeaderLimits limits{.bytes_max = 4096, .stanzas_max = 8};
  const auto header = age::parse_header(input, limits);
  if (!header) {
    const Code code = header.error().code();
    MUNIMENT_CHECK(code == Code::corrupt || code == Code::unsupported || code == Code::limit);
    return 0;
  }
  MUNIMENT_CHECK(header->size_bytes <= size && header->size_bytes <= limits.bytes_max);
  MUNIMENT_CHECK(!header->stanzas.empty() && header->stanzas.size() <= limits.stanzas_max);

  const age::FileKey key;
  const std::string written = age::render_header(header->stanzas, key);
  const std::size_t up_to_mac = written.rfind(' ');
  MUNIMENT_CHECK(written.size() == header->size_bytes);
  MUNIMENT_CHECK(as_text(input).substr(0, up_to_mac) == written.substr(0, up_to_mac));
  // The MAC is over all of it: only the written header has that of this key, unless both are the same.
  const bool same = as_text(input.first(header->size_bytes)) == written;
  MUNIMENT_CHECK(age::verify_mac(*header, input, key).has_value() == same);
  return 0;
}
