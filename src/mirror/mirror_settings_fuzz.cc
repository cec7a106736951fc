// The bytes as a mirror's settings: what is taken for them is written as render_mirror_settings writes them.
#include "mirror/mirror_settings.h"

namespace muniment {
namespace {

void check(std::string_view bytes) {
  const auto parsed = parse_mirror_settings(bytes);
  if (parsed) {
    MUNIMENT_CHECK(render_mirror_settings(*parsed) == bytes && !parsed->from.empty());
    return;
  }
  const Code code = parsed.error().code();
  MUNIMENT_CHECK(code == Code::corrupt || code == Code::limit);
}

}  // namespace
}  // namespace muniment

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  muniment::check(muniment::as_text({data, size}));
  return 0;
}
