#include "archive/withdrawal.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "archive/sealed_deposit.h"
#include "base/clock.h"
#include "base/encoding.h"
#include "note/cosignature.h"

namespace muniment {
namespace {

constexpr const char* kWithdrawn = "withdrawn";
constexpr std::string_view kRemovalState = "removal-";    // and the number of the order
constexpr std::string_view kSealsState = "seals-below-";  // and the number of the oldest seal that is left
constexpr const char* kDestroyedState = "destroyed";
constexpr std::size_t kOrderDigits = 32;
constexpr std::uint64_t kStateBytesMax = 4096;
constexpr std::uint64_t kMovedBytesMax = kContentsBytesMax;  // no object of a deposit is longer
constexpr std::int64_t kWeekS = 7 * kDayS;
constexpr std::int64_t kTimeMaxS = 253'402'300'799;  // the end of the year 9999

/// An object of a deposit that goes when it is removed. Its receipt and SHA256SUMS stay.
struct Removable {
  std::string file;                   // as it lies there
  std::string name;                   // without the mark of a second one of that name, "_1"
  std::optional<std::uint64_t> seal;  // of a header or contents; none for a part
};

std::optional<std::uint64_t> number_between(std::string_view name, std::string_view before, std::string_view after) {
  if (!name.starts_with(before) || !name.ends_with(after) || name.size() < before.size() + after.size()) return {};
  const auto number = parse_decimal(name.substr(before.size(), name.size() - before.size() - after.size()), 1'000'000);
  return number ? std::optional(*number) : std::nullopt;
}

std::optional<Removable> parse_removable(const std::string& file) {
  Removable object{.file = file, .name = file.substr(0, file.find('_')), .seal = {}};
  object.seal = number_between(object.name, "header-", "");
  if (!object.seal) object.seal = number_between(object.name, "contents-", ".age");
  if (object.seal) return object;
  constexpr std::string_view kPart = "part-";
  constexpr std::size_t kPartNameBytes = 12;
  const bool is_part =
      object.name.starts_with(kPart) && object.name.size() == kPartNameBytes &&
      std::all_of(object.name.begin() + kPart.size(), object.name.end(), [](char c) { return c >= '0' && c <= '9'; });
  return is_part ? std::optional(object) : std::nullopt;
}

/// Headers first: once they are gone, what follows is noise.
std::vector<Removable> removables(const std::vector<std::string>& files) {
  std::vector<Removable> objects;
  for (const std::string& file : files) {
    const auto object = parse_removable(file);
    if (object && ObjectName::parse(file)) objects.push_back(*object);
  }
  std::ranges::sort(
      objects, {}, [](const Removable& object) { return std::pair(!object.file.starts_with("header-"), object.file); });
  return objects;
}

std::string state_text(std::int64_t seconds) { return to_precise_time(seconds * 1'000'000'000) + "\n"; }

/// The time that a state file says. Errors: `corrupt`, those of reading.
Result<std::int64_t> read_state(Store& store, const ObjectName& name) {
  TRY_ASSIGN(const Bytes bytes, store.get(name, kStateBytesMax));
  std::string_view text = as_text(bytes);
  if (!text.ends_with('\n')) return Error(Code::corrupt, name.text() + " says no time");
  text.remove_suffix(1);
  TRY_ASSIGN(const std::int64_t nanoseconds, parse_precise_time(text));
  return nanoseconds / 1'000'000'000;
}

/// withdrawn/<id>, and what lies in it.
std::string withdrawn_folder(const Sha256& id) { return std::string(kWithdrawn) + "/" + id.hex(); }

std::string title_of(const Sha256& id) { return "Deposit " + id.hex().substr(0, 16); }

bool is_vetoed(const ArchiveView& view, std::string_view order) {
  return std::ranges::any_of(view.orders, [&](const LoggedOrder& logged) {
    return logged.order.kind == OrderKind::veto && logged.order.removal == order;
  });
}

/// What an earlier run has left of one deposit in withdrawn/<id>/.
struct Left {
  std::vector<Removable> objects;
  std::map<std::string, std::int64_t> removals;       // when this copy first saw the order, by its number
  std::map<std::uint64_t, std::int64_t> seals_below;  // the same of dropped seals, by the oldest that is left
};

/// The time as of which a quorum has cosigned the head; 0 where none has. Nothing where the charter asks for no quorum.
/// Errors: `forged` when a cosignature of the policy's does not verify.
Result<std::optional<std::int64_t>> cosigned_time(const ArchiveView& view) {
  const tlog::Policy& policy = view.charter.policy;
  if (policy.quorum.empty()) return std::optional<std::int64_t>{};
  TRY_ASSIGN(const Note note, parse_note(view.head.note));
  TRY_ASSIGN(const auto cosignatures, find_cosignatures(note, policy.keys()));
  const std::uint64_t time_s = policy.quorum_time(cosignatures).value_or(0);
  return std::optional(static_cast<std::int64_t>(std::min<std::uint64_t>(time_s, kTimeMaxS)));
}

class Withdrawing {
 public:
  /// `cosigned_s` is what cosigned_time() gave.
  Withdrawing(Clock& clock, Store& store, const ArchiveView& view, std::optional<std::int64_t> cosigned_s)
      : store_(store),
        view_(view),
        is_cosigned_(cosigned_s.has_value()),
        now_s_(std::min(clock.now_s(), cosigned_s.value_or(kTimeMaxS))),
        begin_s_(std::max(clock.now_s(), cosigned_s.value_or(0))) {}

  Result<WithdrawalReport> run();

 private:
  bool is_concerned(const LoggedDeposit& deposit) const;
  Result<void> read_destroyed();
  Result<Left> read_left(const LoggedDeposit& deposit);
  Result<std::int64_t> read_or_begin_again(const ObjectName& name);
  Result<void> write_state(const ObjectName& name, std::int64_t time_s) {
    return store_.replace(name, as_view(state_text(time_s)));
  }
  std::string from(std::int64_t time_s) const;
  Result<void> tend(const LoggedDeposit& deposit);
  Result<void> withdraw(const LoggedDeposit& deposit, const std::string& state, std::optional<std::uint64_t> below);
  Result<void> settle_vetoes(const LoggedDeposit& deposit);
  Result<void> bring_back(const LoggedDeposit& deposit, const Left& left);
  Result<void> move(const ObjectName& from, const LoggedDeposit& deposit, const std::string& name);
  Result<void> destroy_what_is_due(const LoggedDeposit& deposit);
  std::vector<Removable> find_due(const LoggedDeposit& deposit, const Left& left, std::string& waits);
  bool may_destroy(const LoggedDeposit& deposit, std::string& waits) const;
  bool newest_seal_is_here(const LoggedDeposit& deposit);

  static ObjectName served(const LoggedDeposit& deposit, const std::string& file) {
    return ObjectName(deposit_folder(deposit.id) + "/" + file);
  }
  static ObjectName withdrawn(const LoggedDeposit& deposit, const std::string& file) {
    return ObjectName(withdrawn_folder(deposit.id) + "/" + file);
  }
  void say(const LoggedDeposit& deposit, const std::string& what) {
    report_.sentences.push_back(title_of(deposit.id) + ": " + what);
  }

  Store& store_;
  const ArchiveView& view_;
  bool is_cosigned_;      // by the charter's cosigners, whose time counts beside this machine's
  std::int64_t now_s_;    // the earlier of the two: until when something has waited
  std::int64_t begin_s_;  // the later of the two: from when on something waits
  std::map<std::string, std::int64_t> destroyed_;  // by the deposit's id: when something of it was destroyed last
  std::set<std::string> known_;                    // folders in withdrawn/
  WithdrawalReport report_;
};

bool Withdrawing::is_concerned(const LoggedDeposit& deposit) const {
  return deposit.removal || deposit.oldest_seal > 0 || known_.contains(deposit.id.hex());
}

Result<WithdrawalReport> Withdrawing::run() {
  TRY_ASSIGN(const auto present, store_.list(ObjectName(kWithdrawn)));
  for (const std::string& name : present) known_.insert(name);
  const auto concerned = [this](const LoggedDeposit& deposit) { return is_concerned(deposit); };
  if (std::ranges::none_of(view_.deposits, concerned)) return std::move(report_);
  // Two runs at once could destroy twice as many as the charter allows.
  TRY_ASSIGN(const auto lock, store_.lock(ObjectName(std::string(kWithdrawn) + "/lock")));
  TRY(read_destroyed());
  for (const LoggedDeposit& deposit : view_.deposits) {
    if (is_concerned(deposit)) TRY(tend(deposit));
  }
  return std::move(report_);
}

/// A state that cannot be read counts as of now: that only makes a hold longer, and a week's number smaller.
Result<std::int64_t> Withdrawing::read_or_begin_again(const ObjectName& name) {
  auto time = read_state(store_, name);
  const bool is_unreadable = !time && (time.error().code() == Code::corrupt || time.error().code() == Code::limit);
  if (!is_unreadable) return time;
  TRY(write_state(name, begin_s_));
  return begin_s_;
}

std::string Withdrawing::from(std::int64_t time_s) const {
  return " from " + to_date(time_s) + " on" +
         (is_cosigned_ ? ", by the time that a quorum of cosigners has stated" : "");
}

Result<void> Withdrawing::read_destroyed() {
  for (const std::string& id : known_) {
    const auto name = ObjectName::parse(std::string(kWithdrawn) + "/" + id + "/" + kDestroyedState);
    if (!name || !store_.size(*name)) continue;
    TRY_ASSIGN(destroyed_[id], read_or_begin_again(*name));
  }
  return {};
}

Result<Left> Withdrawing::read_left(const LoggedDeposit& deposit) {
  TRY_ASSIGN(const auto files, store_.list(ObjectName(withdrawn_folder(deposit.id))));
  Left left;
  left.objects = removables(files);
  for (const std::string& file : files) {
    const bool is_order = file.starts_with(kRemovalState) && file.size() == kRemovalState.size() + kOrderDigits;
    const auto below = number_between(file, kSealsState, "");
    if ((!is_order && !below) || !ObjectName::parse(file)) continue;
    TRY_ASSIGN(const std::int64_t seen_s, read_or_begin_again(withdrawn(deposit, file)));
    if (is_order) left.removals[file.substr(kRemovalState.size())] = seen_s;
    if (below) left.seals_below[*below] = seen_s;
  }
  return left;
}

Result<void> Withdrawing::tend(const LoggedDeposit& deposit) {
  TRY(settle_vetoes(deposit));
  if (deposit.oldest_seal > 0) {
    TRY(withdraw(deposit, std::string(kSealsState) + std::to_string(deposit.oldest_seal), deposit.oldest_seal));
  }
  if (deposit.removal) TRY(withdraw(deposit, std::string(kRemovalState) + deposit.removal->order, std::nullopt));
  return destroy_what_is_due(deposit);
}

/// Moves what is served to withdrawn/, all of it or the seals below one. That this copy has seen the order is durable
/// before anything moves, and each name is durable where it comes before it is gone where it was.
Result<void> Withdrawing::withdraw(const LoggedDeposit& deposit, const std::string& state,
                                   std::optional<std::uint64_t> below) {
  const auto goes = [&](const Removable& object) { return !below || (object.seal && *object.seal < *below); };
  TRY_ASSIGN(const auto files, store_.list(ObjectName(deposit_folder(deposit.id))));
  std::vector<Removable> objects = removables(files);
  std::erase_if(objects, [&](const Removable& object) { return !goes(object); });
  TRY_ASSIGN(const Left left, read_left(deposit));
  if (objects.empty() && std::ranges::none_of(left.objects, goes)) return {};
  const bool is_seen = below ? left.seals_below.contains(*below) : left.removals.contains(deposit.removal->order);
  if (!is_seen) TRY(write_state(withdrawn(deposit, state), begin_s_));
  for (const Removable& object : objects) TRY(move(served(deposit, object.file), deposit, object.name));
  if (objects.empty()) return {};
  ++report_.withdrawn;
  say(deposit, below ? "its older seals are served no more from here" : "it is served no more from here");
  return {};
}

/// To withdrawn/. What is there already under that name is either the same, or both are kept.
Result<void> Withdrawing::move(const ObjectName& from, const LoggedDeposit& deposit, const std::string& name) {
  constexpr int kTriesMax = 100;
  for (int tries = 0; tries < kTriesMax; ++tries) {
    const std::string file = tries == 0 ? name : name + "_" + std::to_string(tries);
    const auto moved = store_.move(from, withdrawn(deposit, file), kMovedBytesMax);
    const bool is_in_the_way =
        !moved && (moved.error().code() == Code::conflict || moved.error().code() == Code::limit);
    if (!is_in_the_way) return moved;
  }
  return Error(Code::conflict,
               from.text() + " is in the way: there are many others of its name in " + withdrawn_folder(deposit.id));
}

Result<void> Withdrawing::settle_vetoes(const LoggedDeposit& deposit) {
  TRY_ASSIGN(const Left left, read_left(deposit));
  for (const auto& [order, seen_s] : left.removals) {
    if (deposit.removal && deposit.removal->order == order) continue;
    if (!is_vetoed(view_, order)) {
      // Only a veto brings back. An older state of the log, which does not know of the order, does not.
      say(deposit, "it was withdrawn here by the order " + order + ", which this log does not show: left as it is");
      continue;
    }
    if (!deposit.removal) TRY(bring_back(deposit, left));
    TRY(store_.remove(withdrawn(deposit, std::string(kRemovalState) + order)));
    TRY(store_.flush());
  }
  return {};
}

Result<void> Withdrawing::bring_back(const LoggedDeposit& deposit, const Left& left) {
  for (const Removable& object : left.objects) {
    if (object.seal && *object.seal < deposit.oldest_seal) continue;
    // A copy that was brought up to date meanwhile has it again, checked. What lies here stays unless it is the same.
    const auto moved = store_.move(withdrawn(deposit, object.file), served(deposit, object.name), kMovedBytesMax);
    const bool stays = !moved && (moved.error().code() == Code::conflict || moved.error().code() == Code::limit);
    if (!moved && !stays) return moved;
  }
  ++report_.brought_back;
  say(deposit, destroyed_.contains(deposit.id.hex())
                   ? "its removal was vetoed after something of it had been destroyed here: another copy may have it"
                   : "its removal was vetoed: it is served again");
  return {};
}

bool Withdrawing::newest_seal_is_here(const LoggedDeposit& deposit) {
  const Seal& seal = deposit.seals.back();
  const DepositSource source = source_in_store(store_, deposit.id);
  return get_checked(source, header_name(seal.number), seal.header, kHeaderBytesMax) &&
         get_checked(source, contents_name(seal.number), seal.contents, kContentsBytesMax);
}

/// What may go by now; `waits` says what does not.
std::vector<Removable> Withdrawing::find_due(const LoggedDeposit& deposit, const Left& left, std::string& waits) {
  if (deposit.removal) {
    const auto seen = left.removals.find(deposit.removal->order);
    const std::int64_t hold_s = static_cast<std::int64_t>(deposit.removal->hold_days) * kDayS;
    if (seen != left.removals.end() && now_s_ >= seen->second + hold_s) return left.objects;
    if (seen != left.removals.end()) waits = "it is destroyed here" + from(seen->second + hold_s);
  }
  const std::int64_t hold_s = static_cast<std::int64_t>(view_.charter.rules.hold_days) * kDayS;
  std::vector<Removable> due;
  for (const Removable& object : left.objects) {
    const auto is_due = [&](const auto& state) {
      return object.seal && *object.seal < state.first && state.first <= deposit.oldest_seal &&
             now_s_ >= state.second + hold_s;
    };
    if (std::ranges::any_of(left.seals_below, is_due)) due.push_back(object);
  }
  if (due.empty() && waits.empty() && !left.seals_below.empty()) {
    waits = "its older seals are destroyed here" + from(left.seals_below.rbegin()->second + hold_s);
  }
  if (!due.empty() && !deposit.removal && !newest_seal_is_here(deposit)) {
    waits = "its older seals stay: the new one is not whole here, and nothing else would open it";
    due.clear();
  }
  return due;
}

bool Withdrawing::may_destroy(const LoggedDeposit& deposit, std::string& waits) const {
  if (deposit.is_held) {
    waits = "its hold is over, and it stays: a legal hold is on it";
    return false;
  }
  // What was begun within the week goes on: it has been counted.
  const auto own = destroyed_.find(deposit.id.hex());
  const auto is_within_a_week = [&](std::int64_t time_s) { return now_s_ - time_s < kWeekS; };
  if (own != destroyed_.end() && is_within_a_week(own->second)) return true;
  const auto count = static_cast<std::uint64_t>(
      std::ranges::count_if(destroyed_, [&](const auto& each) { return is_within_a_week(each.second); }));
  if (count < view_.charter.rules.removals_per_week) return true;
  waits = "its hold is over, and it waits: this copy destroys no more than " +
          std::to_string(view_.charter.rules.removals_per_week) + " in any seven days";
  return false;
}

Result<void> Withdrawing::destroy_what_is_due(const LoggedDeposit& deposit) {
  TRY_ASSIGN(const Left left, read_left(deposit));
  if (left.objects.empty()) return {};
  std::string waits;
  const std::vector<Removable> due = find_due(deposit, left, waits);
  if (due.empty() || !may_destroy(deposit, waits)) {
    if (!waits.empty()) say(deposit, waits);
    return {};
  }
  // It counts before it is done, so that being cut off does not let a week destroy more.
  const auto own = destroyed_.find(deposit.id.hex());
  if (own == destroyed_.end() || now_s_ - own->second >= kWeekS) {
    TRY(write_state(withdrawn(deposit, kDestroyedState), now_s_));
    destroyed_[deposit.id.hex()] = now_s_;
  }
  for (const Removable& object : due) TRY(store_.remove(withdrawn(deposit, object.file)));
  TRY(store_.flush());
  ++report_.destroyed;
  say(deposit,
      deposit.removal && due.size() == left.objects.size() ? "destroyed here" : "its older seals are destroyed here");
  return {};
}

/// Something of the deposit lies below a folder.
bool has_something(Store& store, const std::string& folder, const LoggedDeposit& deposit) {
  std::vector<std::string> names{part_name(0), header_name(0), contents_name(0)};
  for (const Seal& seal : deposit.seals) {
    names.push_back(header_name(seal.number));
    names.push_back(contents_name(seal.number));
  }
  return std::ranges::any_of(
      names, [&](const std::string& name) { return store.size(ObjectName(folder + "/" + name)).has_value(); });
}

}  // namespace

Result<WithdrawalReport> carry_out_removals(Clock& clock, Store& store, const ArchiveView& view, const IdPin& pin) {
  TRY(pin.check(view.id));
  TRY_ASSIGN(const auto cosigned_s, cosigned_time(view));
  return Withdrawing(clock, store, view, cosigned_s).run();
}

std::string RemovalHere::text() const {
  if (is_served) return "is still served from here: the next run of muniment mirror pull or deposit withdraws it";
  if (!is_withdrawn) return "is not here any more";
  if (is_held) return "is withdrawn and not destroyed: a legal hold is on it";
  return due_s ? "is withdrawn, and destroyed here from " + to_date(*due_s) + " on" : "is withdrawn";
}

Result<std::vector<RemovalHere>> removals_here(Store& store, const ArchiveView& view) {
  std::vector<RemovalHere> removals;
  for (const LoggedDeposit& deposit : view.deposits) {
    if (!deposit.removal) continue;
    RemovalHere here{.deposit = deposit.id,
                     .index = deposit.removal->index,
                     .order = deposit.removal->order,
                     .is_served = false,
                     .is_withdrawn = false,
                     .is_held = deposit.is_held,
                     .due_s = {}};
    TRY_ASSIGN(const auto served, store.list(ObjectName(deposit_folder(deposit.id))));
    here.is_served = !removables(served).empty();
    const std::string folder = withdrawn_folder(deposit.id);
    TRY_ASSIGN(const auto withdrawn, store.list(ObjectName(folder)));
    here.is_withdrawn = !removables(withdrawn).empty();
    const auto seen_s = read_state(store, ObjectName(folder + "/" + std::string(kRemovalState) + here.order));
    if (seen_s) here.due_s = *seen_s + static_cast<std::int64_t>(deposit.removal->hold_days) * kDayS;
    removals.push_back(std::move(here));
  }
  return removals;
}

std::string RemovedCount::text() const {
  if (served == 0 && withdrawn == 0) return "";
  return std::to_string(ordered) + (ordered == 1 ? " deposit is" : " deposits are") + " removed by order; of " +
         std::to_string(served) + " something is still served here, and " + std::to_string(withdrawn) +
         (withdrawn == 1 ? " is" : " are") + " withdrawn and not destroyed yet";
}

RemovedCount count_removed(Store& store, const ArchiveView& view) {
  RemovedCount count;
  for (const LoggedDeposit& deposit : view.deposits) {
    if (!deposit.removal) continue;
    ++count.ordered;
    count.served += has_something(store, deposit_folder(deposit.id), deposit) ? 1u : 0u;
    count.withdrawn += has_something(store, withdrawn_folder(deposit.id), deposit) ? 1u : 0u;
  }
  return count;
}

}  // namespace muniment
