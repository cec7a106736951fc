// The bytes as a mirror's notice, and as the text of one that a key signs here: what is taken for one is written as
// make_mirror_notice writes it.
#include "archive/archive_testing.h"
#include "archive/mirror_notice.h"

namespace muniment {
namespace {

void check_note(std::string_view note, const Sha256& archive, const SignerKey& mirror) {
  const auto parsed = parse_mirror_notice(note, archive);
  if (!parsed) {
    const Code code = parsed.error().code();
    MUNIMENT_CHECK(code == Code::corrupt || code == Code::forged || code == Code::limit || code == Code::unsupported);
    return;
  }
  MUNIMENT_CHECK(parsed->archive == archive);
  if (parsed->key != mirror.verifier()) return;
  const auto again = make_mirror_notice(*parsed, mirror);
  MUNIMENT_CHECK(again.has_value() && parse_note(again->expose_text())->text == parse_note(note)->text);
}

void check(std::string_view bytes) {
  static const SignerKey kMirror = signer_of("mirror-oak", 0x22);
  static const Sha256 kArchive = sha256(as_view(std::string_view("an archive of nobody")));
  check_note(bytes, kArchive, kMirror);
  if (!check_note_text(bytes)) return;
  const SignerKey* const signers[] = {&kMirror};
  check_note(sign_note(bytes, signers), kArchive, kMirror);
}

}  // namespace
}  // namespace muniment

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  muniment::check(muniment::as_text({data, size}));
  return 0;
}
