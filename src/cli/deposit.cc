#include <algorithm>
#include <nlohmann/json.hpp>

#include "archive/intake.h"
#include "archive/keyring.h"
#include "base/encoding.h"
#include "cli/commands.h"
#include "cli/orders.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

/// What is taken in at a bucket lies on this machine.
Result<std::vector<std::string>> paths_beside_bucket(const DepositArguments& arguments, Context& context) {
  if (arguments.paths.empty()) {
    return Error(Code::invalid,
                 "give what to take in: files, folders, or sealed deposits. What arrived in the bucket's incoming/ is "
                 "copied to this machine first, with the service's own tools");
  }
  for (const std::string& path : arguments.paths) TRY(context.doors.fs.info(path));
  return arguments.paths;
}

Result<std::vector<std::string>> paths_of(const DepositArguments& arguments, Context& context) {
  if (is_remote(arguments.archive)) return paths_beside_bucket(arguments, context);
  const std::string root = absolute_path(arguments.archive);
  const std::string incoming = join(root, "incoming");
  if (arguments.paths.empty()) {
    TRY_ASSIGN(const bool present, exists(context.doors.fs, incoming));
    if (!present)
      return Error(Code::invalid,
                   "give what to take in: files, folders, or sealed deposits (" + incoming + " is not there)");
    return std::vector<std::string>{incoming};
  }
  std::vector<std::string> paths;
  for (const std::string& path : arguments.paths) {
    const std::string absolute = absolute_path(path);
    if (lies_in(root, absolute)) {
      return Error(Code::invalid, "the archive lies in " + path + ": it cannot be taken into itself");
    }
    if (lies_in(absolute, root) && !lies_in(absolute, incoming)) {
      return Error(Code::invalid, path + " is a part of the archive: only what lies in " + incoming + " is taken in");
    }
    TRY(context.doors.fs.info(path));  // all are there before the first is taken in
    paths.push_back(lies_in(absolute, incoming) ? absolute : path);
  }
  return paths;
}

struct Deposited {
  IntakeReport report;
  Json removals;
  Status status = Status::done;
};

Result<Deposited> deposit(const DepositArguments& arguments, Context& context) {
  TRY(open_place(context, arguments.archive));
  TRY_ASSIGN(const auto paths, paths_of(arguments, context));
  TRY_ASSIGN(const OrderDesk desk, open_home(context, arguments.archive, arguments.key_file, arguments.id));
  const ArchiveView& view = desk.view;
  TRY_ASSIGN(const auto key, OpenedCompartments::open(desk.home->store(), view.charter, desk.holder.opener()));

  const Compartment* compartment = view.charter.find_compartment(arguments.compartment);
  if (compartment == nullptr || compartment->is_closed) {
    return Error(Code::invalid, "the archive has no open compartment \"" + printable(arguments.compartment, 60) + "\"");
  }
  auto report = [&]() -> Result<IntakeReport> {
    Progress progress(context.output, "Taking in");
    const SealTarget target = target_for(view.id, *compartment);
    KnownItems known(context.doors, *desk.home, view, target.compartment, desk.holder, {.again = arguments.again});
    Intake intake(context.doors, *desk.home, view, target, key,
                  {.on_bytes = progress.counter(), .takes_unopened = arguments.takes_unopened, .known = &known});
    for (const std::string& path : paths) TRY(intake.add(path, {}, absolute_path(path)));
    return intake.finish(desk.holder);
  }();
  if (!report) return report.error();
  Deposited deposited{std::move(*report), {}, Status::done};
  deposited.removals = carry_out_after(context, desk.home->store(), desk.pin, deposited.status);
  return deposited;
}

Json json_of_deposit(const TakenDeposit& deposit) {
  return {{"id", deposit.id.hex()},
          {"entry", deposit.index},
          {"sealedBytes", deposit.bytes},
          {"from", printable(deposit.from, 4096)},
          {"resealed", deposit.is_resealed}};
}

std::string text_of(const ItemCount& count) {
  std::string text;
  if (count.files > 0) text = counted(count.files, "file", "files");
  if (count.files > 0 && count.others > 0) text += " and ";
  if (count.others > 0) text += counted(count.others, "link or empty folder", "links and empty folders");
  return text;
}

/// What was passed over since it was deposited before, and what of it was removed.
Json tell_known(const KnownReport& known, Output& out) {
  if (!known.trouble.empty()) out.note(known.trouble);
  Json told = Json::array();
  for (const GivenAgain& again : known.paths) {
    if (again.here.files + again.here.others > 0)
      out.line("Already here: " + text_of(again.here) + " of " + printable(again.path) +
               " (by name, size and times; --again takes them anyway)");
    Json removed = Json::array();
    for (const GivenAgain::Removed& each : again.removed) {
      out.note("Not taken in: " + text_of(each.count) + " of " + printable(again.path) + ", from entry " +
               std::to_string(each.index) + ", which was removed by entry " + std::to_string(each.removal) +
               ": what was removed does not come back, and what was kept of it is in an entry of its own. --again "
               "takes all of it");
      removed.push_back({{"entry", each.index},
                         {"removedBy", each.removal},
                         {"files", each.count.files},
                         {"others", each.count.others}});
    }
    told.push_back({{"path", printable(again.path, 4096)},
                    {"files", again.here.files},
                    {"others", again.here.others},
                    {"removed", removed}});
  }
  return told;
}

/// What was sealed for X25519 alone on its way, and what the new seal does not change.
void warn_of_classic(const IntakeReport& report, const std::string& archive, Output& out) {
  const auto resealed = static_cast<std::uint64_t>(std::ranges::count_if(report.taken, &TakenDeposit::is_resealed));
  if (resealed == 0) return;
  out.line(
      counted(resealed, "deposit came", "deposits came") +
      " sealed to a classic key and got a hybrid seal beside that. Who copied what came, on its way or before, may "
      "open that copy when large quantum computers exist. The classic seal is kept, and copied to mirrors, until "
      "two people drop it:");
  out.line("    muniment reseal " + archive + " DEPOSIT --key KEYFILE");
}

}  // namespace

Status run_deposit(const DepositArguments& arguments, Context& context) {
  const auto deposited = deposit(arguments, context);
  if (!deposited) return fail(context, deposited.error());
  const IntakeReport* report = &deposited->report;
  Output& out = context.output;
  Json taken = Json::array();
  for (const TakenDeposit& deposit : report->taken) {
    out.line("Took in " + deposit.id.hex().substr(0, 16) + " as entry " + std::to_string(deposit.index) + " (" +
             human_size(deposit.bytes) + " sealed" + (deposit.is_resealed ? " to a classic key" : "") + ", from " +
             printable(deposit.from) + ")");
    taken.push_back(json_of_deposit(deposit));
  }
  Json already = Json::array();
  for (const TakenDeposit& deposit : report->already) {
    out.line("Already here: " + printable(deposit.from) + " is entry " + std::to_string(deposit.index));
    already.push_back(json_of_deposit(deposit));
  }
  const Json known = tell_known(report->known, out);
  Json refused = Json::array();
  for (const Finding& finding : report->refused) {
    out.note("Not taken in: " + printable(finding.object) + " " + finding.what);
    refused.push_back({{"path", printable(finding.object, 4096)}, {"why", finding.what}});
  }
  for (const std::string& folder : report->unopened) {
    out.note("Not opened here: " + printable(folder) +
             " is taken in whole, and nobody here can say what is in it, or that it opens at all");
  }
  for (const std::string& sentence : report->not_whole) out.note("Not whole: " + sentence);
  out.line(report->taken.empty()
               ? "Nothing new was taken in. The log has " + counted(report->head.size, "entry.", "entries.")
               : "Written" + std::string(is_remote(arguments.archive) ? "" : " to disk") +
                     ", logged and vouched for: the log has " + counted(report->head.size, "entry.", "entries."));
  warn_of_classic(*report, arguments.archive, out);
  if (!report->taken.empty())
    out.line("It is " + std::string(is_remote(arguments.archive) ? "there" : "on this disk") +
             " only. Next:    muniment mirror push " + arguments.archive + " FOLDER");
  out.document({{"taken", taken},
                {"already", already},
                {"known", known},
                {"catalogueTrouble", report->known.trouble.empty() ? Json(nullptr) : Json(report->known.trouble)},
                {"refused", refused},
                {"notWhole", report->not_whole},
                {"unopened", report->unopened},
                {"files", report->files},
                {"entries", report->head.size},
                {"root", report->head.root.hex()},
                {"removals", deposited->removals}});
  const bool all_taken =
      report->refused.empty() && report->not_whole.empty() &&
      std::ranges::all_of(report->known.paths, [](const GivenAgain& again) { return again.removed.empty(); });
  return std::max(deposited->status, all_taken ? Status::done : Status::check_failed);
}

}  // namespace muniment::cli
