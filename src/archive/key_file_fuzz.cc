// Any bytes as the text inside a key file: what parses is written in one form, and read from that as the same keys.
#include "archive/charter.h"
#include "archive/key_file.h"

namespace muniment {
namespace {

void check(std::string_view text) {
  const auto keys = HolderKeys::parse(text);
  if (!keys) {
    MUNIMENT_CHECK(keys.error().code() == Code::corrupt);
    return;
  }
  MUNIMENT_CHECK(check_pseudonym(keys->pseudonym()).has_value());
  const SecretBytes written = keys->text();
  const auto again = HolderKeys::parse(written.expose_text());
  MUNIMENT_CHECK(again.has_value());
  MUNIMENT_CHECK(again->pseudonym() == keys->pseudonym());
  MUNIMENT_CHECK(again->signer().verifier() == keys->signer().verifier());
  MUNIMENT_CHECK(equal(again->text().expose(), written.expose()));
  MUNIMENT_CHECK(age::parse_key_file(written.expose_text()).has_value());
}

}  // namespace
}  // namespace muniment

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  muniment::check(muniment::as_text({data, size}));
  return 0;
}
