#include "archive/view.h"

#include <algorithm>
#include <unordered_set>

#include "archive/charter_reader.h"
#include "archive/entry.h"
#include "archive/next_card.h"
#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::string_view kAcceptFirstLine = "muniment/accept/v1";

std::string accept_text(const Sha256& archive, std::uint64_t from, const tlog::TreeHead& head) {
  return std::string(kAcceptFirstLine) + "\narchive " + archive.hex() + "\nfrom " + std::to_string(from) + "\ntree " +
         std::to_string(head.size) + " " + head.root.hex() + "\n";
}

/// The third line of an accept, "from <index>".
Result<std::uint64_t> parse_accept_from(std::string_view text) {
  constexpr std::string_view kFrom = "from ";
  const auto lines = split(text, '\n');
  if (lines.size() < 3 || !lines[2].starts_with(kFrom))
    return Error(Code::corrupt, "it does not say what it vouches for");
  return parse_decimal(lines[2].substr(kFrom.size()), UINT64_MAX >> 1);
}

/// Reads the entries in order and knows what each means.
class Reader {
 public:
  explicit Reader(ArchiveView& view) : view_(view) {}

  Result<void> take(const tlog::Frontier& before, ByteView entry) {
    const std::uint64_t index = before.size();
    if (index == 0) {
      if (as_text(entry) != view_.chain.note) return Error(Code::forged, "entry 0 is not this archive's charter");
      view_.charters.push_back({0, 1});
    } else if (auto taken = take_later(before, entry); !taken) {
      // Whoever holds the log key can append anything; what means nothing is named and passed over.
      view_.objections.push_back("entry " + std::to_string(index) + " is not ours: " + taken.error().sentence());
    }
    return {};
  }

 private:
  Result<void> take_later(const tlog::Frontier& before, ByteView entry) {
    const std::uint64_t index = before.size();
    // Nearly all are receipts, whose own parser is the stricter one.
    if (is_receipt_text(as_text(entry))) return take_deposit(index, as_text(entry));
    TRY_ASSIGN(const EntryFrame frame, parse_entry_frame(entry));
    if (!frame.has_archive || frame.archive != view_.id) return Error(Code::forged, "it names another archive");
    if (frame.version == "v1" && frame.kind == "accept") return take_accept(before, as_text(entry));
    if (frame.version == "v1" && frame.kind == "charter") return take_charter(index, as_text(entry));
    if (frame.version == "v1" && is_order_kind(frame.kind)) return take_order(index, as_text(entry));
    for (const LoggedObject& object : frame.objects) {
      if (is_reserved_path(object.name))
        return Error(Code::forged, "it names " + object.name.text() + ", which is not its to name");
    }
    if (frame.version == "v1" && frame.kind == kNextCardKind) {
      TRY_ASSIGN(ObjectName name, next_card_in(frame.objects));
      view_.next_cards.push_back(std::move(name));
      return {};
    }
    view_.unknown.push_back({index, frame.kind + "/" + frame.version});
    return {};
  }

  Result<void> take_deposit(std::uint64_t index, std::string_view text) {
    TRY_ASSIGN(const Receipt receipt, parse_receipt(text));
    if (receipt.archive != view_.id) return Error(Code::forged, "it names another archive");
    const Sha256 id = deposit_id(text);
    if (!view_.by_id.emplace(id, view_.deposits.size()).second) {
      return Error(Code::corrupt, "the deposit " + id.hex() + " is logged a second time");
    }
    LoggedDeposit deposit;
    deposit.index = index;
    deposit.id = id;
    deposit.bytes = receipt.bytes;
    deposit.parts = receipt.parts;
    view_.deposits.push_back(std::move(deposit));
    return {};
  }

  Result<void> take_accept(const tlog::Frontier& before, std::string_view text) {
    const std::uint64_t index = before.size();
    TRY_ASSIGN(const Note note, parse_note(text));
    TRY_ASSIGN(const std::uint64_t from, parse_accept_from(note.text));
    // It vouches for the tree in front of it and for no other.
    if (from > index || note.text != accept_text(view_.id, from, before.head()))
      return Error(Code::forged, "it vouches for other entries than those before it");
    TRY(verify_note(note, view_.charter.custodian_keys()));
    view_.vouch(from, index + 1);
    return {};
  }

  Result<void> take_charter(std::uint64_t index, std::string_view text) {
    TRY_ASSIGN(const Charter next, parse_charter(text));
    // Keys come one after the other: one from far ahead would keep every later one out.
    if (next.log_keys.back().from > index + 1) {
      return Error(Code::forged, "it brings a log key that counts from entry " +
                                     std::to_string(next.log_keys.back().from) + " on, which is far ahead");
    }
    TRY(view_.chain.follow(text));
    view_.charter = view_.chain.charter;
    view_.charters.push_back({index, view_.charter.version});
    view_.vouch(index, index + 1);
    return {};
  }

  Result<void> take_order(std::uint64_t index, std::string_view text) {
    TRY_ASSIGN(SignedOrder order, parse_signed_order(text, view_.id, view_.charter));
    if (numbers_.contains(order.order.number)) return Error(Code::forged, "the order was given before: it counts once");
    TRY(apply(index, order.order));
    numbers_.insert(order.order.number);
    view_.orders.push_back({index, std::move(order.order), std::move(order.signers)});
    view_.vouch(index, index + 1);
    return {};
  }

  Result<LoggedDeposit*> logged(const Sha256& id) {
    const auto found = view_.by_id.find(id);
    if (found != view_.by_id.end()) return &view_.deposits[found->second];
    return Error(Code::corrupt,
                 "it orders something of the deposit " + id.hex().substr(0, 16) + ", which is not logged");
  }

  Result<void> apply(std::uint64_t index, const Order& order) {
    if (order.kind == OrderKind::reseal) return apply_reseal(order);
    if (order.kind == OrderKind::veto) return apply_veto(order);
    if (order.kind == OrderKind::unseal) return check_unseal(order);
    for (const Sha256& id : order.deposits) TRY(logged(id));
    for (const Sha256& id : order.deposits) {
      LoggedDeposit& deposit = **logged(id);
      if (order.kind == OrderKind::hold) deposit.is_held = true;
      if (order.kind == OrderKind::release) deposit.is_held = false;
      if (order.kind == OrderKind::remove) add_removal(deposit, {index, order.number, order.hold_days});
    }
    return {};
  }

  /// It tells of trustees who have signed it: their set is that in force, and the compartment theirs to open.
  Result<void> check_unseal(const Order& order) const {
    const Compartment* compartment = view_.charter.find_compartment(order.compartment);
    if (compartment == nullptr || std::ranges::find(compartment->openers, kTrustees) == compartment->openers.end())
      return Error(Code::corrupt, "it tells of a compartment that the trustees do not open");
    if (order.set == view_.charter.trustees->set) return {};
    return Error(Code::corrupt, "it tells of a set of shares that is not in force");
  }

  void add_removal(LoggedDeposit& deposit, const Removal& removal) {
    removed_by_[removal.order].push_back(deposit.id);
    std::vector<Removal>& all = removals_[deposit.id];
    all.push_back(removal);
    deposit.removal = removal_in_force(all);
  }

  /// Of several, the one with the shortest hold, and of these the first.
  static std::optional<Removal> removal_in_force(const std::vector<Removal>& all) {
    const auto shortest = std::ranges::min_element(all, {}, &Removal::hold_days);
    return shortest == all.end() ? std::nullopt : std::optional(*shortest);
  }

  Result<void> apply_reseal(const Order& order) {
    TRY_ASSIGN(const auto seals, seals_of(order));
    for (const NamedSeal& seal : seals) {
      TRY_ASSIGN(const LoggedDeposit* deposit, logged(seal.deposit));
      if (seal.number != deposit->newest_seal() + 1) {
        return Error(Code::corrupt, "its seal " + std::to_string(seal.number) + " is not the next one of its deposit");
      }
    }
    for (const NamedSeal& seal : seals) {
      LoggedDeposit& deposit = **logged(seal.deposit);
      deposit.seals.push_back({seal.number, seal.header, seal.contents});
      if (order.drops_older) deposit.oldest_seal = seal.number;
    }
    return {};
  }

  Result<void> apply_veto(const Order& order) {
    const auto vetoed = removed_by_.find(order.removal);
    if (vetoed == removed_by_.end()) return Error(Code::corrupt, "it vetoes a removal that is not in the log");
    for (const Sha256& id : vetoed->second) {
      std::vector<Removal>& all = removals_[id];
      std::erase_if(all, [&](const Removal& removal) { return removal.order == order.removal; });
      (**logged(id)).removal = removal_in_force(all);
    }
    removed_by_.erase(vetoed);
    return {};
  }

  ArchiveView& view_;
  std::unordered_set<std::string> numbers_;  // of orders
  // Removals that were not vetoed: a veto of one leaves the others.
  std::unordered_map<std::string, std::vector<Sha256>> removed_by_;        // deposits by the order's number
  std::unordered_map<Sha256, std::vector<Removal>, Sha256Hash> removals_;  // by deposit
};

}  // namespace

std::vector<Seal> LoggedDeposit::seals_in_force(const Receipt& receipt) const {
  std::vector<Seal> in_force(seals.rbegin(), seals.rend());
  in_force.push_back(first_seal(receipt));
  std::erase_if(in_force, [&](const Seal& seal) { return seal.number < oldest_seal; });
  return in_force;
}

Result<LoggedDeposit> ArchiveView::find_deposit(std::string_view id_start) const {
  constexpr std::size_t kDigitsMin = 8;
  if (id_start.size() < kDigitsMin)
    return Error(Code::invalid, "give at least " + std::to_string(kDigitsMin) + " digits of the deposit's id");
  const LoggedDeposit* found = nullptr;
  for (const LoggedDeposit& deposit : deposits) {
    if (!deposit.id.hex().starts_with(id_start)) continue;
    if (found != nullptr)
      return Error(Code::invalid, "two deposits start with " + printable(id_start) + ": give more digits");
    found = &deposit;
  }
  if (found == nullptr) return Error(Code::not_found, "the archive's log names no deposit " + printable(id_start, 80));
  return *found;
}

bool ArchiveView::is_vouched_for(std::uint64_t index) const {
  if (index == 0) return true;
  const auto after = std::ranges::upper_bound(accepted, index, {}, [](const auto& range) { return range.first; });
  return after != accepted.begin() && index < std::prev(after)->second;
}

void ArchiveView::vouch(std::uint64_t from, std::uint64_t to) {
  while (!accepted.empty() && accepted.back().second >= from) {
    from = std::min(from, accepted.back().first);
    accepted.pop_back();
  }
  accepted.emplace_back(from, to);
}

const LoggedDeposit* ArchiveView::deposit(const Sha256& deposit_id) const {
  const auto found = by_id.find(deposit_id);
  return found == by_id.end() ? nullptr : &deposits[found->second];
}

Result<ArchiveView> view_archive(Store& store, const std::optional<IdPin>& pin) {
  TRY_ASSIGN(FoundCharter charter, read_charter(store, pin));
  TRY_ASSIGN(SignedHead head, read_head(store, charter.charter.log()));
  return view_at(store, std::move(charter), std::move(head));
}

Result<ArchiveView> view_at(Store& store, FoundCharter charter, SignedHead head) {
  ArchiveView view;
  view.id = charter.id;
  // Later charters count from where they are logged; those that lie beside the log say which log keys count.
  TRY_ASSIGN(view.chain, FoundCharter::start(charter.note));
  view.charter = view.chain.charter;
  view.head = std::move(head);
  Reader reader(view);
  TRY(replay_tree(store, view.head.head,
                  [&](const tlog::Frontier& before, ByteView entry) { return reader.take(before, entry); }));
  // A charter in the log counts for the log's key as well, where its file was taken away.
  if (const auto counts = verify_head(view.head.note, view.charter.log()); !counts) {
    return counts.error().in("checkpoint of " + store.where() + ", by charter/" + std::to_string(view.charter.version) +
                             ", which is in the log");
  }
  return view;
}

std::string make_accept(const Sha256& archive, std::uint64_t from, const tlog::TreeHead& head,
                        const SignerKey& custodian) {
  const SignerKey* const signers[] = {&custodian};
  return sign_note(accept_text(archive, from, head), signers);
}

}  // namespace muniment
