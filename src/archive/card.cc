#include "archive/card.h"

#include <optional>

#include "archive/keyed_line.h"
#include "base/clock.h"
#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::string_view kFirstLine = "muniment/card/v1";
constexpr std::string_view kText = "the card";
constexpr std::size_t kFrontLines = 6;  // before the recipients and the charters
constexpr std::size_t kLinesMax = 1000;

std::string render_text(const Card& card, const FoundCharter& charters) {
  std::string text(kFirstLine);
  text += "\narchive " + card.archive.hex();
  text += "\nwords " + id_words(card.archive);
  text += "\ncompartment " + card.compartment;
  text += "\nexpires " + card.expires;
  text += "\nrecipient " + card.recipient + "\n";
  if (!card.hybrid.empty()) text += "recipient " + card.hybrid + "\n";
  for (const CharterVersion& version : charters.versions) text += "charter " + to_base64(as_view(version.note)) + "\n";
  return text;
}

}  // namespace

Result<std::string> make_card(const FoundCharter& charters, std::string_view compartment, std::string_view expires,
                              const SignerKey& custodian) {
  TRY(parse_date(expires));
  const Compartment* found = charters.charter.find_compartment(compartment);
  if (found == nullptr)
    return Error(Code::invalid, "the archive has no compartment \"" + std::string(compartment) + "\"");
  if (found->is_closed)
    return Error(Code::invalid, "the compartment \"" + found->name + "\" is closed: nothing new is sealed for it");
  const Card card{.archive = charters.id,
                  .compartment = found->name,
                  .recipient = found->recipient,
                  .hybrid = found->hybrid,
                  .expires = std::string(expires),
                  .charter = charters.charter};
  const SignerKey* const signers[] = {&custodian};
  std::string note = sign_note(render_text(card, charters), signers);
  TRY(parse_card(note));  // a custodian whom the charter does not name makes no cards
  return note;
}

Result<Card> parse_card(std::string_view text) {
  TRY_ASSIGN(const Note note, parse_note(text, {.bytes_max = kCardBytesMax, .signatures_max = 16}));
  TRY_ASSIGN(const auto lines, split_lines(note.text, kLinesMax));
  if (lines.size() <= kFrontLines || lines[0] != kFirstLine) return Error(Code::corrupt, "not a card of this version");
  Card card;
  TRY_ASSIGN(const auto archive, value_of(lines[1], "archive ", kText));
  TRY_ASSIGN(card.archive, parse_sha256(archive));
  TRY_ASSIGN(card.compartment, value_of(lines[3], "compartment ", kText));
  TRY_ASSIGN(card.expires, value_of(lines[4], "expires ", kText));
  TRY(parse_date(card.expires));
  TRY_ASSIGN(card.recipient, value_of(lines[5], "recipient ", kText));

  const Error altered(Code::forged, "the card has been altered or is not of this archive: do not use it");
  std::optional<FoundCharter> charters;
  for (std::size_t i = kFrontLines; i < lines.size(); ++i) {
    if (i == kFrontLines && lines[i].starts_with("recipient ")) {
      TRY_ASSIGN(card.hybrid, value_of(lines[i], "recipient ", kText));
      continue;
    }
    TRY_ASSIGN(const auto encoded, value_of(lines[i], "charter ", kText));
    TRY_ASSIGN(const Bytes charter_note, from_base64(encoded));
    if (!charters) {
      if (sha256(charter_note) != card.archive) return altered;
      TRY_ASSIGN(charters, FoundCharter::start(as_text(charter_note)));
    } else {
      TRY(charters->follow(as_text(charter_note)));
    }
  }
  if (!charters) return Error(Code::corrupt, "the card lacks its line \"charter \"");
  card.charter = charters->charter;
  const Compartment* compartment = card.charter.find_compartment(card.compartment);
  if (compartment == nullptr || compartment->recipient != card.recipient || compartment->hybrid != card.hybrid) {
    return altered;
  }
  if (compartment->is_closed) {
    return Error(Code::denied, "the compartment \"" + card.compartment + "\" is closed: ask for a card of another");
  }
  if (render_text(card, *charters) != note.text) return altered;
  if (!verify_note(note, card.charter.custodian_keys())) return altered;
  return card;
}

Result<void> check_not_expired(const Card& card, std::int64_t now_s) {
  TRY_ASSIGN(const std::int64_t expires_s, parse_date(card.expires));
  if (now_s < expires_s) return {};
  return Error(Code::denied, "the card expired on " + card.expires + " (this machine says it is " + to_date(now_s) +
                                 "): ask a custodian for a new one");
}

}  // namespace muniment
