// Any bytes as the line of a holder: what parses is written in one form, and read from that as the same holder.
#include "archive/holder_line.h"
#include "base/bytes.h"

namespace muniment {
namespace {

void check(std::string_view text) {
  const auto holder = parse_holder_line(text);
  if (!holder) {
    MUNIMENT_CHECK(holder.error().code() == Code::corrupt || holder.error().code() == Code::unsupported);
    return;
  }
  MUNIMENT_CHECK(check_pseudonym(holder->pseudonym()).has_value());
  const auto again = parse_holder_line(render_holder_line(*holder));
  MUNIMENT_CHECK(again.has_value() && *again == *holder);
}

}  // namespace
}  // namespace muniment

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  muniment::check(muniment::as_text({data, size}));
  return 0;
}
