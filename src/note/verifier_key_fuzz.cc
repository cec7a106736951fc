// Any bytes as a verifier key: what parses is written back to the same bytes.
#include "note/note.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = muniment::as_text({data, size});
  const auto key = muniment::parse_verifier_key(text);
  if (key) {
    MUNIMENT_CHECK(key->text() == text);
    MUNIMENT_CHECK(muniment::check_key_name(key->name).has_value());
  } else {
    const muniment::Code code = key.error().code();
    MUNIMENT_CHECK(code == muniment::Code::corrupt || code == muniment::Code::unsupported);
  }
  return 0;
}
