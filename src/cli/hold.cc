// Vetoes and legal holds.
#include <nlohmann/json.hpp>

#include "base/encoding.h"
#include "cli/commands.h"
#include "cli/orders.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kNumberDigitsMin = 8;

/// The number of a removal that stands, by as much of its start as is unique.
Result<std::string> find_removal(const ArchiveView& view, const std::string& start) {
  if (start.size() < kNumberDigitsMin) {
    return Error(Code::invalid, "give at least " + std::to_string(kNumberDigitsMin) +
                                    " digits of the order's number (muniment status)");
  }
  std::string found;
  for (const LoggedDeposit& deposit : view.deposits) {
    if (!deposit.removal || !deposit.removal->order.starts_with(start) || deposit.removal->order == found) continue;
    if (!found.empty()) return Error(Code::invalid, "two removals start with " + printable(start, 40));
    found = deposit.removal->order;
  }
  if (found.empty()) return Error(Code::not_found, "no removal with the number " + printable(start, 40) + " stands");
  return found;
}

Result<Json> veto(const VetoArguments& arguments, Context& context) {
  TRY_ASSIGN(OrderDesk at, open_home(context, arguments.archive, arguments.key_file, arguments.id));
  Order order = new_order(OrderKind::veto, context.doors);
  TRY_ASSIGN(order.removal, find_removal(at.view, arguments.order));
  TRY(log_order(at, order));
  context.output.line("Vetoed and logged: the removal " + order.removal +
                      " is not carried out. Next, for the copies:    muniment mirror push " + arguments.archive +
                      " FOLDER");
  TRY_ASSIGN(const Json removals, carry_out_here(context, at.home->store(), at.pin));
  return Json{{"order", order.number}, {"removal", order.removal}, {"removals", removals}};
}

Result<Json> hold(const HoldArguments& arguments, Context& context) {
  TRY_ASSIGN(OrderDesk at, open_home(context, arguments.archive, arguments.key_file, arguments.id));
  Order order = new_order(OrderKind::hold, context.doors);
  TRY_ASSIGN(order.deposits, find_deposits(at.view, arguments.deposits));
  TRY(log_order(at, order));
  context.output.line("Logged: a legal hold is on " + counted(order.deposits.size(), "deposit", "deposits") +
                      ". No copy that has seen the order destroys " + (order.deposits.size() == 1 ? "it" : "them") +
                      ". Next:    muniment mirror push " + arguments.archive + " FOLDER");
  return Json{{"order", order.number}, {"deposits", order.deposits.size()}};
}

Result<Json> release(const HoldArguments& arguments, Context& context) {
  TRY_ASSIGN(OrderDesk at, open_copy(context, arguments.archive, arguments.key_file, arguments.id));
  Order order = new_order(OrderKind::release, context.doors);
  TRY_ASSIGN(order.deposits, find_deposits(at.view, arguments.deposits));
  for (const Sha256& id : order.deposits) {
    if (!at.view.deposit(id)->is_held)
      return Error(Code::invalid, "no legal hold is on deposit " + id.hex().substr(0, 16));
  }
  TRY_ASSIGN(const std::string proposal, propose_order(context.doors, at, order));
  context.output.line("The order ends the legal hold on " + counted(order.deposits.size(), "deposit.", "deposits."));
  say_what_is_missing(proposal, order, at.view, arguments.archive, context.output);
  return Json{{"proposal", proposal}, {"order", order.number}, {"deposits", order.deposits.size()}};
}

template <typename Arguments>
Status finish(Result<Json> (*run)(const Arguments&, Context&), const Arguments& arguments, Context& context) {
  const auto document = run(arguments, context);
  if (!document) return fail(context, document.error());
  context.output.document(*document);
  return Status::done;
}

}  // namespace

Status run_veto(const VetoArguments& arguments, Context& context) { return finish(veto, arguments, context); }
Status run_hold(const HoldArguments& arguments, Context& context) { return finish(hold, arguments, context); }
Status run_release(const HoldArguments& arguments, Context& context) { return finish(release, arguments, context); }

}  // namespace muniment::cli
