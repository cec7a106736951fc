// The bytes as a charter, and as the text of one that the custodian of the corpus signs here: what parses is exactly
// what this program writes.
#include "archive/archive_testing.h"
#include "archive/charter_reader.h"

namespace muniment {
namespace {

void check_note(std::string_view note) {
  const auto charter = parse_charter(note);
  if (!charter) {
    const Code code = charter.error().code();
    MUNIMENT_CHECK(code == Code::corrupt || code == Code::forged || code == Code::limit || code == Code::unsupported);
    return;
  }
  MUNIMENT_CHECK(note.starts_with(render_charter(*charter) + "\n"));
  MUNIMENT_CHECK(!charter->custodians.empty() && !charter->compartments.empty());
  MUNIMENT_CHECK(charter->log().origin == charter->log_keys.front().key.name);
  for (const Compartment& compartment : charter->compartments) {
    MUNIMENT_CHECK(charter->find_compartment(compartment.name) == &compartment);
    for (const std::string& opener : compartment.openers)
      keyring_name(charter->version, compartment.name, opener);  // aborts on a bad name
  }
  for (const LoggedObject& object : charter->objects) {
    const auto file = parse_keyring_name(object.name);
    if (!file) continue;
    MUNIMENT_CHECK(file->version <= charter->version);
    MUNIMENT_CHECK(keyring_name(file->version, file->compartment, file->opener) == object.name);
  }
}

void check(std::string_view bytes) {
  check_note(bytes);
  if (!check_note_text(bytes)) return;
  static const SignerKey kCustodian = signer_of("custodian-1", 0x11);
  const SignerKey* const signers[] = {&kCustodian};
  check_note(sign_note(bytes, signers));
}

}  // namespace
}  // namespace muniment

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  muniment::check(muniment::as_text({data, size}));
  return 0;
}
