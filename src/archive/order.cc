#include "archive/order.h"

#include <algorithm>
#include <array>

#include "archive/receipt.h"
#include "base/clock.h"
#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::array<std::pair<std::string_view, OrderKind>, 7> kKinds = {{{"reseal", OrderKind::reseal},
                                                                           {"remove", OrderKind::remove},
                                                                           {"veto", OrderKind::veto},
                                                                           {"hold", OrderKind::hold},
                                                                           {"release", OrderKind::release},
                                                                           {"unseal", OrderKind::unseal},
                                                                           {"mirrors", OrderKind::mirrors}}};
constexpr std::size_t kNumberBytes = 16;
constexpr std::size_t kOrderLinesMax = 2 * kOrderDepositsMax + 16;
constexpr std::uint64_t kHoldDaysMax = 3650;
constexpr std::uint64_t kCountMax = 1'000'000'000;

std::string first_line_of(OrderKind kind) { return "muniment/" + std::string(name_of(kind)) + "/v1"; }

/// Takes the value of `key` from a line "key value". Errors: `corrupt`.
Result<void> parse_value(std::string_view key, std::string_view value, Order& order) {
  if (key == "order") {
    order.number = value;
  } else if (key == "date") {
    TRY(parse_date(value));
    order.date = value;
  } else if (key == "older") {
    order.drops_older = value == "dropped";
  } else if (key == "ground") {
    TRY_ASSIGN(order.ground, parse_sha256(value));
  } else if (key == "hold") {
    TRY_ASSIGN(order.hold_days, parse_decimal(value, kHoldDaysMax));
  } else if (key == "deposit") {
    TRY_ASSIGN(const Sha256 id, parse_sha256(value));
    if (!order.deposits.empty() && !(order.deposits.back() < id)) {
      return Error(Code::corrupt, "the order's deposits are not in ascending order");
    }
    order.deposits.push_back(id);
  } else if (key == "removal") {
    order.removal = value;
  } else if (key == "compartment") {
    order.compartment = value;
    if (!check_pseudonym(value)) return Error(Code::corrupt, "the order names no compartment");
  } else if (key == "set") {
    TRY_ASSIGN(order.set, parse_decimal(value, kCountMax));
  } else if (key == "items") {
    TRY_ASSIGN(order.items, parse_decimal(value, kOrderDepositsMax));
  } else if (key == "lists") {
    TRY_ASSIGN(order.lists, parse_sha256(value));
  } else if (key == "reasons") {
    TRY_ASSIGN(order.reasons, from_base64(value));
    if (order.reasons.size() > kReasonsBytesMax) return Error(Code::limit, "the order's sealed reasons are too long");
  } else {
    return Error(Code::corrupt, "the order has an unknown line: " + printable(key, 40));
  }
  return {};
}

bool is_number(std::string_view text) {
  const auto bytes = from_hex(text);
  return bytes && bytes->size() == kNumberBytes;
}

/// What the form alone does not say.
Result<void> check_sense(const Order& order) {
  if (!is_number(order.number)) return Error(Code::corrupt, "the order has no number");
  const bool names_deposits =
      order.kind == OrderKind::remove || order.kind == OrderKind::hold || order.kind == OrderKind::release;
  if (names_deposits && (order.deposits.empty() || order.deposits.size() > kOrderDepositsMax)) {
    return Error(Code::corrupt, "the order names no deposit, or more than " + std::to_string(kOrderDepositsMax));
  }
  if (!names_deposits && !order.deposits.empty()) {
    return Error(Code::corrupt, "the order names deposits, which are not this kind's to name");
  }
  if (order.kind == OrderKind::veto && !is_number(order.removal)) {
    return Error(Code::corrupt, "the veto does not say of which removal");
  }
  if (order.kind == OrderKind::unseal && (order.items == 0 || order.reasons.empty())) {
    return Error(Code::corrupt, "the order does not say what was opened, or keeps no reasons for the trustees");
  }
  if (order.kind == OrderKind::reseal) TRY(seals_of(order));
  return {};
}

/// The number k in "header-<k>" or "contents-<k>.age".
std::optional<std::uint64_t> number_in(std::string_view name, std::string_view before, std::string_view after) {
  if (!name.starts_with(before) || !name.ends_with(after) || name.size() <= before.size() + after.size()) return {};
  const auto number = parse_decimal(name.substr(before.size(), name.size() - before.size() - after.size()), 1'000'000);
  return number ? std::optional(*number) : std::nullopt;
}

}  // namespace

std::string_view name_of(OrderKind kind) {
  for (const auto& [name, other] : kKinds) {
    if (other == kind) return name;
  }
  panic(__FILE__, __LINE__, "unknown kind of order");
}

bool is_order_kind(std::string_view kind) {
  return std::ranges::any_of(kKinds, [&](const auto& each) { return each.first == kind; });
}

std::string render_order(const Order& order, const Sha256& archive) {
  std::string text = first_line_of(order.kind) + "\narchive " + archive.hex() + "\norder " + order.number + "\ndate " +
                     order.date + "\n";
  switch (order.kind) {
    case OrderKind::reseal:
      text += std::string("older ") + (order.drops_older ? "dropped" : "kept") + "\n";
      for (const LoggedObject& object : order.objects) text += render_object_line(object) + "\n";
      break;
    case OrderKind::remove:
      text += "ground " + order.ground.hex() + "\nhold " + std::to_string(order.hold_days) + "\n";
      break;
    case OrderKind::veto: text += "removal " + order.removal + "\n"; break;
    case OrderKind::unseal:
      text += "compartment " + order.compartment + "\nset " + std::to_string(order.set) + "\nitems " +
              std::to_string(order.items) + "\nreasons " + to_base64(order.reasons) + "\n";
      break;
    case OrderKind::mirrors: text += "lists " + order.lists.hex() + "\n"; break;
    case OrderKind::hold:
    case OrderKind::release: break;
  }
  for (const Sha256& id : order.deposits) text += "deposit " + id.hex() + "\n";
  return text;
}

Result<Order> parse_order(std::string_view text, const Sha256& archive) {
  TRY_ASSIGN(const auto lines, split_lines(text, kOrderLinesMax));
  Order order;
  const auto kind = std::ranges::find_if(
      kKinds, [&](const auto& each) { return !lines.empty() && lines[0] == first_line_of(each.second); });
  if (kind == kKinds.end()) return Error(Code::unsupported, "not an order that this program knows");
  order.kind = kind->second;
  if (lines.size() < 2 || lines[1] != "archive " + archive.hex()) {
    return Error(Code::forged, "the order is for another archive");
  }
  for (std::size_t i = 2; i < lines.size(); ++i) {
    if (is_object_line(lines[i])) {
      TRY_ASSIGN(LoggedObject object, parse_object_line(lines[i]));
      order.objects.push_back(std::move(object));
      continue;
    }
    const std::size_t space = lines[i].find(' ');
    if (space == std::string_view::npos) return Error(Code::corrupt, "the order has a line without a value");
    TRY(parse_value(lines[i].substr(0, space), lines[i].substr(space + 1), order));
  }
  TRY(check_sense(order));
  if (render_order(order, archive) != text) return Error(Code::corrupt, "the order's lines are not in their one form");
  return order;
}

Result<std::vector<NamedSeal>> seals_of(const Order& order) {
  const Error wrong(Code::corrupt, "the reseal does not name header and contents of one seal, in pairs");
  if (order.objects.empty() || order.objects.size() % 2 != 0 || order.objects.size() > 2 * kOrderDepositsMax)
    return wrong;
  std::vector<NamedSeal> seals;
  for (std::size_t i = 0; i < order.objects.size(); i += 2) {
    const auto parts = split(order.objects[i].name.text(), '/');
    const auto other = split(order.objects[i + 1].name.text(), '/');
    if (parts.size() != 4 || other.size() != 4) return wrong;
    const auto id = parse_sha256(parts[2]);
    const auto number = number_in(parts[3], "header-", "");
    const auto contents_number = number_in(other[3], "contents-", ".age");
    if (!id || !number || *number == 0 || number != contents_number) return wrong;
    const std::string folder = deposit_folder(*id) + "/";
    if (!order.objects[i].name.text().starts_with(folder) || !order.objects[i + 1].name.text().starts_with(folder)) {
      return wrong;
    }
    if (!seals.empty() && !(seals.back().deposit < *id)) return wrong;
    seals.push_back({*id, *number, order.objects[i].digest, order.objects[i + 1].digest});
  }
  return seals;
}

Needed needed_for(const Order& order, const Charter& charter) {
  switch (order.kind) {
    case OrderKind::reseal: return {order.drops_older ? charter.rules.reseal : 1, false};
    case OrderKind::remove: return {charter.rules.remove, order.hold_days < charter.rules.hold_days};
    case OrderKind::release: return {charter.rules.remove, false};
    case OrderKind::unseal: return {1, true};
    case OrderKind::veto:
    case OrderKind::mirrors:
    case OrderKind::hold: return {1, false};
  }
  panic(__FILE__, __LINE__, "unknown kind of order");
}

Result<SignedOrder> parse_signed_order(std::string_view bytes, const Sha256& archive, const Charter& charter) {
  TRY_ASSIGN(const Note note, parse_note(bytes));
  TRY_ASSIGN(Order order, parse_order(note.text, archive));
  TRY_ASSIGN(Signers signers, find_signers(note, charter));
  const Needed needed = needed_for(order, charter);
  // Without trustees in the charter nobody may shorten a hold, and nothing is held closed.
  if (needed.trustees && !charter.trustees) return Error(Code::denied, "this needs trustees, and the archive has none");
  TRY(check_enough(signers, charter, needed.people, needed.trustees));
  return SignedOrder{std::move(order), std::move(signers)};
}

std::string make_order_number(Random& random) {
  std::array<std::uint8_t, kNumberBytes> bytes{};
  random.fill(bytes);
  return to_hex(bytes);
}

Sha256 ground_commitment(const std::array<std::uint8_t, 32>& salt, std::string_view ground) {
  Sha256Hasher hasher;
  hasher.update(as_view("muniment/ground/v1\n"));
  hasher.update(salt);
  hasher.update(as_view(ground));
  return hasher.finish();
}

}  // namespace muniment
