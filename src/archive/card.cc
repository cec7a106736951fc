#include "archive/card.h"

#include <algorithm>
#include <optional>

#include "archive/keyed_line.h"
#include "base/clock.h"
#include "base/encoding.h"
#include "store/s3_address.h"

namespace muniment {
namespace {

constexpr std::string_view kCardFirstLine = "muniment/card/v1";
constexpr std::string_view kFirstLineWithAddresses = "muniment/card/v2";
constexpr std::size_t kAddressBytesMax = 500;
constexpr std::string_view kCardText = "the card";
constexpr std::size_t kCardFrontLines = 6;  // before the recipients and the charters
constexpr std::size_t kCardLinesMax = 1000;

std::string render_card_text(const Card& card, const FoundCharter& charters) {
  std::string text(card.send.empty() ? kCardFirstLine : kFirstLineWithAddresses);
  text += "\narchive " + card.archive.hex();
  text += "\nwords " + id_words(card.archive);
  text += "\ncompartment " + card.compartment;
  text += "\nexpires " + card.expires;
  text += "\nrecipient " + card.recipient + "\n";
  if (!card.hybrid.empty()) text += "recipient " + card.hybrid + "\n";
  for (const Token& to : card.send) text += "send " + std::string(to.text.expose_text()) + " " + to.address + "\n";
  for (const CharterVersion& version : charters.versions) text += "charter " + to_base64(as_view(version.note)) + "\n";
  return text;
}

/// One line "send TOKEN ADDRESS", behind its first word.
Result<void> add_address(Card& card, std::string_view value) {
  const Error damaged(Code::corrupt, "the card has a line \"send \" that is not a token and an address");
  auto tokens = parse_tokens("deposit " + std::string(value) + "\n");
  if (!tokens || tokens->size() != 1 || !is_card_address(tokens->front().address)) return damaged;
  if (card.send.size() >= kCardAddressesMax) return Error(Code::corrupt, "the card has too many addresses");
  const auto is_same = [&](const Token& other) { return other.address == tokens->front().address; };
  if (std::ranges::any_of(card.send, is_same)) return damaged;
  card.send.push_back(std::move(tokens->front()));
  return {};
}

}  // namespace

bool is_card_address(std::string_view text) {
  const bool has_scheme = text.starts_with("https://") || text.starts_with("http://") || S3Address::parse(text);
  return has_scheme && text.size() <= kAddressBytesMax && !text.ends_with('/') &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

Result<std::string> make_card(const FoundCharter& charters, std::string_view compartment, std::string_view expires,
                              const SignerKey& custodian, const std::vector<Token>& send) {
  TRY(parse_date(expires));
  const Compartment* found = charters.charter.find_compartment(compartment);
  if (found == nullptr)
    return Error(Code::invalid, "the archive has no compartment \"" + std::string(compartment) + "\"");
  if (found->is_closed)
    return Error(Code::invalid, "the compartment \"" + found->name + "\" is closed: nothing new is sealed for it");
  if (send.size() > kCardAddressesMax)
    return Error(Code::invalid, "a card has " + std::to_string(kCardAddressesMax) + " addresses at the most");
  Card card{.archive = charters.id,
            .compartment = found->name,
            .recipient = found->recipient,
            .hybrid = found->hybrid,
            .expires = std::string(expires),
            .charter = charters.charter,
            .send = {}};
  for (const Token& to : send) {
    if (!is_card_address(to.address))
      return Error(Code::invalid,
                   printable(to.address, 200) + " cannot stand on a card: give an https:// or .onion address");
    card.send.push_back({Token::Right::deposit, SecretBytes::copy_of(to.text.expose()), to.address});
  }
  const SignerKey* const signers[] = {&custodian};
  std::string note = sign_note(render_card_text(card, charters), signers);
  TRY(parse_card(note));  // a custodian whom the charter does not name makes no cards
  return note;
}

Result<Card> parse_card(std::string_view text) {
  TRY_ASSIGN(const Note note, parse_note(text, {.bytes_max = kCardBytesMax, .signatures_max = 16}));
  TRY_ASSIGN(const auto lines, split_lines(note.text, kCardLinesMax));
  const bool has_addresses = !lines.empty() && lines[0] == kFirstLineWithAddresses;
  if (lines.size() <= kCardFrontLines || (lines[0] != kCardFirstLine && !has_addresses))
    return Error(Code::corrupt, "not a card of this version");
  Card card;
  TRY_ASSIGN(const auto archive, value_of(lines[1], "archive ", kCardText));
  TRY_ASSIGN(card.archive, parse_sha256(archive));
  TRY_ASSIGN(card.compartment, value_of(lines[3], "compartment ", kCardText));
  TRY_ASSIGN(card.expires, value_of(lines[4], "expires ", kCardText));
  TRY(parse_date(card.expires));
  TRY_ASSIGN(card.recipient, value_of(lines[5], "recipient ", kCardText));

  const Error altered(Code::forged, "the card has been altered or is not of this archive: do not use it");
  std::optional<FoundCharter> charters;
  for (std::size_t i = kCardFrontLines; i < lines.size(); ++i) {
    if (i == kCardFrontLines && lines[i].starts_with("recipient ")) {
      TRY_ASSIGN(card.hybrid, value_of(lines[i], "recipient ", kCardText));
      continue;
    }
    if (has_addresses && !charters && lines[i].starts_with("send ")) {
      TRY(add_address(card, lines[i].substr(5)));
      continue;
    }
    TRY_ASSIGN(const auto encoded, value_of(lines[i], "charter ", kCardText));
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
  if (render_card_text(card, *charters) != note.text) return altered;
  if (!verify_note(note, card.charter.custodian_keys())) return altered;
  return card;
}

Result<void> check_not_expired(const Card& card, std::int64_t now_s) {
  return check_day(card.expires, now_s, kCardText);
}

}  // namespace muniment
