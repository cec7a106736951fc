#include "cli/orders.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "archive/proposal.h"
#include "archive/withdrawal.h"
#include "base/encoding.h"

namespace muniment::cli {

using Json = nlohmann::ordered_json;

Result<OrderDesk> open_home(Context& context, const std::string& archive, const std::string& key_file,
                            const std::optional<std::string>& id) {
  TRY_ASSIGN(const auto pin, parse_pin(id));
  TRY_ASSIGN(auto place, open_place(context, archive));
  TRY(place->own_root());  // nothing is asked where it could not be done
  TRY_ASSIGN(const FoundCharter charter, read_charter(place->store(), pin));
  TRY_ASSIGN(HolderKeys holder, open_key_file(context, key_file));
  TRY_ASSIGN(auto home, Home::open(context.doors, *place, charter.charter, holder));
  IdPin own = IdPin::of(charter.id);
  TRY(home->finish_earlier(own));
  TRY_ASSIGN(ArchiveView view, view_archive(home->store(), own));
  return OrderDesk{std::move(place), std::move(own), std::move(holder), std::move(home), std::move(view)};
}

Result<OrderDesk> open_copy(Context& context, const std::string& archive, const std::string& key_file,
                            const std::optional<std::string>& id) {
  TRY_ASSIGN(const auto pin, parse_pin(id));
  TRY_ASSIGN(auto place, open_place(context, archive));
  TRY(place->own_root());
  TRY_ASSIGN(ArchiveView view, view_archive(place->store(), pin));
  TRY_ASSIGN(HolderKeys holder, open_key_file(context, key_file));
  IdPin own = IdPin::of(view.id);
  return OrderDesk{std::move(place), std::move(own), std::move(holder), nullptr, std::move(view)};
}

Result<std::vector<Sha256>> find_deposits(const ArchiveView& view, const std::vector<std::string>& ids) {
  std::vector<Sha256> found;
  for (const std::string& id : ids) {
    TRY_ASSIGN(const LoggedDeposit deposit, view.find_deposit(id));
    found.push_back(deposit.id);
  }
  std::ranges::sort(found);
  found.erase(std::ranges::unique(found).begin(), found.end());
  if (found.size() <= kOrderDepositsMax) return found;
  return Error(Code::limit, "an order names " + std::to_string(kOrderDepositsMax) + " deposits at the most");
}

Order new_order(OrderKind kind, const Doors& doors) {
  Order order;
  order.kind = kind;
  order.number = make_order_number(doors.random);
  order.date = to_date(doors.clock.now_s());
  return order;
}

Result<void> log_order(OrderDesk& at, const Order& order) {
  const SignerKey* const signers[] = {&at.holder.signer()};
  const std::string note = sign_note(render_order(order, at.view.id), signers);
  TRY(parse_signed_order(note, at.view.id, at.view.charter));
  TRY(at.home->appender().append({Bytes(note.begin(), note.end())}));
  return {};
}

Result<std::string> propose_order(const Doors& doors, const OrderDesk& at, const Order& order) {
  const SignerKey* const signers[] = {&at.holder.signer()};
  const std::string note = sign_note(render_order(order, at.view.id), signers);
  TRY_ASSIGN(const Proposal proposal, read_proposal(note, at.view));
  if (proposal.signers.people == 0) {
    return Error(Code::denied, at.holder.pseudonym() + " is no custodian of this archive: the order would not count");
  }
  TRY_ASSIGN(const std::string root, at.place->own_root());
  return save_proposal(doors, root, note);
}

void say_what_is_missing(const std::string& proposal, const Order& order, const ArchiveView& view,
                         const std::string& archive, Output& out) {
  const Needed needed = needed_for(order, view.charter);
  out.line("Nothing happens before it is signed by " + counted(needed.people, "person", "people") +
           (needed.trustees ? ", the trustees among them" : "") + ". You have signed. Next, by somebody else:");
  out.line("    muniment approve " + archive + " " + proposal + " --key KEYFILE");
  if (view.charter.trustees)
    out.line("or by the trustees, with their shares:\n    muniment approve " + archive + " " + proposal +
             " --trustees");
}

Result<Json> carry_out_here(Context& context, Store& store, const IdPin& pin) {
  const PrivateFiles only_for_me;  // withdrawn/ is nobody else's, whoever serves the rest
  TRY_ASSIGN(const ArchiveView view, view_archive(store, pin));
  TRY_ASSIGN(const WithdrawalReport report, carry_out_removals(context.doors.clock, store, view, pin));
  for (const std::string& sentence : report.sentences) context.output.line(sentence + ".");
  // Whoever keeps a copy sees that somebody has tried.
  for (const std::string& objection : view.objections) {
    context.output.line("Not obeyed: " + objection + ".");
  }
  const auto is_not_vouched_for = [&](const LoggedDeposit& deposit) { return !view.is_accepted(deposit); };
  const auto not_vouched_for = static_cast<std::uint64_t>(std::ranges::count_if(view.deposits, is_not_vouched_for));
  if (not_vouched_for > 0) {
    context.output.line("No custodian vouches for " + counted(not_vouched_for, "deposit", "deposits") +
                        ": whoever has the log key may have written that. Tell a custodian.");
  }
  return Json{{"withdrawn", report.withdrawn}, {"destroyed", report.destroyed}, {"broughtBack", report.brought_back},
              {"sentences", report.sentences}, {"objections", view.objections}, {"notVouchedFor", not_vouched_for}};
}

Json carry_out_after(Context& context, Store& store, const IdPin& pin, Status& status) {
  auto done = carry_out_here(context, store, pin);
  if (done) return std::move(*done);
  const std::string sentence =
      "What the log orders to remove could not be carried out at " + store.where() + ": " + done.error().sentence();
  context.output.note("muniment: " + sentence);
  status = std::max(status, status_of(done.error().code()));
  return Json{{"error", sentence}};
}

}  // namespace muniment::cli
