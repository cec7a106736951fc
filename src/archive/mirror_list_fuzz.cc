// The bytes as a list of mirrors, as the text of one that a custodian signs here, and as a custodian's own file of
// addresses: what is taken has addresses of mirrors only.
#include "archive/archive_testing.h"
#include "archive/mirror_list.h"

namespace muniment {
namespace {

void check_list(std::string_view note, const Sha256& archive, const Charter& charter) {
  const auto parsed = parse_mirror_list(note, archive, charter);
  if (!parsed) {
    const Code code = parsed.error().code();
    MUNIMENT_CHECK(code == Code::corrupt || code == Code::forged || code == Code::limit);
    return;
  }
  MUNIMENT_CHECK(parsed->list.archive == archive && !parsed->list.addresses.empty());
  for (const std::string& address : parsed->list.addresses) MUNIMENT_CHECK(check_mirror_address(address).has_value());
}

void check(std::string_view bytes) {
  static const SignerKey kCustodian = signer_of("custodian-1", 0x11);
  static const Sha256 kArchive = sha256(as_view(std::string_view("an archive of nobody")));
  Charter charter;
  charter.custodians = {{.recipient = "", .key = kCustodian.verifier()}};
  check_list(bytes, kArchive, charter);
  const auto addresses = parse_mirror_addresses(bytes);
  for (const MirrorAddress& each : addresses ? *addresses : std::vector<MirrorAddress>{})
    MUNIMENT_CHECK(check_mirror_address(each.address).has_value());
  if (!check_note_text(bytes)) return;
  const SignerKey* const signers[] = {&kCustodian};
  check_list(sign_note(bytes, signers), kArchive, charter);
}

}  // namespace
}  // namespace muniment

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  muniment::check(muniment::as_text({data, size}));
  return 0;
}
