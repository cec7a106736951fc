// Any text as a count of what left: what is understood is written again as the same bytes.
#include "base/check.h"
#include "base/encoding.h"
#include "serve/traffic.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace muniment;
  const std::string_view text = as_text({data, size});
  const auto traffic = parse_traffic(text);
  if (!traffic) {
    MUNIMENT_CHECK(traffic.error().code() == Code::corrupt || traffic.error().code() == Code::limit);
    return 0;
  }
  MUNIMENT_CHECK(format_traffic(*traffic) == text);
  return 0;
}
