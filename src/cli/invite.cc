// muniment mirror invite and mirror receive: a custodian asks a volunteer to hold a copy, and hears of it.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "archive/agreed_part.h"
#include "archive/invitation.h"
#include "archive/mirror_notice.h"
#include "base/clock.h"
#include "base/encoding.h"
#include "base/secret_text.h"
#include "cli/orders.h"
#include "cli/volunteer.h"
#include "mirror/registry.h"
#include "mirror/volunteers.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kGiB = std::uint64_t{1} << 30;

std::vector<std::uint64_t> usual_quotas() {
  return {10 * kGiB, 50 * kGiB, 100 * kGiB, 200 * kGiB, 500 * kGiB, 1024 * kGiB, 2048 * kGiB, 4096 * kGiB, 8192 * kGiB};
}

struct Invited {
  Invitation invitation;
  std::vector<std::uint64_t> sizes;
};

Result<Invited> invite(const InviteArguments& arguments, Context& context) {
  TRY_ASSIGN(const OrderDesk desk, open_copy(context, arguments.archive, arguments.key_file, arguments.id));
  TRY_ASSIGN(const auto* tokens, tokens_of(context));
  Invited made;
  Invitation& invitation = made.invitation;
  invitation.archive = desk.view.id;
  invitation.role = arguments.role;
  invitation.expires = to_date(context.doors.clock.now_s() + std::int64_t{arguments.days} * kDayS);
  // Whole is who holds from the first entry on, with all that opens deposits.
  invitation.may_hold_all = arguments.from_entry == 0 && !arguments.without_seals && arguments.quotas.empty();
  for (std::string address : arguments.from) {
    while (address.ends_with('/')) address.pop_back();
    if (const Token* token = token_for(*tokens, Token::Right::read, address); token != nullptr)
      invitation.tokens.push_back({Token::Right::read, SecretBytes::copy_of(token->text.expose()), address});
    invitation.from.push_back(std::move(address));
  }
  made.sizes = arguments.quotas.empty() ? usual_quotas() : arguments.quotas;
  std::ranges::sort(made.sizes);
  for (const std::uint64_t size : made.sizes) {
    const AgreedPart part{.archive = desk.view.id,
                          .from = arguments.from_entry,
                          .bytes_max = size,
                          .with_seals = !arguments.without_seals};
    TRY_ASSIGN(std::string text, make_agreed_part(part, desk.holder.signer()));
    invitation.parts.push_back(std::move(text));
  }
  TRY_ASSIGN(const std::string text, make_invitation(invitation, desk.holder.signer()));
  TRY(check_invitation(text, desk.view.chain));  // one who is no custodian invites nobody
  const PrivateFiles only_for_me;
  TRY(create_durably(context.doors.fs, arguments.output, as_view(text)));
  return made;
}

/// A line "read TOKEN ADDRESS" more in the custodian's file of tokens, in place of an older one for the address.
Result<void> keep_token(const MirrorNotice& notice, const std::string& path, Context& context) {
  constexpr std::uint64_t kTokenFileBytesMax = 1 << 20;
  auto before = read_file(context.doors.fs, path, kTokenFileBytesMax);
  if (!before && before.error().code() == Code::not_found) before = Bytes();
  if (!before) return before.error();
  SecretText text(2 * kTokenFileBytesMax);
  for (const std::string_view line : split(as_text(*before), '\n')) {
    const auto words = split(line, ' ');
    const bool is_replaced = words.size() == 3 && words[0] == "read" && words[2] == notice.address;
    if (line.empty() || is_replaced) continue;
    text.add(line);
    text.add("\n");
  }
  wipe(*before);
  text.add("read ");
  text.add(notice.read_token.expose_text());
  text.add(" " + notice.address + "\n");
  const PrivateFiles only_for_me;
  return replace_durably(context.doors.fs, path, as_view(text.expose_text()));
}

struct Received {
  MirrorNotice notice;
  Volunteer volunteer;
  bool token_kept = false;
};

Result<Received> receive(const ReceiveArguments& arguments, Context& context) {
  TRY_ASSIGN(const auto pin, parse_pin(arguments.id));
  TRY_ASSIGN(const auto place, open_place(context, arguments.archive));
  TRY_ASSIGN(const std::string root, place->own_root());
  TRY_ASSIGN(const FoundCharter charter, read_charter(place->store(), pin));
  TRY_ASSIGN(const Bytes bytes, read_file(context.doors.fs, arguments.notice, kMirrorNoticeBytesMax));
  Received received;
  TRY_ASSIGN(received.notice, parse_mirror_notice(as_text(bytes), charter.id));
  const MirrorNotice& notice = received.notice;
  TRY_ASSIGN(received.volunteer, note_volunteer(context.doors.fs, root, notice));
  if (notice.has_left) {
    const std::string& where = received.volunteer.address;
    if (!where.empty()) TRY(forget_mirror(context.doors.fs, root, where));
    return received;
  }
  if (notice.address.empty()) return received;
  TRY(remember_mirror(context.doors.fs, root, {.where = notice.address, .size = 0, .held = 0, .seen = ""}));
  if (!notice.read_token.empty() && context.token_file) {
    TRY(keep_token(notice, *context.token_file, context));
    received.token_kept = true;
  }
  return received;
}

void tell_of_received(const Received& received, const std::string& archive, Output& out) {
  const MirrorNotice& notice = received.notice;
  const std::string name = notice.key.name + (notice.address.empty() ? "" : " at " + notice.address);
  out.line("Signed by " + notice.key.text() + ".");
  if (notice.has_left) {
    out.line("The mirror " + name + " left on " + notice.date + ". It is not asked any more.");
    out.line("Next: see what is left    muniment mirror audit " + archive);
    return;
  }
  out.line("The mirror " + name + " joined on " + notice.date + " and holds " +
           (notice.bytes_max ? "at most " + human_size(*notice.bytes_max) + " of deposits." : "everything."));
  if (notice.address.empty())
    return out.line("Nobody comes to it: it only fetches. Ask its people now and then how it is.");
  if (received.token_kept) out.line("Its token for reading was added to the file of --token-file.");
  if (!received.token_kept && !notice.read_token.empty())
    out.line(
        "Its token for reading was not kept: run this again with --token-file FILE, else it cannot be read whole.");
  out.line("Next: see whether it answers, and in some days what it holds    muniment mirror status " + archive +
           "; muniment mirror audit " + archive);
}

}  // namespace

Status run_mirror_invite(const InviteArguments& arguments, Context& context) {
  const auto made = invite(arguments, context);
  if (!made) return fail(context, made.error());
  const Invitation& invitation = made->invitation;
  Output& out = context.output;
  std::string sizes;
  for (const std::uint64_t size : made->sizes) sizes += (sizes.empty() ? "" : ", ") + human_size(size);
  out.line("Wrote the invitation " + arguments.output + ", good until " + invitation.expires + ". It opens nothing; " +
           (invitation.tokens.empty() ? "it says where copies are"
                                      : "it says where copies are, and lets whoever has it fetch all that is sealed") +
           ": hand it over as carefully as you would the address.");
  out.line("Whoever takes it may hold " + std::string(invitation.may_hold_all ? "all, or " : "") + "parts of " + sizes +
           (arguments.without_seals ? ", without what opens deposits." : "."));
  for (const std::string& address : invitation.from) {
    const bool has_token = token_for(invitation.tokens, Token::Right::read, address) != nullptr;
    if (!has_token && !arguments.without_seals)
      out.note("There is no token for reading at " + address +
               ": what opens deposits cannot be fetched there (--token-file, or --without-seals).");
  }
  out.line("Compare these words with the volunteer, by voice or on paper:");
  out.line("");
  out.line("    " + id_words(invitation.archive));
  out.line("");
  out.line("Next: on the volunteer's machine    muniment mirror join " + arguments.output + " FOLDER");
  out.line("and when the notice comes back      muniment mirror receive " + arguments.archive + " notice.txt");
  out.document({{"archive", invitation.archive.hex()},
                {"words", id_words(invitation.archive)},
                {"output", arguments.output},
                {"role", invitation.role},
                {"expires", invitation.expires},
                {"from", invitation.from},
                {"tokens", invitation.tokens.size()},
                {"mayHoldAll", invitation.may_hold_all},
                {"parts", made->sizes}});
  return Status::done;
}

Status run_mirror_receive(const ReceiveArguments& arguments, Context& context) {
  const auto received = receive(arguments, context);
  if (!received) return fail(context, received.error());
  tell_of_received(*received, arguments.archive, context.output);
  const MirrorNotice& notice = received->notice;
  context.output.document({{"mirror", notice.has_left ? "left" : "joined"},
                           {"date", notice.date},
                           {"role", notice.role},
                           {"address", notice.address.empty() ? Json() : Json(notice.address)},
                           {"holdsAtMost", notice.bytes_max ? Json(*notice.bytes_max) : Json()},
                           {"key", notice.key.text()},
                           {"tokenKept", received->token_kept}});
  return Status::done;
}

}  // namespace muniment::cli
