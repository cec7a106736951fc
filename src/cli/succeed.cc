// muniment charter succeed: the trustees make a recovered copy the home, with a new custodian, when both are lost.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "archive/home.h"
#include "base/encoding.h"
#include "cli/authority_commands.h"
#include "cli/share_desk.h"

namespace muniment::cli {
namespace {

constexpr std::size_t kHomeBytes = 16;

/// A recovered copy and what is known of it.
struct Copy {
  std::string where;
  std::string own_root;  // on this machine
  std::unique_ptr<Place> place;
  FoundCharter charters;  // also those that lie beside the log
  ArchiveView view;
};

Result<Copy> look_at_copy(const SucceedArguments& arguments, Context& context) {
  if (!is_remote(arguments.archive) && lies_in(absolute_path(arguments.key_file), absolute_path(arguments.archive))) {
    return Error(Code::invalid,
                 "the key file must not lie inside the archive, which is copied to strangers: name another place");
  }
  TRY_ASSIGN(const auto pin, parse_pin(arguments.id));
  TRY_ASSIGN(auto place, open_place(context, arguments.archive));
  TRY_ASSIGN(const std::string own_root, place->own_root());
  TRY_ASSIGN(FoundCharter charters, read_charter(place->store(), pin));
  TRY_ASSIGN(ArchiveView view, view_archive(place->store(), pin));
  const std::string where = place->store().where();
  return Copy{where, own_root, std::move(place), std::move(charters), std::move(view)};
}

/// "custodian-2": the first number that nobody in the charter has.
std::string free_pseudonym(const Charter& charter) {
  for (std::size_t number = 1;; ++number) {
    std::string name = "custodian-" + std::to_string(number);
    if (charter.recipient_of(name).empty()) return name;
  }
}

/// The new custodian opens what a custodian and the trustees opened before.
Result<void> grant_what_custodians_opened(Context& context, const Copy& copy, const TrusteesKeys& trustees,
                                          const std::string& person, CharterDraft& draft) {
  for (const Compartment& compartment : copy.view.charter.compartments) {
    const auto opens = [&](std::string_view name) {
      return std::ranges::find(compartment.openers, name) != compartment.openers.end();
    };
    const bool custodians_did =
        std::ranges::any_of(copy.view.charter.custodians, [&](const Holder& each) { return opens(each.pseudonym()); });
    if (!custodians_did || !opens(kTrustees)) continue;
    TRY_ASSIGN(const auto keys,
               open_compartment(copy.place->store(), copy.view.charter, compartment.name, trustees.opener()));
    TRY(draft.grant(compartment.name, person, *keys, context.doors.random));
  }
  return {};
}

Result<Change> draft_succession(const SucceedArguments& arguments, Context& context, const Copy& copy,
                                const HolderKeys& holder, const TrusteesKeys& trustees) {
  Change change{.draft = CharterDraft::after(copy.view.chain), .log_seed = {}};
  if (!holder.is_custodian_of(copy.view.charter)) TRY(change.draft.add_custodian(holder.holder()));
  TRY(grant_what_custodians_opened(context, copy, trustees, holder.pseudonym(), change.draft));
  for (const Holder& before : copy.view.charter.custodians) {
    if (arguments.keep_custodians || before.pseudonym() == holder.pseudonym()) continue;
    if (auto retired = change.draft.retire(before.pseudonym()); !retired) {
      return Error(retired.error().code(), retired.error().sentence() + " (or run this with --keep-custodians)");
    }
  }
  std::array<std::uint8_t, kHomeBytes> home{};
  context.doors.random.fill(home);
  change.draft.set_home(to_hex(home));
  add_fresh_log_key(change, copy.view, context.doors.random);
  return change;
}

/// Takes up what an earlier run of this command left: the copy is the home of a charter that was not logged yet, or of
/// the one in force. Nothing when there was no such run.
Result<std::optional<Outcome>> take_up(const SucceedArguments& arguments, Context& context, const Copy& copy) {
  const Doors& doors = context.doors;
  const IdPin pin = IdPin::of(copy.view.id);
  TRY_ASSIGN(const bool is_in_force, is_home(*copy.place, copy.charters.charter));
  if (is_in_force) {
    TRY_ASSIGN(const HolderKeys holder, open_key_file(context, arguments.key_file));
    if (!holder.is_custodian_of(copy.charters.charter)) {
      return Error(Code::conflict, copy.where +
                                       " is the home of the archive, and it works: nobody needs to succeed. To add or "
                                       "retire somebody: muniment charter add-custodian, retire");
    }
    TRY_ASSIGN(const auto home, Home::open(doors, *copy.place, copy.charters.charter, holder));
    TRY(home->finish_earlier(pin));
    Outcome outcome;
    outcome.proposal.charter = copy.charters.charter;
    outcome.does = {"this is the home of the archive, and " + holder.pseudonym() + " is its custodian"};
    outcome.carried_out = true;
    return std::optional(std::move(outcome));
  }
  TRY_ASSIGN(const auto proposals, list_proposals(doors.fs, copy.own_root, copy.view));
  for (const Proposal& proposal : proposals) {
    if (!proposal.charter) continue;
    TRY_ASSIGN(const bool is_here, is_home(*copy.place, *proposal.charter));
    if (!is_here) continue;
    TRY_ASSIGN(const HolderKeys holder, open_key_file(context, arguments.key_file));
    TRY(carry_out(doors, *copy.place, pin, proposal, holder));
    Outcome outcome;
    outcome.proposal = proposal;
    outcome.does = describe(proposal, copy.view);
    outcome.carried_out = true;
    return std::optional(std::move(outcome));
  }
  return std::optional<Outcome>{};
}

Result<Outcome> succeed(const SucceedArguments& arguments, Context& context) {
  const Doors& doors = context.doors;
  TRY_ASSIGN(const Copy copy, look_at_copy(arguments, context));
  TRY_ASSIGN(auto earlier, take_up(arguments, context, copy));
  if (earlier) return std::move(*earlier);
  const auto present = copy.place->store().size(ObjectName("home/place"));
  if (!present && present.error().code() != Code::not_found) return present.error();
  if (present) {
    return Error(Code::conflict, copy.where + " has a home folder that was copied or restored from elsewhere. If the " +
                                     "home is lost, rename " + join(copy.where, "home") + " and run this again");
  }
  if (copy.charters.charter.version != copy.view.charter.version) {
    return Error(Code::conflict,
                 "charter/" + std::to_string(copy.charters.charter.version) +
                     " lies beside the log and is not in it: this copy was cut off. Recover from another "
                     "copy as well, or remove that file if no copy has logged it");
  }
  if (!copy.view.charter.trustees)
    return Error(Code::denied, "the archive has no trustees: nobody can name a successor");
  context.output.note("This copy has " + counted(copy.view.head.head.size, "entry", "entries") +
                      ". What another copy has beyond them will count no more: if there may be one, stop here and run "
                      "muniment recover with that copy as well.");
  const std::string pseudonym = arguments.pseudonym.empty() ? free_pseudonym(copy.view.charter) : arguments.pseudonym;
  TRY_ASSIGN(const HolderKeys holder, obtain_keys(context, arguments.key_file, pseudonym));
  TRY_ASSIGN(const TrusteesKeys trustees, ask_trustees(context, copy.view.charter));
  TRY_ASSIGN(const Change change, draft_succession(arguments, context, copy, holder, trustees));
  TRY_ASSIGN(const std::string note, sign_change(change, {&holder.signer(), &trustees.signer()}));
  Outcome outcome;
  TRY_ASSIGN(outcome.proposal, read_proposal(note, copy.view));
  if (outcome.proposal.lacks) return *outcome.proposal.lacks;
  outcome.does = describe(outcome.proposal, copy.view);
  TRY(put_files(copy.place->store(), copy.view.charter, change));
  // The proposal first, the home second: from then on a run that is cut off is taken up, and no share is asked again.
  TRY(save_proposal(doors, copy.own_root, note));
  TRY(make_home(doors, *copy.place, change.draft.charter(), *change.log_seed));
  TRY(carry_out(doors, *copy.place, IdPin::of(copy.view.id), outcome.proposal, holder));
  outcome.carried_out = true;
  return outcome;
}

}  // namespace

Status run_succeed(const SucceedArguments& arguments, Context& context) {
  const auto outcome = succeed(arguments, context);
  if (!outcome) return fail(context, outcome.error());
  const Trustees& trustees = *outcome->proposal.charter->trustees;
  print_outcome(
      context, arguments.archive, *outcome,
      {"The shares were used, and whoever saw them can use them again. Deal new ones:    muniment trustees deal " +
           arguments.archive + " --trustees " + std::to_string(trustees.threshold) + "of" +
           std::to_string(trustees.count) + " --key " + arguments.key_file,
       "New cards for everybody who sends evidence:    muniment card " + arguments.archive + " --key " +
           arguments.key_file + " -o FILE"});
  context.output.document(json_of(*outcome));
  return Status::done;
}

}  // namespace muniment::cli
