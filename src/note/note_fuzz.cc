// Any bytes as a signed note: what parses is written back to the same bytes, and nothing verifies but the one text
// that the known key has signed (the note is in the corpus).
#include <algorithm>

#include "base/encoding.h"
#include "note/note.h"

namespace muniment {
namespace {

constexpr std::string_view kSignedText = "signed by a key whose seed is 32 times 0x11\n\nand nothing else is\n";

VerifierKey known_key() {
  Secret<32> seed;
  std::ranges::fill(seed.expose_mut(), std::uint8_t{0x11});
  return SignerKey("fuzz.example", std::move(seed)).verifier();
}

std::string render(const Note& note) {
  std::string bytes = note.text + "\n";
  for (const NoteSignature& signature : note.signatures) {
    Bytes signed_bytes(signature.key_id.begin(), signature.key_id.end());
    append(signed_bytes, signature.payload);
    bytes += "— " + signature.name + " " + to_base64(signed_bytes) + "\n";
  }
  return bytes;
}

void check(std::string_view bytes) {
  static const VerifierKey kKeys[] = {known_key()};
  const auto note = parse_note(bytes);
  if (!note) {
    MUNIMENT_CHECK(note.error().code() == Code::corrupt || note.error().code() == Code::limit);
    return;
  }
  MUNIMENT_CHECK(render(*note) == bytes);
  MUNIMENT_CHECK(check_note_text(note->text).has_value());
  const auto signers = verify_note(*note, kKeys);
  MUNIMENT_CHECK(signers ? note->text == kSignedText : signers.error().code() == Code::forged);
}

}  // namespace
}  // namespace muniment

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  muniment::check(muniment::as_text({data, size}));
  return 0;
}
