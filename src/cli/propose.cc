#include "cli/propose.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "archive/charter_reader.h"
#include "archive/describe.h"
#include "archive/objects.h"
#include "cli/orders.h"
#include "cli/share_desk.h"
#include "crypto/random.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

const LoggedObject* find_object(const Charter& charter, const ObjectName& name) {
  const auto found = std::ranges::find(charter.objects, name, &LoggedObject::name);
  return found == charter.objects.end() ? nullptr : &*found;
}

/// Proposals that bring a keyring file of the same name as `next`, with other bytes: only one of them can be kept.
Result<std::vector<std::string>> drop_rivals(Context& context, const AtHome& home, const Charter& next) {
  std::vector<std::string> dropped;
  TRY_ASSIGN(const auto proposals, list_proposals(context.doors.fs, home.own_root, home.view));
  for (const Proposal& proposal : proposals) {
    if (!proposal.charter) continue;
    const bool is_rival = std::ranges::any_of(proposal.charter->objects, [&](const LoggedObject& object) {
      const LoggedObject* ours = find_object(next, object.name);
      return ours != nullptr && ours->digest != object.digest;
    });
    if (!is_rival) continue;
    TRY(context.doors.fs.remove(proposal_path(home.own_root, proposal.id)));
    dropped.push_back(proposal.id);
  }
  return dropped;
}

}  // namespace

Result<std::unique_ptr<CompartmentKeys>> AtHome::open(const std::string& compartment) const {
  auto keys = open_compartment(store(), view.charter, compartment, holder.opener());
  if (keys || !trustees || keys.error().code() != Code::denied) return keys;
  return open_compartment(store(), view.charter, compartment, trustees->opener());
}

Result<AtHome> enter_home(Context& context, const ChangeArguments& arguments) {
  TRY_ASSIGN(OrderDesk desk, open_home(context, arguments.archive, arguments.key_file, arguments.id));
  TRY_ASSIGN(std::string own_root, desk.place->own_root());
  desk.home.reset();  // carry_out() takes the lock again
  std::optional<TrusteesKeys> trustees;
  if (arguments.trustees) {
    TRY_ASSIGN(trustees, ask_trustees(context, desk.view.charter));
  }
  return AtHome{std::move(desk.place), std::move(own_root),    std::move(desk.pin),
                std::move(desk.view),  std::move(desk.holder), std::move(trustees)};
}

void add_fresh_log_key(Change& change, const ArchiveView& view, Random& random) {
  change.log_seed = random_secret<32>(random);
  const SignerKey signer(view.charter.origin, Secret<32>::copy_of(change.log_seed->expose()));
  change.draft.set_log_key({signer.verifier(), view.head.head.size});
}

Result<std::string> sign_change(const Change& change, const std::vector<const SignerKey*>& signers) {
  const std::string text = render_charter(change.draft.charter());
  TRY(parse_charter_text(text));
  std::string note = sign_note(text, signers);
  if (note.size() > kCharterBytesMax)
    return Error(Code::limit, "the charter would be too long for an entry of the log");
  return note;
}

Result<void> put_files(Store& store, const Charter& in_force, const Change& change) {
  for (const auto& [name, file] : change.draft.files()) {
    // What an earlier proposal left is no part of the archive. What the charter names is never touched.
    if (find_object(in_force, name) != nullptr) return Error(Code::conflict, name.text() + " is there already");
    TRY(store.replace(name, file));
  }
  return store.flush();
}

Result<Outcome> propose(Context& context, const AtHome& home, Change change) {
  const Charter& next = change.draft.charter();
  if (describe_step(home.view.charter, next).empty()) return Error(Code::invalid, "that changes nothing");
  std::vector<const SignerKey*> signers{&home.holder.signer()};
  if (home.trustees) signers.push_back(&home.trustees->signer());
  TRY_ASSIGN(const std::string note, sign_change(change, signers));
  Outcome outcome;
  TRY_ASSIGN(outcome.proposal, read_proposal(note, home.view));
  TRY_ASSIGN(outcome.replaced, drop_rivals(context, home, next));
  TRY(put_files(home.store(), home.view.charter, change));
  if (change.log_seed) TRY(add_log_key(context.doors, home.store(), next, *change.log_seed));
  TRY(save_proposal(context.doors, home.own_root, note));
  outcome.does = describe(outcome.proposal, home.view);
  TRY(carry_out_if_signed(context, *home.place, home.pin, home.holder, outcome));
  return outcome;
}

Result<void> carry_out_if_signed(Context& context, Place& place, const IdPin& pin, const HolderKeys& holder,
                                 Outcome& outcome) {
  if (outcome.proposal.lacks) return {};
  const auto carried = carry_out(context.doors, place, pin, outcome.proposal, holder);
  if (!carried && carried.error().code() != Code::denied) return carried;
  outcome.carried_out = carried.has_value();
  if (carried) return {};
  outcome.proposal.lacks =
      Error(Code::denied,
            "enough people have signed, and somebody who is a custodian before and after is needed to "
            "carry it out (for " +
                holder.pseudonym() + ": " + carried.error().sentence() + ")");
  return {};
}

Json json_of(const Outcome& outcome) {
  const Proposal& proposal = outcome.proposal;
  std::vector<std::string> signers = proposal.signers.custodians;
  if (proposal.signers.trustees) signers.emplace_back(kTrustees);
  return {{"proposal", proposal.id},
          {"kind", proposal.charter ? "charter" : std::string(name_of(proposal.order->kind))},
          {"charter", proposal.charter ? Json(proposal.charter->version) : Json(nullptr)},
          {"does", outcome.does},
          {"signedBy", signers},
          {"lacks", proposal.lacks ? Json(proposal.lacks->sentence()) : Json(nullptr)},
          {"missing", proposal.missing},
          {"carriedOut", outcome.carried_out}};
}

namespace {

/// Beside a bucket, proposals lie on this machine.
std::string path_of_proposal(Context& context, const std::string& archive, const std::string& id) {
  if (!is_remote(archive)) return proposal_path(archive, id);
  const auto place = open_place(context, archive);
  const auto own = place ? (*place)->own_root() : Result<std::string>(place.error());
  return proposal_path(own ? *own : "STATE", id);
}

}  // namespace

void print_outcome(Context& context, const std::string& archive, const Outcome& outcome,
                   const std::vector<std::string>& remarks) {
  Output& out = context.output;
  const Proposal& proposal = outcome.proposal;
  for (const std::string& id : outcome.replaced) out.note("The proposal " + id + " is dropped: this one replaces it.");
  const std::string end = outcome.does.empty() ? "." : ":";
  out.line((outcome.carried_out ? "Done, signed and logged" : "Proposed, and not in force yet") + end);
  for (const std::string& sentence : outcome.does) out.line("    " + sentence);
  for (const std::string& remark : remarks) out.line(remark);
  if (outcome.carried_out) {
    if (proposal.charter) out.line("Charter " + std::to_string(proposal.charter->version) + " is in force.");
    out.line("It is on this disk only. Next:    muniment mirror push " + archive + " FOLDER");
    return;
  }
  out.line("");
  if (!proposal.lacks) {
    out.line("Enough people have signed. A custodian carries it out:    muniment approve " + archive + " " +
             proposal.id + " --key KEYFILE");
    return;
  }
  out.line("It waits: " + proposal.lacks->sentence() + ".");
  out.line("Next, whoever else signs, here:    muniment approve " + archive + " " + proposal.id + " --key KEYFILE");
  if (proposal.charter && proposal.charter->trustees)
    out.line("      the trustees, here:          muniment approve " + archive + " " + proposal.id + " --trustees");
  out.line("      on another machine, with the file " + path_of_proposal(context, archive, proposal.id) + ":");
  out.line("                                   muniment approve COPY FILE --key KEYFILE -o SIGNED");
  out.line("      and what comes back, here:   muniment approve " + archive + " SIGNED --key KEYFILE");
}

Status run_change(Context& context, const ChangeArguments& arguments,
                  const std::function<Result<void>(const AtHome&, Change&)>& make,
                  const std::vector<std::string>& remarks) {
  const auto work = [&]() -> Result<Outcome> {
    TRY_ASSIGN(const AtHome home, enter_home(context, arguments));
    Change change{.draft = CharterDraft::after(home.view.chain), .log_seed = {}};
    TRY(make(home, change));
    return propose(context, home, std::move(change));
  };
  const auto outcome = work();
  if (!outcome) return fail(context, outcome.error());
  print_outcome(context, arguments.archive, *outcome, remarks);
  context.output.document(json_of(*outcome));
  return Status::done;
}

}  // namespace muniment::cli
