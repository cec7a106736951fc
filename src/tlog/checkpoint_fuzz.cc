// Any bytes as a checkpoint: what parses starts with its own rendering, and only whole extension lines follow.
#include "tlog/checkpoint.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = muniment::as_text({data, size});
  const auto checkpoint = muniment::tlog::parse_checkpoint(text);
  if (!checkpoint) {
    MUNIMENT_CHECK(checkpoint.error().code() == muniment::Code::corrupt);
    return 0;
  }
  const std::string rendered = muniment::tlog::render_checkpoint(*checkpoint);
  MUNIMENT_CHECK(text.starts_with(rendered));
  MUNIMENT_CHECK(text.ends_with('\n') && text.find("\n\n") == text.npos);
  return 0;
}
