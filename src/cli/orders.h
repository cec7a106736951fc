// What the commands share that order something of deposits, and those after which a folder carries out what is ordered.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "archive/home.h"
#include "archive/order.h"
#include "archive/view.h"
#include "cli/context.h"

namespace muniment::cli {

/// An archive and a custodian at it.
struct OrderDesk {
  std::unique_ptr<Place> place;
  IdPin pin;
  HolderKeys holder;
  std::unique_ptr<Home> home;  // locked, and nothing is left of earlier runs; null for who only proposes
  ArchiveView view;
};
/// Errors: those of view_archive, open_key_file and Home::open.
Result<OrderDesk> open_home(Context& context, const std::string& archive, const std::string& key_file,
                            const std::optional<std::string>& id);

/// For who only proposes something, which can be done at any copy.
Result<OrderDesk> open_copy(Context& context, const std::string& archive, const std::string& key_file,
                            const std::optional<std::string>& id);

/// The deposits that are meant, ascending and each once. Errors: those of find_deposit, `limit`.
Result<std::vector<Sha256>> find_deposits(const ArchiveView& view, const std::vector<std::string>& ids);

/// An order with a number and today's date.
Order new_order(OrderKind kind, const Doors& doors);

/// Signs the order and logs it, where one person is enough for it.
Result<void> log_order(OrderDesk& at, const Order& order);

/// Signs the order and keeps it in home/proposals of the place for others to sign. Gives the proposal's id.
Result<std::string> propose_order(const Doors& doors, const OrderDesk& at, const Order& order);

/// Whose signatures are missing under a proposal, and how they are given.
void say_what_is_missing(const std::string& proposal, const Order& order, const ArchiveView& view,
                         const std::string& archive, Output& out);

/// Carries out what the log orders in this folder or bucket and says what was done; the "removals" of the command's
/// document. Errors: those of carry_out_removals.
Result<nlohmann::ordered_json> carry_out_here(Context& context, Store& store, const IdPin& pin);
/// The same where the command has done its own work: trouble is named and makes the status worse.
nlohmann::ordered_json carry_out_after(Context& context, Store& store, const IdPin& pin, Status& status);

}  // namespace muniment::cli
