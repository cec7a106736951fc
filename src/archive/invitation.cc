#include "archive/invitation.h"

#include <algorithm>

#include "archive/agreed_part.h"
#include "archive/keyed_line.h"
#include "archive/mirror_list.h"
#include "base/clock.h"
#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::string_view kInvitationFirstLine = "muniment/invitation/v1";
constexpr std::string_view kInvitationText = "the invitation";
constexpr std::size_t kFrontLines = 6;  // before the addresses
constexpr std::size_t kLinesMax = kFrontLines + 2 * kInvitationAddressesMax + kInvitationPartsMax;

std::string render_text(const Invitation& invitation) {
  std::string text(kInvitationFirstLine);
  text += "\narchive " + invitation.archive.hex();
  text += "\nwords " + id_words(invitation.archive);
  text += "\nrole " + invitation.role;
  text += "\nexpires " + invitation.expires;
  text += std::string("\nhold ") + (invitation.may_hold_all ? "all" : "part") + "\n";
  for (const std::string& address : invitation.from) text += "from " + address + "\n";
  for (const Token& token : invitation.tokens)
    text += "read " + std::string(token.text.expose_text()) + " " + token.address + "\n";
  for (const std::string& part : invitation.parts) text += "part " + to_base64(as_view(part)) + "\n";
  return text;
}

/// One line "read TOKEN ADDRESS".
Result<void> add_token(Invitation& invitation, std::string_view line) {
  const Error damaged(Code::corrupt,
                      "the invitation has a line \"read \" that is not a token and one of its addresses");
  auto tokens = parse_tokens(std::string(line) + "\n");
  if (!tokens || tokens->size() != 1) return damaged;
  Token& token = tokens->front();
  const bool is_known = std::ranges::find(invitation.from, token.address) != invitation.from.end();
  if (!is_known || token_for(invitation.tokens, Token::Right::read, token.address) != nullptr) return damaged;
  invitation.tokens.push_back(std::move(token));
  return {};
}

/// What can be seen without any charter.
Result<void> check_invitation(const Invitation& invitation) {
  TRY(check_mirror_role(invitation.role));
  TRY(parse_date(invitation.expires));
  if (invitation.from.empty()) return Error(Code::invalid, "the invitation names no copy to pull from");
  if (invitation.from.size() > kInvitationAddressesMax || invitation.parts.size() > kInvitationPartsMax)
    return Error(Code::invalid, "the invitation has more than " + std::to_string(kInvitationAddressesMax) +
                                    " addresses, or more than " + std::to_string(kInvitationPartsMax) + " parts");
  for (const std::string& address : invitation.from) TRY(check_mirror_address(address));
  if (!invitation.may_hold_all && invitation.parts.empty())
    return Error(Code::invalid, "the invitation allows to hold neither all nor a part");
  return {};
}

Result<Invitation> parse_invitation_lines(std::string_view note_text) {
  TRY_ASSIGN(const auto lines, split_lines(note_text, kLinesMax));
  if (lines.size() <= kFrontLines || lines[0] != kInvitationFirstLine)
    return Error(Code::corrupt, "not an invitation of this version");
  Invitation invitation;
  TRY_ASSIGN(const auto archive, value_of(lines[1], "archive ", kInvitationText));
  TRY_ASSIGN(invitation.archive, parse_sha256(archive));
  TRY_ASSIGN(invitation.role, value_of(lines[3], "role ", kInvitationText));
  TRY_ASSIGN(invitation.expires, value_of(lines[4], "expires ", kInvitationText));
  invitation.may_hold_all = lines[5] == "hold all";
  for (std::size_t i = kFrontLines; i < lines.size(); ++i) {
    if (lines[i].starts_with("from ")) {
      invitation.from.emplace_back(lines[i].substr(5));
    } else if (lines[i].starts_with("read ")) {
      TRY(add_token(invitation, lines[i]));
    } else {
      TRY_ASSIGN(const auto encoded, value_of(lines[i], "part ", kInvitationText));
      TRY_ASSIGN(const Bytes part, from_base64(encoded));
      invitation.parts.emplace_back(as_text(part));
    }
  }
  return invitation;
}

Result<Note> parse_own_note(std::string_view text) {
  return parse_note(text, {.bytes_max = kInvitationBytesMax, .signatures_max = 16});
}

}  // namespace

Result<std::string> make_invitation(const Invitation& invitation, const SignerKey& custodian) {
  TRY(check_invitation(invitation));
  const SignerKey* const signers[] = {&custodian};
  std::string note = sign_note(render_text(invitation), signers);
  if (const auto parsed = parse_invitation(note); !parsed)  // what nobody could read is not made
    return Error(Code::invalid, parsed.error().sentence());
  return note;
}

Result<Invitation> parse_invitation(std::string_view text) {
  TRY_ASSIGN(const Note note, parse_own_note(text));
  TRY_ASSIGN(Invitation invitation, parse_invitation_lines(note.text));
  if (const auto checked = check_invitation(invitation); !checked)
    return Error(Code::corrupt, checked.error().sentence());
  if (render_text(invitation) != note.text)
    return Error(Code::corrupt, "the invitation is not written as invitations are: it has been altered");
  return invitation;
}

Result<void> check_invitation(std::string_view text, const FoundCharter& charters) {
  TRY_ASSIGN(const Note note, parse_own_note(text));
  TRY_ASSIGN(const Invitation invitation, parse_invitation(text));
  const Error altered(
      Code::forged,
      "the invitation is signed by nobody who is a custodian of this archive now: do not use it, and ask "
      "for a new one");
  if (invitation.archive != charters.id) return altered;
  if (!verify_note(note, charters.charter.custodian_keys())) return altered;
  for (const std::string& part : invitation.parts) {
    if (!parse_agreed_part(part, charters.id, charters.charter)) return altered;
  }
  return {};
}

Result<void> check_not_expired(const Invitation& invitation, std::int64_t now_s) {
  return check_day(invitation.expires, now_s, kInvitationText);
}

}  // namespace muniment
