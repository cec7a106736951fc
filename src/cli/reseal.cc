#include "archive/reseal.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "archive/deposit_writer.h"
#include "archive/keyring.h"
#include "archive/proposal.h"
#include "base/encoding.h"
#include "cli/commands.h"
#include "cli/orders.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

/// New seals take the place of those that are not logged: no order that waits for signatures may name them.
Result<void> refuse_those_that_wait(Context& context, const std::string& root, const ArchiveView& view,
                                    const std::vector<Sha256>& deposits) {
  TRY_ASSIGN(const auto proposals, list_proposals(context.doors.fs, root, view));
  for (const Proposal& proposal : proposals) {
    if (!proposal.order || proposal.order->kind != OrderKind::reseal) continue;
    TRY_ASSIGN(const auto seals, seals_of(*proposal.order));
    for (const NamedSeal& seal : seals) {
      if (!std::ranges::binary_search(deposits, seal.deposit)) continue;
      return Error(Code::conflict,
                   "the proposal " + proposal.id + " to reseal deposit " + seal.deposit.hex().substr(0, 16) +
                       " waits for signatures: approve it, or delete it from " + root + "/home/proposals");
    }
  }
  return {};
}

/// The recipient for which a deposit is sealed anew.
Result<std::string> recipient_for(const ResealArguments& arguments, Store& store, const ArchiveView& view,
                                  const LoggedDeposit& deposit, const HolderKeys& holder) {
  if (arguments.to) {
    const Compartment* compartment = view.charter.find_compartment(*arguments.to);
    if (compartment == nullptr) return Error(Code::invalid, "the archive has no compartment \"" + *arguments.to + "\"");
    if (compartment->is_closed) return Error(Code::invalid, "the compartment \"" + *arguments.to + "\" is closed");
    return target_for(view.id, *compartment).recipient;
  }
  TRY_ASSIGN(const OfCompartment own, find_compartment_of(store, view.charter, deposit, holder.opener()));
  return target_for(view.id, *own.compartment).recipient;
}

Result<Json> reseal(const ResealArguments& arguments, Context& context) {
  TRY_ASSIGN(OrderDesk at, open_home(context, arguments.archive, arguments.key_file, arguments.id));
  TRY_ASSIGN(const std::string root, at.place->own_root());
  Store& store = at.home->store();
  TRY_ASSIGN(const auto deposits, find_deposits(at.view, arguments.deposits));
  TRY(refuse_those_that_wait(context, root, at.view, deposits));
  TRY_ASSIGN(const auto key, OpenedCompartments::open(store, at.view.charter, at.holder.opener()));
  Order order = new_order(OrderKind::reseal, context.doors);
  order.drops_older = !arguments.keep_older;
  for (const Sha256& id : deposits) {
    const LoggedDeposit& deposit = *at.view.deposit(id);
    TRY_ASSIGN(const std::string recipient, recipient_for(arguments, store, at.view, deposit, at.holder));
    auto lines = reseal_deposit(store, deposit, key, recipient, context.doors.random);
    if (!lines) return lines.error().in("deposit " + id.hex().substr(0, 16));
    order.objects.insert(order.objects.end(), lines->begin(), lines->end());
  }
  Output& out = context.output;
  out.line("New seals were made for " + counted(deposits.size(), "deposit.", "deposits."));
  Json document{{"order", order.number}, {"deposits", deposits.size()}, {"olderDropped", order.drops_older}};
  if (arguments.keep_older) {
    TRY(log_order(at, order));
    out.line("They are logged. The older seals are kept, and open as before for whoever has their keys.");
    return document;
  }
  TRY_ASSIGN(const std::string proposal, propose_order(context.doors, at, order));
  out.line("The older ones are served no more once the order is logged, and destroyed on each copy after " +
           counted(at.view.charter.rules.hold_days, "day.", "days."));
  out.line("Copies that are not reached keep theirs: an old header and the old key open the same parts.");
  say_what_is_missing(proposal, order, at.view, arguments.archive, out);
  document["proposal"] = proposal;
  return document;
}

}  // namespace

Status run_reseal(const ResealArguments& arguments, Context& context) {
  const auto document = reseal(arguments, context);
  if (!document) return fail(context, document.error());
  context.output.document(*document);
  return Status::done;
}

}  // namespace muniment::cli
