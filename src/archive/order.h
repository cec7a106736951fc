// Orders: entries by which people have something done. Signed notes whose whole text is the entry.
// Spec: docs/formats.md "Orders".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "archive/authority.h"
#include "base/random.h"

namespace muniment {

enum class OrderKind {
  reseal,   // new seals for deposits; the older ones dropped or kept
  remove,   // deposits are withdrawn, and destroyed after the hold
  veto,     // a removal is not carried out
  hold,     // a legal hold: what is held is not destroyed
  release,  // the end of a legal hold
  unseal,   // the trustees have opened something
  mirrors,  // lists of mirrors were made
};

/// "reseal", "remove" …: the kind in the entry's first line.
std::string_view name_of(OrderKind kind);

struct Order {
  OrderKind kind = OrderKind::remove;
  std::string number;  // 32 hexadecimal digits, random: an order counts once
  std::string date;    // the day on which it was written, by its writer's clock
  // reseal
  bool drops_older = false;
  std::vector<LoggedObject> objects;  // header-<k>, contents-<k>.age of each deposit, in pairs
  // remove
  Sha256 ground;  // of a salt and the ground, so that the log does not tell it
  std::uint64_t hold_days = 0;
  // remove, hold, release
  std::vector<Sha256> deposits;  // ascending
  // veto
  std::string removal;  // the number of the order that is not carried out
  // unseal
  std::string compartment;
  std::uint64_t set = 0;    // of shares
  std::uint64_t items = 0;  // how many deposits
  Bytes reasons;            // an age file for the trustees: for whom, which deposits, why
  // mirrors
  Sha256 lists;  // commits to them, so that the log tells no address
};

/// A seal that a reseal names: which deposit, which number.
struct NamedSeal {
  Sha256 deposit;
  std::uint64_t number = 0;  // 1 or more
  Sha256 header;
  Sha256 contents;
};

inline constexpr std::size_t kOrderDepositsMax = 200;
inline constexpr std::size_t kReasonsBytesMax = 32 * 1024;

/// The text, ready to be signed.
std::string render_order(const Order& order, const Sha256& archive);

/// The text of an order of this archive, in the one form there is. Errors: `corrupt`, `forged` (another archive),
/// `unsupported` (not an order).
Result<Order> parse_order(std::string_view text, const Sha256& archive);

/// True for the kinds of entries that are orders.
bool is_order_kind(std::string_view kind);

/// The seals of a reseal. Errors: `corrupt` for objects that are not header and contents of one seal, in pairs.
Result<std::vector<NamedSeal>> seals_of(const Order& order);

/// How many people an order needs under a charter, and whether the trustees must be among them.
struct Needed {
  unsigned people = 1;
  bool trustees = false;
};
Needed needed_for(const Order& order, const Charter& charter);

/// An order as it lies in the log: signed by enough people of the charter in force. Errors: those of parse_order, of
/// find_signers and check_enough.
struct SignedOrder {
  Order order;
  Signers signers;
};
Result<SignedOrder> parse_signed_order(std::string_view note, const Sha256& archive, const Charter& charter);

/// A fresh number for an order.
std::string make_order_number(Random& random);

/// SHA-256("muniment/ground/v1" LF, salt, ground).
Sha256 ground_commitment(const std::array<std::uint8_t, 32>& salt, std::string_view ground);

}  // namespace muniment
