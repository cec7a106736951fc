// Any text as a file of credentials: what is understood is "KEY:SECRET" with nothing that ends a header.
#include "store/s3_credentials.h"

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto all = muniment::parse_s3_credentials(muniment::as_text({data, size}));
  if (!all) {
    const muniment::Code code = all.error().code();
    MUNIMENT_CHECK(code == muniment::Code::corrupt || code == muniment::Code::limit);
    return 0;
  }
  for (const muniment::S3Credentials& one : *all) {
    const std::string_view pair = one.pair.expose_text();
    const std::size_t colon = pair.find(':');
    MUNIMENT_CHECK(colon != std::string_view::npos && colon > 0 && pair.size() - colon > 1);
    MUNIMENT_CHECK(std::ranges::all_of(pair, [](char c) { return c > ' ' && c <= '~'; }));
    MUNIMENT_CHECK(one.address.empty() || muniment::S3Address::parse(one.address).has_value());
  }
  return 0;
}
