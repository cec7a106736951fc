#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "archive/intake.h"
#include "archive/keyring.h"
#include "archive/reseal.h"
#include "archive/survivors.h"
#include "base/encoding.h"
#include "cli/commands.h"
#include "cli/orders.h"
#include "cli/terminal.h"
#include "mirror/registry.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kGroundBytesMax = 16 * 1024;

struct Ground {
  std::array<std::uint8_t, 32> salt{};
  std::string text;
};

/// Why: from a file or the terminal. The log gets only its commitment.
Result<Ground> ask_ground(const WithdrawArguments& arguments, Context& context) {
  Ground ground;
  context.doors.random.fill(ground.salt);
  if (arguments.ground_file) {
    TRY_ASSIGN(const Bytes bytes, read_file(context.doors.fs, *arguments.ground_file, kGroundBytesMax));
    ground.text = as_text(bytes);
  } else {
    QuietTerminal terminal;
    if (!terminal.is_usable()) {
      return Error(Code::denied, "there is no terminal to ask for the ground on: give --ground-file FILE");
    }
    terminal.say("The ground, in one line. It is not written into the log, only what proves it later: ");
    TRY_ASSIGN(const SecretBytes line, terminal.read_line(kGroundBytesMax, /*shown=*/true));
    ground.text = line.expose_text();
  }
  if (ground.text.empty()) return Error(Code::invalid, "a withdrawal needs a ground");
  return ground;
}

/// Seals what survives into new deposits and logs them.
Result<std::vector<TakenDeposit>> log_survivors(const WithdrawArguments& arguments, Context& context, OrderDesk& at,
                                                const LoggedDeposit& deposit) {
  Store& store = at.home->store();
  const DepositSource source = source_in_store(store, deposit.id);
  TRY_ASSIGN(const Receipt receipt, read_logged_receipt(source, deposit.id));
  TRY_ASSIGN(const OfCompartment of, find_compartment_of(store, at.view.charter, deposit, at.holder.opener()));
  if (of.compartment->is_closed) {
    return Error(Code::denied, "the compartment \"" + of.compartment->name + "\" is closed: reseal the deposit first");
  }
  const SealTarget target = target_for(at.view.id, *of.compartment);
  Progress progress(context.output, "Sealing what survives", deposit.bytes);
  TRY_ASSIGN(const std::string own, at.place->own_root());
  TRY_ASSIGN(StagingFolder staging, make_staging_folder(context.doors.fs, own, context.doors.random));
  const auto taken = [&]() -> Result<IntakeReport> {
    TRY_ASSIGN(const SurvivorReport survivors, withdraw_paths(context.doors, source, deposit.id, receipt, of.seal,
                                                              *of.keys, arguments.paths, target, staging.path));
    for (const std::string& path : survivors.withdrawn) context.output.line("Goes: " + printable(path));
    Intake intake(context.doors, *at.home, at.view, target, *of.keys, {.on_bytes = progress.counter()});
    for (const SealedDeposit& sealed : survivors.deposits) TRY(intake.add(sealed.folder));
    return intake.finish(at.holder);
  }();
  remove_staging_folder(context.doors.fs, std::move(staging));
  TRY(taken);
  if (!taken->refused.empty()) return Error(Code::corrupt, taken->refused.front().what);
  return taken->taken;
}

void print_consequences(const Order& order, const LoggedDeposit& deposit, const std::vector<KnownMirror>& mirrors,
                        const ArchiveView& view, Output& out) {
  out.line("The order withdraws deposit " + deposit.id.hex().substr(0, 16) + " (entry " +
           std::to_string(deposit.index) + ", " + human_size(deposit.bytes) + " sealed).");
  out.line("Once it is signed and logged, each copy stops serving it when it is brought up to date, and destroys it " +
           counted(order.hold_days, "day", "days") +
           " after it first saw the order, unless there is a veto or a legal hold. No copy destroys more than " +
           counted(view.charter.rules.removals_per_week, "deposit", "deposits") + " a week.");
  if (mirrors.empty()) {
    out.line("No other copy is known here.");
  } else {
    out.line("The copies that are known here:");
    for (const KnownMirror& mirror : mirrors) out.line("    " + mirror.where + ", last seen " + mirror.seen);
  }
  out.line(
      "What cannot be called back: copies that are not reached any more or that are made by cp -r, what somebody has "
      "opened, copied or printed, and what media keep of deleted files. Whoever has such a copy and a key of then "
      "reads it.");
  out.line(
      "The log keeps the receipt: the depositor's receipt with its proof still shows that this deposit existed, and "
      "when, and not what was in it.");
  out.line("");
}

Result<void> hand_over_ground(const WithdrawArguments& arguments, Context& context, const Ground& ground,
                              const Order& order) {
  const std::string text = "order " + order.number + "\nsalt " + to_hex(ground.salt) + "\n\n" + ground.text;
  if (arguments.output) {
    TRY(create_durably(context.doors.fs, *arguments.output, as_view(text + "\n")));
    context.output.line("Ground and salt are in " + *arguments.output +
                        ": keep them where the order's reasons belong.");
    return {};
  }
  context.output.line("Keep this, it is shown once. With it you can prove the ground later; without it nobody can:");
  for (const std::string_view line : split(text, '\n')) {
    context.output.line(line.empty() ? std::string() : "    " + std::string(line));
  }
  return {};
}

Result<Json> withdraw(const WithdrawArguments& arguments, Context& context) {
  const auto sit_down = arguments.paths.empty() ? open_copy : open_home;
  TRY_ASSIGN(OrderDesk at, sit_down(context, arguments.archive, arguments.key_file, arguments.id));
  TRY_ASSIGN(const LoggedDeposit deposit, at.view.find_deposit(arguments.deposit));
  if (deposit.removal) {
    return Error(Code::conflict, "the deposit was removed by entry " + std::to_string(deposit.removal->index));
  }
  TRY_ASSIGN(const Ground ground, ask_ground(arguments, context));
  Json survivors = Json::array();
  if (!arguments.paths.empty()) {
    TRY_ASSIGN(const auto taken, log_survivors(arguments, context, at, deposit));
    for (const TakenDeposit& each : taken) {
      context.output.line("What survives is entry " + std::to_string(each.index) + ", deposit " +
                          each.id.hex().substr(0, 16) + ", and dated by the old entry as before.");
      survivors.push_back(each.id.hex());
    }
  }
  Order order = new_order(OrderKind::remove, context.doors);
  order.deposits = {deposit.id};
  order.hold_days = arguments.hold_days.value_or(at.view.charter.rules.hold_days);
  order.ground = ground_commitment(ground.salt, ground.text);
  TRY_ASSIGN(const std::string proposal, propose_order(context.doors, at, order));
  TRY_ASSIGN(const std::string own, at.place->own_root());
  TRY_ASSIGN(const auto mirrors, read_mirrors(context.doors.fs, own));
  print_consequences(order, deposit, mirrors, at.view, context.output);
  TRY(hand_over_ground(arguments, context, ground, order));
  say_what_is_missing(proposal, order, at.view, arguments.archive, context.output);
  Json copies = Json::array();
  for (const KnownMirror& mirror : mirrors) copies.push_back(printable(mirror.where, 8192));
  Json document{{"proposal", proposal},        {"order", order.number},  {"deposit", deposit.id.hex()},
                {"holdDays", order.hold_days}, {"survivors", survivors}, {"copies", copies}};
  if (!arguments.output) document["salt"] = to_hex(ground.salt);
  return document;
}

}  // namespace

Status run_withdraw(const WithdrawArguments& arguments, Context& context) {
  const PrivateFiles only_for_me;
  const auto document = withdraw(arguments, context);
  if (!document) return fail(context, document.error());
  context.output.document(*document);
  return Status::done;
}

}  // namespace muniment::cli
