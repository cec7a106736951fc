// Reading and signing what somebody proposed: at the home, or on another machine with a file that travels.
#include <nlohmann/json.hpp>

#include "archive/home.h"
#include "archive/keyring.h"
#include "archive/reseal.h"
#include "base/encoding.h"
#include "cli/authority_commands.h"
#include "cli/orders.h"
#include "cli/share_desk.h"
#include "cli/terminal.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kIdDigitsMin = 8;

/// The archive as the signer sees it.
struct Desk {
  std::unique_ptr<Place> place;
  std::string own_root;  // of the place
  ArchiveView view;
  bool at_home = false;
};

Result<Desk> sit_down(const ApproveArguments& arguments, Context& context) {
  TRY_ASSIGN(const auto pin, parse_pin(arguments.id));
  TRY_ASSIGN(auto place, open_place(context, arguments.archive));
  TRY_ASSIGN(std::string own_root, place->own_root());
  TRY_ASSIGN(ArchiveView view, view_archive(place->store(), pin));
  TRY_ASSIGN(const bool at_home, is_home(*place, view.charter));
  return Desk{std::move(place), std::move(own_root), std::move(view), at_home};
}

/// The one that waits here under the id, or else what lies in the file.
Result<Proposal> choose(const std::string& named, const Desk& desk, Context& context) {
  std::vector<std::string> passed_over;
  TRY_ASSIGN(auto waiting, list_proposals(context.doors.fs, desk.own_root, desk.view, &passed_over));
  for (Proposal& proposal : waiting) {
    if (named.size() >= kIdDigitsMin && proposal.id.starts_with(named)) return std::move(proposal);
  }
  for (const std::string& sentence : passed_over) {
    if (named.size() >= kIdDigitsMin && sentence.starts_with(named)) return Error(Code::conflict, sentence);
  }
  const auto bytes = read_file(context.doors.fs, named, kCharterBytesMax);
  if (!bytes && bytes.error().code() == Code::not_found) {
    return Error(Code::not_found, "no proposal " + printable(named, 80) + " waits here, and there is no such file");
  }
  if (!bytes) return bytes.error();
  auto proposal = read_proposal(as_text(*bytes), desk.view);
  if (!proposal) return proposal.error().in(named);
  return proposal;
}

/// Whoever signs is a custodian now, or becomes one by what is signed.
Result<void> check_role(const HolderKeys& holder, const Proposal& proposal, const Desk& desk) {
  if (holder.is_custodian_of(desk.view.charter)) return {};
  if (proposal.charter && holder.is_custodian_of(*proposal.charter)) return {};
  return Error(Code::denied, "this key file is not that of a custodian of this archive: the signature of " +
                                 holder.pseudonym() + " would count for nothing");
}

/// Nobody without a key can tell a good seal from noise: whoever signs that older seals are dropped has opened samples
/// under the new ones before.
Result<void> check_before_signing(Context& context, const Desk& desk, const Proposal& proposal, const Opener& opener) {
  if (!proposal.order || proposal.order->kind != OrderKind::reseal || !proposal.order->drops_older) return {};
  TRY_ASSIGN(const auto key, OpenedCompartments::open(desk.place->store(), desk.view.charter, opener));
  TRY_ASSIGN(const auto opened,
             check_reseal_sample(desk.place->store(), desk.view, *proposal.order, key, context.doors.random));
  context.output.line("Opened wholly under the new seals, and as they were received: " +
                      counted(opened.size(), "deposit.", "deposits."));
  return {};
}

Result<void> confirm(const ApproveArguments& arguments) {
  if (arguments.yes) return {};
  QuietTerminal terminal;
  if (!terminal.is_usable()) {
    return Error(Code::denied, "there is no terminal to ask whether this shall be signed: read it, and give --yes");
  }
  terminal.say("Sign this? Type yes: ");
  TRY_ASSIGN(const SecretBytes answer, terminal.read_line(16, /*shown=*/true));
  if (answer.expose_text() == "yes") return {};
  return Error(Code::denied, "nothing was signed");
}

/// With --json on standard error: nobody signs what was not shown.
void print_what(Output& out, const Proposal& proposal, const std::vector<std::string>& does) {
  const auto say = [&](const std::string& text) { out.is_json() ? out.note(text) : out.line(text); };
  say("Proposal " + proposal.id +
      (proposal.charter ? ", charter " + std::to_string(proposal.charter->version) : std::string()) + ":");
  for (const std::string& sentence : does) say("    " + sentence);
  say("Signed by " + proposal.signers.text() + " so far.");
}

struct Signing {
  std::string note;
  std::optional<HolderKeys> holder;
};

Result<Signing> sign(const ApproveArguments& arguments, Context& context, const Desk& desk, const Proposal& proposal) {
  Signing signing{.note = proposal.note, .holder = {}};
  if (arguments.key_file) {
    TRY_ASSIGN(signing.holder, open_key_file(context, *arguments.key_file));
    TRY(check_role(*signing.holder, proposal, desk));
    TRY(check_before_signing(context, desk, proposal, signing.holder->opener()));
    signing.note = add_signature(signing.note, signing.holder->signer());
  }
  if (arguments.trustees) {
    TRY_ASSIGN(const TrusteesKeys trustees, ask_trustees(context, desk.view.charter));
    TRY(check_before_signing(context, desk, proposal, trustees.opener()));
    signing.note = add_signature(signing.note, trustees.signer());
  }
  return signing;
}

/// Keeps the signatures at the home and carries out what enough people have signed.
Result<void> keep(Context& context, const Desk& desk, const Signing& signing, Outcome& outcome) {
  TRY(save_proposal(context.doors, desk.own_root, signing.note));
  TRY_ASSIGN(const Bytes note,
             read_file(context.doors.fs, proposal_path(desk.own_root, outcome.proposal.id), kCharterBytesMax));
  TRY_ASSIGN(outcome.proposal, read_proposal(as_text(note), desk.view));
  if (!signing.holder) return {};
  return carry_out_if_signed(context, *desk.place, IdPin::of(desk.view.id), *signing.holder, outcome);
}

Result<Outcome> approve(const ApproveArguments& arguments, Context& context, const Desk& desk) {
  if (!arguments.key_file && !arguments.trustees) {
    return Error(Code::invalid, "say who signs: --key KEYFILE, or --trustees for their shares");
  }
  if (!desk.at_home && !arguments.output) {
    return Error(
        Code::invalid,
        arguments.archive + " is a copy: give -o SIGNED for the file that goes back to the home of the archive");
  }
  TRY_ASSIGN(Proposal proposal, choose(*arguments.proposal, desk, context));
  Outcome outcome;
  outcome.does = describe(proposal, desk.view);
  print_what(context.output, proposal, outcome.does);
  TRY(confirm(arguments));
  TRY_ASSIGN(const Signing signing, sign(arguments, context, desk, proposal));
  TRY_ASSIGN(outcome.proposal, read_proposal(signing.note, desk.view));
  if (arguments.output) TRY(create_durably(context.doors.fs, *arguments.output, as_view(signing.note)));
  if (desk.at_home) TRY(keep(context, desk, signing, outcome));
  return outcome;
}

Status list_waiting(const ApproveArguments& arguments, Context& context, const Desk& desk) {
  std::vector<std::string> passed_over;
  const auto waiting = list_proposals(context.doors.fs, desk.own_root, desk.view, &passed_over);
  if (!waiting) return fail(context, waiting.error());
  Output& out = context.output;
  Json list = Json::array();
  for (const Proposal& proposal : *waiting) {
    const Outcome outcome{
        .proposal = proposal, .does = describe(proposal, desk.view), .carried_out = false, .replaced = {}};
    print_what(out, proposal, outcome.does);
    out.line(proposal.lacks ? "It waits: " + proposal.lacks->sentence() + "."
                            : "Enough people have signed: whoever runs the next line with a custodian's key carries it "
                              "out.");
    out.line("    muniment approve " + arguments.archive + " " + proposal.id + " --key KEYFILE");
    out.line("");
    list.push_back(json_of(outcome));
  }
  if (waiting->empty()) {
    out.line(desk.at_home ? "Nothing waits for a signature."
                          : "Nothing waits here: this is a copy. Ask for the file of the proposal.");
  }
  for (const std::string& sentence : passed_over) out.note("Counts no more: " + sentence);
  out.document({{"archive", desk.view.id.hex()}, {"waiting", list}, {"passedOver", passed_over}});
  return Status::done;
}

}  // namespace

Status run_approve(const ApproveArguments& arguments, Context& context) {
  const auto desk = sit_down(arguments, context);
  if (!desk) return fail(context, desk.error());
  if (!arguments.proposal) return list_waiting(arguments, context, *desk);
  const auto outcome = approve(arguments, context, *desk);
  if (!outcome) return fail(context, outcome.error());
  Output& out = context.output;
  Status status = Status::done;
  Json document = json_of(*outcome);
  if (desk->at_home) {
    Outcome shown = *outcome;
    shown.does.clear();  // it was shown before it was signed
    print_outcome(context, arguments.archive, shown);
    if (outcome->carried_out && outcome->proposal.order)
      document["removals"] = carry_out_after(context, desk->place->store(), IdPin::of(desk->view.id), status);
  } else {
    out.line("Signed, and written to " + *arguments.output +
             ". Nothing is in force by that. At the home of the archive:");
    out.line("    muniment approve ARCHIVE " + *arguments.output + " --key KEYFILE");
  }
  out.document(document);
  return status;
}

}  // namespace muniment::cli
