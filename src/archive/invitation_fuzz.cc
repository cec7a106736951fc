// The bytes as an invitation, and as the text of one that somebody signs here: what is taken for one is written as
// make_invitation writes it.
#include "archive/archive_testing.h"
#include "archive/invitation.h"
#include "archive/mirror_list.h"

namespace muniment {
namespace {

void check_note(std::string_view note, const SignerKey& custodian) {
  const auto parsed = parse_invitation(note);
  if (!parsed) {
    const Code code = parsed.error().code();
    MUNIMENT_CHECK(code == Code::corrupt || code == Code::limit);
    return;
  }
  MUNIMENT_CHECK(!parsed->from.empty() && (parsed->may_hold_all || !parsed->parts.empty()));
  for (const std::string& address : parsed->from) MUNIMENT_CHECK(check_mirror_address(address).has_value());
  if (note.size() > kInvitationBytesMax / 2) return;  // with another signature it could be too long
  const auto again = make_invitation(*parsed, custodian);
  MUNIMENT_CHECK(again.has_value() && parse_note(*again)->text == parse_note(note)->text);
}

void check(std::string_view bytes) {
  static const SignerKey kCustodian = signer_of("custodian-1", 0x11);
  check_note(bytes, kCustodian);
  if (!check_note_text(bytes) || bytes.size() > kInvitationBytesMax / 2) return;
  const SignerKey* const signers[] = {&kCustodian};
  check_note(sign_note(bytes, signers), kCustodian);
}

}  // namespace
}  // namespace muniment

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  muniment::check(muniment::as_text({data, size}));
  return 0;
}
