// Any bytes as a receipt: what parses is written back to the same bytes, and its sizes add up.
#include "archive/receipt.h"
#include "base/bytes.h"

namespace muniment {
namespace {

void check(std::string_view text) {
  const auto receipt = parse_receipt(text);
  if (!receipt) {
    MUNIMENT_CHECK(receipt.error().code() == Code::corrupt || receipt.error().code() == Code::limit);
    return;
  }
  MUNIMENT_CHECK(render_receipt(*receipt) == text);
  MUNIMENT_CHECK(receipt->parts >= 1 && receipt->parts <= kPartsMax);
  const std::uint64_t last = part_size(*receipt, receipt->parts - 1);
  MUNIMENT_CHECK(last >= 1 && last <= kPartBytes);
  MUNIMENT_CHECK((receipt->parts - 1) * kPartBytes + last == receipt->bytes);
}

}  // namespace
}  // namespace muniment

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  muniment::check(muniment::as_text({data, size}));
  return 0;
}
