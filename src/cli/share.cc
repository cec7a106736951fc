// `muniment share check|repair|send`: what a trustee does with a share. None of it brings shares together.
#include <nlohmann/json.hpp>

#include "age/armor.h"
#include "age/file.h"
#include "archive/charter_chain.h"
#include "base/encoding.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "shares/repair.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

/// Which deal a share is of, as the charters tell.
struct Dealt {
  std::uint64_t set = 0;
  unsigned number = 0;
  std::uint64_t replaced_by = 0;  // the version of the charter that names another set; 0 while it is in force
};

std::optional<Dealt> find_deal(const Share& share, const FoundCharter& charters) {
  std::optional<Dealt> found;
  for (const CharterVersion& version : charters.versions) {
    const auto number = find_commitment(share, version.charter);
    if (number) found = Dealt{version.charter.trustees->set, *number, 0};
    if (!number && found && found->replaced_by == 0) found->replaced_by = version.charter.version;
  }
  return found;
}

Result<FoundCharter> charters_of(const ShareArguments& arguments, Context& context) {
  TRY_ASSIGN(const auto pin, parse_pin(arguments.id));
  TRY_ASSIGN(const auto store, open_store(context, arguments.archive));
  TRY_ASSIGN(FoundCharter charters, read_charter(*store, pin));
  if (!charters.charter.trustees) return Error(Code::not_found, "this archive has no trustees, and so no shares");
  return charters;
}

std::string opened_by_trustees(const Charter& charter) {
  std::string names;
  for (const Compartment& compartment : charter.compartments) {
    if (std::ranges::find(compartment.openers, kTrustees) == compartment.openers.end()) continue;
    names += (names.empty() ? "" : " and ") + compartment.name;
  }
  return names;
}

struct Checked {
  FoundCharter charters;
  Dealt dealt;
};

Result<Checked> check(const ShareArguments& arguments, Context& context) {
  TRY_ASSIGN(FoundCharter charters, charters_of(arguments, context));
  TRY_ASSIGN(const SecretBytes text, ask_share_text(context, "The share to be checked"));
  auto share = parse_share(text);
  if (!share) return share.error().in("this is not a share as it was dealt (muniment share repair may mend it)");
  const auto dealt = find_deal(*share, charters);
  if (!dealt) return Error(Code::forged, "this is a share, and none that was dealt in this archive");
  return Checked{std::move(charters), *dealt};
}

Result<RepairedShare> repair(const ShareArguments& arguments, Context& context) {
  TRY_ASSIGN(const FoundCharter charters, charters_of(arguments, context));
  TRY_ASSIGN(const SecretBytes text, ask_share_text(context, "The share to be repaired; ? for a word that is lost"));
  return repair_share(text, charters.charter.trustees->shares);
}

struct Sent {
  std::string armored;
  std::string voice;
};

Result<Sent> send(const ShareSendArguments& arguments, Context& context) {
  TRY_ASSIGN(const auto recipient, age::parse_recipient(arguments.to));
  TRY_ASSIGN(const std::string voice, voice_words(arguments.to));
  if (!arguments.yes) {
    QuietTerminal terminal;
    if (!terminal.is_usable())
      return Error(Code::denied, "compare the four words by voice first; where that is done, give --yes");
    terminal.say("Call whoever asks for the share, hear that it is the right person, and compare:\n\n    " + voice +
                 "\n\nIf one word differs, somebody stands between you: stop. Are they the same? Type yes: ");
    TRY_ASSIGN(const SecretBytes answer, terminal.read_line(16, /*shown=*/true));
    if (answer.expose_text() != "yes") return Error(Code::denied, "nothing was sealed and nothing was sent");
  }
  TRY_ASSIGN(const SecretBytes text, ask_share_text(context, "The share to be sent"));
  TRY_ASSIGN(const Share share, parse_share(text));
  const SecretBytes words = words_of(share).text();
  const age::Recipient* const recipients[] = {recipient.get()};
  TRY_ASSIGN(const Bytes sealed, age::seal_bytes(words.expose(), recipients, context.doors.random));
  return Sent{age::render_armor(sealed), voice};
}

std::string_view name_of(Slip slip) {
  switch (slip) {
    case Slip::none: return "none";
    case Slip::unreadable: return "unreadable";
    case Slip::misread: return "misread";
    case Slip::exchanged: return "exchanged";
    case Slip::left_out: return "left out";
  }
  panic(__FILE__, __LINE__, "unknown slip");
}

}  // namespace

Status run_share_check(const ShareArguments& arguments, Context& context) {
  const auto checked = check(arguments, context);
  if (!checked) return fail(context, checked.error());
  Output& out = context.output;
  const Charter& charter = checked->charters.charter;
  const Dealt& dealt = checked->dealt;
  const bool in_force = dealt.replaced_by == 0;
  out.line("This is share " + std::to_string(dealt.number) + " of set " + std::to_string(dealt.set) +
           ", word for word as it was dealt.");
  if (in_force) {
    out.line("The set is in force: any " + std::to_string(charter.trustees->threshold) + " of its " +
             std::to_string(charter.trustees->count) + " shares open " + opened_by_trustees(charter) +
             ", and sign for the trustees.");
  } else {
    out.line("The set was replaced by charter/" + std::to_string(dealt.replaced_by) +
             ": it signs nothing any more. Destroy this share; it may still open old copies of the keyring.");
  }
  out.line("Looked at: the charters of this copy, up to charter/" + std::to_string(charter.version) +
           ". A newer deal that this copy has not seen cannot be excluded.");
  out.document({{"archive", checked->charters.id.hex()},
                {"set", dealt.set},
                {"share", dealt.number},
                {"inForce", in_force},
                {"charter", charter.version}});
  return in_force ? Status::done : Status::check_failed;
}

Status run_share_repair(const ShareArguments& arguments, Context& context) {
  const auto repaired = repair(arguments, context);
  if (!repaired) return fail(context, repaired.error());
  Output& out = context.output;
  Json changed = Json::array();
  if (repaired->slip == Slip::none) {
    out.line("Nothing to repair: this is share " + std::to_string(repaired->number) + ", as it was dealt.");
  }
  for (const RepairedWord& word : repaired->changed) {
    out.line("Word " + std::to_string(word.place) + " is:    " + std::string(word.word));
    changed.push_back({{"place", word.place}});  // the word itself is for the eye alone
  }
  if (repaired->slip != Slip::none) {
    out.line("With that it is share " + std::to_string(repaired->number) +
             ", word for word as it was dealt: it meets the commitment in the charter. Mend the page by hand.");
  }
  out.document({{"share", repaired->number}, {"slip", name_of(repaired->slip)}, {"changed", changed}});
  return Status::done;
}

Status run_share_send(const ShareSendArguments& arguments, Context& context) {
  const auto sent = send(arguments, context);
  if (!sent) return fail(context, sent.error());
  Output& out = context.output;
  out.note("Sealed for the one machine whose four words are    " + sent->voice);
  out.note("Send what follows by any way; only that machine opens it, and only until its command ends.");
  out.raw(sent->armored);
  out.document({{"voice", sent->voice}, {"message", sent->armored}});
  return Status::done;
}

}  // namespace muniment::cli
