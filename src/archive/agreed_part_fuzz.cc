// The bytes as an agreed part, and as the text of one that a custodian of the charter signs here: what is taken for one
// is written as make_agreed_part writes it.
#include "archive/agreed_part.h"
#include "archive/archive_testing.h"

namespace muniment {
namespace {

void check_note(std::string_view note, const Sha256& archive, const Charter& charter, const SignerKey& custodian) {
  const auto part = parse_agreed_part(note, archive, charter);
  if (!part) {
    const Code code = part.error().code();
    MUNIMENT_CHECK(code == Code::corrupt || code == Code::forged || code == Code::limit);
    return;
  }
  MUNIMENT_CHECK(part->archive == archive);
  if (part->to && *part->to <= part->from) return;  // agrees to nothing, which is harmless to read
  const auto again = make_agreed_part(*part, custodian);
  MUNIMENT_CHECK(again.has_value());
  MUNIMENT_CHECK(parse_note(*again)->text == parse_note(note)->text);
}

void check(std::string_view bytes) {
  static const SignerKey kCustodian = signer_of("custodian-1", 0x11);
  static const Sha256 kArchive = sha256(as_view(std::string_view("an archive of nobody")));
  Charter charter;
  charter.custodians = {{.recipient = "", .key = kCustodian.verifier()}};
  check_note(bytes, kArchive, charter, kCustodian);
  if (!check_note_text(bytes)) return;
  const SignerKey* const signers[] = {&kCustodian};
  check_note(sign_note(bytes, signers), kArchive, charter, kCustodian);
}

}  // namespace
}  // namespace muniment

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  muniment::check(muniment::as_text({data, size}));
  return 0;
}
