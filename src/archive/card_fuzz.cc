// The bytes as a card, and as the text of one that the custodian of the corpus signs here: what is taken for a card
// holds together with the charter in it.
#include "archive/archive_testing.h"
#include "archive/card.h"
#include "base/encoding.h"

namespace muniment {
namespace {

void check_note(std::string_view note) {
  const auto card = parse_card(note);
  if (!card) {
    const Code code = card.error().code();
    MUNIMENT_CHECK(code == Code::corrupt || code == Code::forged || code == Code::limit || code == Code::unsupported ||
                   code == Code::denied);  // a charter in it that too few people have signed
    return;
  }
  const Compartment* compartment = card->charter.find_compartment(card->compartment);
  MUNIMENT_CHECK(compartment != nullptr && compartment->recipient == card->recipient);
  const auto lines = split_lines(note, 2000);
  MUNIMENT_CHECK((*lines)[2] == "words " + id_words(card->archive));
  const auto charter_note = from_base64((*lines)[(card->hybrid.empty() ? 6u : 7u) + card->send.size()].substr(8));
  MUNIMENT_CHECK(charter_note && sha256(*charter_note) == card->archive);
  for (const Token& to : card->send) MUNIMENT_CHECK(to.right == Token::Right::deposit && is_card_address(to.address));
  const auto midnight = parse_date(card->expires);
  MUNIMENT_CHECK(midnight && check_not_expired(*card, *midnight - 1) && !check_not_expired(*card, *midnight));
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
