#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "archive/home.h"
#include "archive/seal_kind.h"
#include "archive/verify.h"
#include "archive/withdrawal.h"
#include "base/encoding.h"
#include "cli/commands.h"
#include "cli/propose.h"
#include "mirror/registry.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Situation {
  ArchiveView view;
  bool is_home = false;
  std::optional<std::string> own_root;  // of the place; none for a bucket without --state
  std::vector<std::string> unlogged;
  std::vector<std::string> incoming;
  std::vector<std::string> staging;
  std::vector<KnownMirror> mirrors;
  std::vector<RemovalHere> removals;
  std::map<SealKind, std::uint64_t> seals;  // how many deposits have which
  std::vector<Proposal> proposals;
};

Result<Situation> look_at_home(const StatusArguments& arguments, Context& context) {
  TRY_ASSIGN(const auto pin, parse_pin(arguments.id));
  TRY_ASSIGN(const auto place, open_place(context, arguments.archive));
  Store& store = place->store();
  Situation found;
  TRY_ASSIGN(found.view, view_archive(store, pin));
  TRY_ASSIGN(found.is_home, is_home(*place, found.view.charter));
  TRY_ASSIGN(found.unlogged, find_unlogged(store, found.view));
  TRY_ASSIGN(found.incoming, store.list(ObjectName("incoming")));
  TRY_ASSIGN(found.removals, removals_here(store, found.view));
  for (const LoggedDeposit& deposit : found.view.deposits) {
    if (!deposit.removal) ++found.seals[find_seal_kind(store, deposit)];
  }
  const auto own_root = place->own_root();
  if (!own_root) {
    context.output.note("Without --state FOLDER it is not known which copies there are and what waits for signatures.");
    return found;
  }
  found.own_root = *own_root;
  FolderStore own(context.doors.fs, *own_root, context.doors.random);
  TRY_ASSIGN(found.staging, own.list(ObjectName("staging")));
  TRY_ASSIGN(found.mirrors, read_mirrors(context.doors.fs, *own_root));
  TRY_ASSIGN(found.proposals, list_proposals(context.doors.fs, *own_root, found.view));
  return found;
}

/// The home knows to which copies it was pushed; a copy that others filled mostly knows of none, and that is no danger.
bool knows_copies(const Situation& found) { return (found.is_home && found.own_root) || !found.mirrors.empty(); }

/// How many deposits no mirror is known to hold: those above the largest size of which any of them held everything.
std::uint64_t only_here(const Situation& found) {
  std::uint64_t held = 0;
  for (const KnownMirror& mirror : found.mirrors) held = std::max(held, mirror.held);
  return static_cast<std::uint64_t>(std::ranges::count_if(
      found.view.deposits, [&](const LoggedDeposit& d) { return d.index >= held && !d.removal; }));
}

void print_safety(const Situation& found, const StatusArguments& arguments, Output& out) {
  const std::uint64_t alone = only_here(found);
  const std::uint64_t size = found.view.head.head.size;
  for (const KnownMirror& mirror : found.mirrors) {
    std::string state = mirror.held >= size ? "up to date" : "held " + counted(mirror.held, "entry", "entries");
    if (mirror.held < mirror.size) state = "damaged, rolled back, or by agreement a part only";
    if (mirror.seen.empty()) {
      out.line("Mirror " + mirror.where + ": known from a list, never read");
      continue;
    }
    out.line("Mirror " + mirror.where + ": " + state + " when last seen, " + mirror.seen);
  }
  if (!knows_copies(found)) {
    out.line("No other copy is known from this one. Whether this and another are good:    muniment mirror audit " +
             arguments.archive + " OTHER");
  } else if (alone > 0) {
    out.line("DANGER: " + counted(alone, "deposit exists", "deposits exist") +
             " on this machine only. Next:    muniment mirror push " + arguments.archive + " FOLDER");
  } else if (!found.view.deposits.empty()) {
    out.line(
        "Every deposit was on another copy when that was last seen. Whether it still is:    muniment mirror audit " +
        arguments.archive);
  }
}

/// What a quantum computer may open one day.
Json print_seals(const Situation& found, const std::string& archive, Output& out) {
  const auto of = [&](SealKind kind) { return found.seals.contains(kind) ? found.seals.at(kind) : 0; };
  if (of(SealKind::classic) > 0) {
    out.line(counted(of(SealKind::classic), "deposit is", "deposits are") +
             " sealed to a classic key: who copies that may open it when large quantum computers exist.");
  }
  if (of(SealKind::hybrid_since) > 0) {
    out.line(
        counted(of(SealKind::hybrid_since), "deposit was", "deposits were") +
        " sealed to a classic key before the hybrid one: who copied that, or copies it now, may open it when large "
        "quantum computers exist. To drop the classic seals:    muniment reseal " +
        archive + " DEPOSIT --key KEYFILE");
  }
  if (of(SealKind::unknown) > 0) {
    out.line(counted(of(SealKind::unknown), "deposit has", "deposits have") +
             " a seal that was dropped or is not here: whether it was sealed to a classic key before cannot be told.");
  }
  return {{"classic", of(SealKind::classic)},
          {"hybridSince", of(SealKind::hybrid_since)},
          {"hybrid", of(SealKind::hybrid)},
          {"unknown", of(SealKind::unknown)}};
}

Json print_removals(const Situation& found, Output& out) {
  Json removals = Json::array();
  for (const RemovalHere& removal : found.removals) {
    if (removal.is_served || removal.is_withdrawn) {
      out.line("Deposit " + removal.deposit.hex().substr(0, 16) + ", removed by the order " +
               removal.order.substr(0, 16) + ", " + removal.text() + ".");
    }
    removals.push_back({{"deposit", removal.deposit.hex()},
                        {"order", removal.order},
                        {"entry", removal.index},
                        {"served", removal.is_served},
                        {"withdrawn", removal.is_withdrawn},
                        {"legalHold", removal.is_held},
                        {"destroyedFrom", removal.due_s ? Json(to_date(*removal.due_s)) : Json()}});
  }
  const auto gone = std::ranges::count_if(
      found.removals, [](const RemovalHere& removal) { return !removal.is_served && !removal.is_withdrawn; });
  if (gone > 0) {
    out.line(counted(static_cast<std::uint64_t>(gone), "deposit was", "deposits were") +
             " removed and nothing of it is here any more.");
  }
  return removals;
}

/// "custodian-2, or the trustees (2 of 3)".
std::string missing_text(const Proposal& proposal, const Charter& in_force) {
  const auto& trustees = in_force.trustees || !proposal.charter ? in_force.trustees : proposal.charter->trustees;
  std::string all;
  for (const std::string& name : proposal.missing) {
    all += all.empty() ? "" : name == proposal.missing.back() ? " or " : ", ";
    all += name == kTrustees ? "the trustees" : name;
    if (name == kTrustees && trustees)
      all += " (" + std::to_string(trustees->threshold) + " of " + std::to_string(trustees->count) + ")";
  }
  return all;
}

void print_proposal(const Proposal& proposal, const std::vector<std::string>& does, const Situation& found,
                    const std::string& archive, Output& out) {
  out.line("    Proposal " + proposal.id + ":");
  for (const std::string& sentence : does) out.line("        " + sentence);
  if (!proposal.lacks) {
    out.line("        Enough people have signed. A custodian carries it out:    muniment approve " + archive + " " +
             proposal.id + " --key KEYFILE");
    return;
  }
  const auto& missing = proposal.missing;
  out.line("        It waits: " + proposal.lacks->sentence() + ".");
  if (!missing.empty()) out.line("        Missing: " + missing_text(proposal, found.view.charter) + ".");
  if (!missing.empty() && missing.front() != kTrustees)
    out.line("        To sign it:    muniment approve " + archive + " " + proposal.id + " --key KEYFILE");
  if (!missing.empty() && missing.back() == kTrustees)
    out.line("        The trustees:  muniment approve " + archive + " " + proposal.id + " --trustees");
}

Json print_proposals(const Situation& found, const std::string& archive, Output& out) {
  Json proposals = Json::array();
  if (!found.proposals.empty()) {
    out.line(counted(found.proposals.size(), "proposal waits", "proposals wait") + " for signatures:");
  }
  for (const Proposal& proposal : found.proposals) {
    const Outcome outcome{
        .proposal = proposal, .does = describe(proposal, found.view), .carried_out = false, .replaced = {}};
    print_proposal(proposal, outcome.does, found, archive, out);
    proposals.push_back(json_of(outcome));
  }
  return proposals;
}

}  // namespace

Status run_status(const StatusArguments& arguments, Context& context) {
  const auto found = look_at_home(arguments, context);
  if (!found) return fail(context, found.error());
  const ArchiveView& view = found->view;
  std::uint64_t bytes = 0;
  std::uint64_t not_vouched = 0;
  for (const LoggedDeposit& deposit : view.deposits) {
    bytes += deposit.bytes;
    not_vouched += view.is_accepted(deposit) ? 0u : 1u;
  }
  Output& out = context.output;
  out.line("Archive " + id_words(view.id));
  out.line(counted(view.deposits.size(), "deposit", "deposits") + ", " + human_size(bytes) + " sealed, " +
           counted(view.head.head.size, "entry", "entries") + " in the log.");
  out.line(found->is_home ? "This is its home: it can take in deposits."
                          : "This is a copy: it can be read, checked and carried on, and takes in nothing.");
  if (view.charter.custodians.size() == 1) {
    const auto& trustees = view.charter.trustees;
    out.line(trustees ? "There is one custodian. After an arrest or the loss of the key file " +
                            std::to_string(trustees->threshold) + " of the " + std::to_string(trustees->count) +
                            " trustees name another one (muniment charter succeed)."
                      : "There is one custodian and no trustees: one arrest, or one lost key file, from the end.");
  }
  if (not_vouched > 0) out.line("No custodian vouches for " + counted(not_vouched, "deposit.", "deposits."));
  for (const std::string& objection : view.objections) out.line("Not obeyed: " + objection + ".");
  if (!found->incoming.empty() && !is_remote(arguments.archive))
    out.line(counted(found->incoming.size(), "arrival waits", "arrivals wait") +
             " in incoming/. Next:    muniment deposit " + arguments.archive + " --key KEYFILE");
  if (!found->unlogged.empty())
    out.line(counted(found->unlogged.size(), "deposit is", "deposits are") +
             " not in the log yet: an earlier run was cut off. The next deposit finishes it.");
  for (const std::string& name : found->staging) {
    const std::string folder = join(*found->own_root, "staging/" + name);
    const bool is_at_work = !context.doors.fs.lock(join(folder, "lock"));
    out.line(is_at_work
                 ? "A run is at work in " + folder + "."
                 : folder +
                       " was left by a run that was cut off. Nothing clears it by itself: delete it, or see what "
                       "is in it with muniment recover --salvage.");
  }
  print_safety(*found, arguments, out);
  const Json seals = print_seals(*found, arguments.archive, out);
  const Json removals = print_removals(*found, out);
  const Json proposals = print_proposals(*found, arguments.archive, out);
  Json mirrors = Json::array();
  for (const KnownMirror& mirror : found->mirrors)
    mirrors.push_back({{"where", printable(mirror.where, 8192)},
                       {"entries", mirror.size},
                       {"held", mirror.held},
                       {"seen", mirror.seen}});
  out.document({{"archive", view.id.hex()},
                {"words", id_words(view.id)},
                {"isHome", found->is_home},
                {"entries", view.head.head.size},
                {"deposits", view.deposits.size()},
                {"sealedBytes", bytes},
                {"notVouchedFor", not_vouched},
                {"onThisMachineOnly", knows_copies(*found) ? Json(only_here(*found)) : Json(nullptr)},
                {"incoming", found->incoming.size()},
                {"unlogged", found->unlogged},
                {"staging", found->staging},
                {"mirrors", mirrors},
                {"seals", seals},
                {"removals", removals},
                {"proposals", proposals},
                {"objections", view.objections}});
  return Status::done;
}

}  // namespace muniment::cli
