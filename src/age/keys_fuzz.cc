// Key files and recipients: what parses is written again as the same text, and no error repeats a secret.
#include "age/keys.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "age/hybrid.h"

namespace {

using namespace muniment;

void check_recipient(std::string_view text) {
  const auto recipient = age::parse_recipient(text);
  if (recipient) {
    MUNIMENT_CHECK((*recipient)->text() == text);
  } else {
    const Code code = recipient.error().code();
    MUNIMENT_CHECK(code == Code::corrupt || code == Code::unsupported);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text({data, size});
  check_recipient(text);
  const auto identities = age::parse_key_file(text);
  if (!identities) {
    const Code code = identities.error().code();
    MUNIMENT_CHECK(code == Code::corrupt || code == Code::unsupported || code == Code::limit);
    MUNIMENT_CHECK(identities.error().sentence().size() < 300);  // a few words, not the file
    return 0;
  }
  for (const auto& identity : *identities) {
    const auto* classic = dynamic_cast<const age::X25519Identity*>(identity.get());
    const auto* hybrid = dynamic_cast<const age::HybridIdentity*>(identity.get());
    MUNIMENT_CHECK(classic != nullptr || hybrid != nullptr);
    const SecretBytes written = classic != nullptr ? classic->text() : hybrid->text();
    MUNIMENT_CHECK(text.find(written.expose_text()) != std::string_view::npos);
    if (classic != nullptr) check_recipient(classic->recipient().text());
  }
  return 0;
}
