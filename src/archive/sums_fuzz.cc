// The first byte says how many parts there should be, the rest is a SHA256SUMS: what parses is written back to the
// same bytes, so no line of it can name anything but the parts in their order.
#include "archive/receipt.h"
#include "base/bytes.h"

namespace muniment {
namespace {

void check(std::uint8_t parts, std::string_view text) {
  const auto sums = parse_sums(text, parts);
  if (!sums) {
    MUNIMENT_CHECK(sums.error().code() == Code::corrupt || sums.error().code() == Code::limit);
    return;
  }
  MUNIMENT_CHECK(sums->size() == parts);
  MUNIMENT_CHECK(render_sums(*sums) == text);
}

}  // namespace
}  // namespace muniment

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 0) muniment::check(data[0], muniment::as_text({data + 1, size - 1}));
  return 0;
}
