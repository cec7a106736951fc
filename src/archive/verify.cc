#include "archive/verify.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <mutex>
#include <unordered_set>

#include "archive/hash_files.h"
#include "base/crew.h"
#include "base/encoding.h"

namespace muniment {
namespace {

using Findings = std::vector<Finding>;

struct LoggedPart {
  LoggedObject object;
  std::uint64_t size_bytes = 0;
};

/// Reads what the entries name, by the lanes of a crew.
class CopyChecker {
 public:
  CopyChecker(Store& store, CopyReport& report, const VerifyHooks& hooks)
      : report_(report), hooks_(hooks), lanes_(hooks.lanes) {
    if (lanes_.empty()) lanes_.push_back(&store);
  }

  Result<void> check_entries(Store& store, const AgreedPart* agreed);
  /// The tiles are what the entries say; the bundles were read already.
  Result<void> check_tiles(Store& store);

 private:
  Result<void> check_entry(Crew& crew, std::size_t lane, const EntryObjects& entry, Findings& found);
  Result<void> check_parts(Crew& crew, std::size_t lane, const EntryObjects& entry, ByteView sums, Findings& found);
  Result<void> check_together(Store& store, const std::vector<LoggedPart>& parts, Findings& found);
  Result<std::optional<Bytes>> check(Store& store, const LoggedObject& object, std::uint64_t bytes_max,
                                     Findings& found);
  Result<void> look_for(Store& store, const ObjectName& name, std::uint64_t size_bytes, Findings& found);
  Result<void> add_unreadable(const ObjectName& name, const Error& error, Findings& found);
  void count_share(const EntryObjects& entry);
  bool is_to_be_read();
  void count_read();
  void count_bytes(std::uint64_t bytes);

  CopyReport& report_;
  const VerifyHooks& hooks_;
  std::vector<Store*> lanes_;
  std::mutex mutex_;                         // for the report and what follows
  std::map<std::uint64_t, Findings> found_;  // by entry, since the lanes come to them as they please
};

void CopyChecker::count_share(const EntryObjects& entry) {
  if (!report_.agreed || !entry.receipt || entry.is_removed) return;
  report_.agreed->all += entry.receipt->bytes;
  report_.agreed->held += entry.is_held ? entry.receipt->bytes : 0;
}

Result<void> CopyChecker::check_entries(Store& store, const AgreedPart* agreed) {
  constexpr std::size_t kWaitingMax = 64;
  Crew crew(lanes_.size(), kWaitingMax);
  TRY(visit_objects(store, report_.view, agreed, [&](const EntryObjects& entry) {
    count_share(entry);
    return crew.give([&, entry](std::size_t lane) -> Result<void> {
      Findings found;
      const auto checked = check_entry(crew, lane, entry, found);
      const std::lock_guard lock(mutex_);
      if (!found.empty()) found_[entry.index] = std::move(found);
      return checked;
    });
  }));
  TRY(crew.finish());
  for (auto& [index, found] : found_) {
    // Whoever has the log key can name objects that never were; that must not make every copy damaged for ever.
    Findings& all = report_.view.is_vouched_for(index) ? report_.findings : report_.not_vouched_for;
    std::ranges::move(found, std::back_inserter(all));
  }
  return {};
}

Result<void> CopyChecker::check_tiles(Store& store) {
  TileBuilder builder([&](const tlog::TileId& tile, ByteView bytes) -> Result<void> {
    if (tile.level == tlog::TileId::kEntries) return {};
    const LoggedObject object{ObjectName(tile.path()), sha256(bytes)};
    const auto checked = check(store, object, tlog::kTileBytesMax, report_.findings);
    if (!checked) return checked.error();
    return {};
  });
  TRY(replay(store, report_.view.head.head, [&](std::uint64_t, ByteView entry) { return builder.append(entry); }));
  return builder.finish();
}

Result<void> CopyChecker::check_entry(Crew& crew, std::size_t lane, const EntryObjects& entry, Findings& found) {
  Store& store = *lanes_[lane];
  if (entry.own) TRY(check(store, *entry.own, std::max<std::uint64_t>(entry.own_text.size(), 1), found));
  if (!entry.receipt) {
    for (const LoggedObject& object : entry.objects) TRY(check(store, object, kLooseObjectBytesMax, found));
    return {};
  }
  for (const LoggedObject& seal : entry.seals) TRY(check(store, seal, kContentsBytesMax, found));
  const std::string folder = deposit_folder(entry.deposit) + "/";
  const LoggedObject list{ObjectName(folder + "SHA256SUMS"), entry.receipt->sums};
  TRY_ASSIGN(const auto sums, check(store, list, entry.receipt->parts * kSumsLineBytes, found));
  if (!sums) {
    found.push_back({folder + "part-*", "cannot be checked, since SHA256SUMS is not whole"});
    return {};
  }
  if (entry.is_removed || !entry.is_held) return {};
  return check_parts(crew, lane, entry, *sums, found);
}

Result<void> CopyChecker::check_parts(Crew& crew, std::size_t lane, const EntryObjects& entry, ByteView sums,
                                      Findings& found) {
  const Receipt& receipt = *entry.receipt;
  const std::string folder = deposit_folder(entry.deposit) + "/";
  const auto parts = parse_sums(as_text(sums), receipt.parts);
  if (!parts) {
    found.push_back({folder + "SHA256SUMS", "is not a list of the parts, though it is the one that was logged"});
    return {};
  }
  const std::uint64_t at_once = std::min<std::uint64_t>(Sha256Hasher::streams_at_once(),
                                                        std::max<std::uint64_t>(receipt.parts / lanes_.size(), 1));
  std::map<std::uint64_t, Findings> by_group;
  const Crew::Piece piece = [&](std::size_t piece_lane, std::uint64_t number) -> Result<void> {
    std::vector<LoggedPart> group;
    for (std::uint64_t i = at_once * number; i < receipt.parts && group.size() < at_once; ++i)
      group.push_back({{ObjectName(folder + part_name(i)), (*parts)[i]}, part_size(receipt, i)});
    Findings of_group;
    const auto checked = check_together(*lanes_[piece_lane], group, of_group);
    const std::lock_guard lock(mutex_);
    if (!of_group.empty()) by_group[number] = std::move(of_group);
    return checked;
  };
  const auto checked = crew.share(lane, (receipt.parts + at_once - 1) / at_once, piece);
  for (auto& [number, of_group] : by_group) std::ranges::move(of_group, std::back_inserter(found));
  return checked;
}

/// A few parts, side by side where they lie on this machine.
Result<void> CopyChecker::check_together(Store& store, const std::vector<LoggedPart>& parts, Findings& found) {
  std::vector<std::unique_ptr<InputFile>> files(parts.size());
  std::vector<FileToHash> to_hash(parts.size());
  std::vector<Findings> of_part(parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto& [object, size] = parts[i];
    if (!is_to_be_read()) {
      TRY(look_for(store, object.name, size, of_part[i]));
      continue;
    }
    auto opened = store.open(object.name);
    if (!opened && opened.error().code() == Code::unsupported) {
      TRY(check(store, object, size, of_part[i]));
      continue;
    }
    count_read();
    if (!opened) TRY(add_unreadable(object.name, opened.error(), of_part[i]));
    if (!opened) continue;
    files[i] = std::move(*opened);
    to_hash[i] = {files[i].get(), size};
  }
  const auto digests = hash_files(to_hash, [this](std::uint64_t bytes) { count_bytes(bytes); });
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const LoggedObject& object = parts[i].object;
    if (files[i] != nullptr && !digests[i]) TRY(add_unreadable(object.name, digests[i].error(), of_part[i]));
    if (files[i] != nullptr && digests[i] && *digests[i] != object.digest)
      of_part[i].push_back({object.name.text(), "has been altered or cut"});
    std::ranges::move(of_part[i], std::back_inserter(found));
  }
  return {};
}

void CopyChecker::count_read() {
  const std::lock_guard lock(mutex_);
  ++report_.objects;
}

void CopyChecker::count_bytes(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  report_.bytes += bytes;
  if (hooks_.on_bytes) hooks_.on_bytes(bytes);
}

bool CopyChecker::is_to_be_read() {
  const Sampling& sampling = hooks_.sampling;
  if (sampling.percent >= 100) return true;
  std::array<std::uint8_t, 4> bytes{};
  sampling.random->fill(bytes);
  std::uint32_t number = 0;
  for (const std::uint8_t byte : bytes) number = number << 8U | byte;
  return number % 100 < sampling.percent;
}

/// Where the copy could not be asked, it cannot be said what it is worth: that ends the run.
Result<void> CopyChecker::add_unreadable(const ObjectName& name, const Error& error, Findings& found) {
  std::string what = "could not be read: " + error.sentence();
  if (error.code() == Code::not_found) what = "is missing";
  if (error.code() == Code::limit) what = "is longer than it was";
  found.push_back({name.text(), what});
  if (could_not_look(error.code())) return error.in(name.text());
  return {};
}

Result<void> CopyChecker::look_for(Store& store, const ObjectName& name, std::uint64_t size_bytes, Findings& found) {
  const auto size = store.size(name);
  if (!size) return add_unreadable(name, size.error(), found);
  if (*size != size_bytes) found.push_back({name.text(), "has been altered or cut"});
  const std::lock_guard lock(mutex_);
  ++report_.unread;
  return {};
}

/// The object where it is right.
Result<std::optional<Bytes>> CopyChecker::check(Store& store, const LoggedObject& object, std::uint64_t bytes_max,
                                                Findings& found) {
  auto bytes = store.get(object.name, bytes_max);
  const bool is_right = bytes && sha256(*bytes) == object.digest;
  count_read();
  if (bytes) count_bytes(bytes->size());
  if (is_right) return std::optional(std::move(*bytes));
  if (bytes) {
    found.push_back({object.name.text(), "has been altered or cut"});
  } else {
    TRY(add_unreadable(object.name, bytes.error(), found));
  }
  return std::optional<Bytes>{};
}

}  // namespace

std::uint64_t AgreedShare::percent() const {
  return all == 0 ? 0
                  : static_cast<std::uint64_t>(static_cast<long double>(held) * 100 / static_cast<long double>(all));
}

std::string AgreedShare::text() const {
  return (is_stick ? "one stick's part (" : "its agreed part (") + std::to_string(percent()) + " %" +
         (with_seals ? ")" : ", without what opens deposits)");
}

Result<std::vector<std::string>> find_unlogged(Store& store, const ArchiveView& view) {
  std::unordered_set<std::string> logged;
  for (const LoggedDeposit& deposit : view.deposits) logged.insert(deposit.id.hex());
  std::vector<std::string> unlogged;
  TRY_ASSIGN(const auto fans, store.list(ObjectName("deposits")));
  for (const std::string& fan : fans) {
    const auto folder = ObjectName::parse("deposits/" + fan);
    if (!folder) continue;
    TRY_ASSIGN(const auto ids, store.list(*folder));
    for (const std::string& id : ids) {
      if (!logged.contains(id)) unlogged.push_back(folder->text() + "/" + id);
    }
  }
  return unlogged;
}

Result<CopyReport> verify_copy(Store& store, const std::optional<IdPin>& pin, const VerifyHooks& hooks) {
  TRY_ASSIGN(ArchiveView view, view_archive(store, pin));
  return verify_view(store, std::move(view), hooks);
}

Result<CopyReport> verify_view(Store& store, ArchiveView view, const VerifyHooks& hooks) {
  CopyReport report{.view = std::move(view),
                    .objects = 0,
                    .bytes = 0,
                    .unread = 0,
                    .findings = {},
                    .not_vouched_for = {},
                    .unlogged = {},
                    .removed = {},
                    .agreed = {}};
  const auto agreed = find_agreed_part(store, report.view.id, report.view.charter);
  if (!agreed && could_not_look(agreed.error().code())) return agreed.error();
  if (!agreed) report.findings.push_back({"agreed-part", "does not count: " + agreed.error().sentence()});
  const AgreedPart* const part = agreed && *agreed ? &**agreed : nullptr;
  if (part != nullptr)
    report.agreed = AgreedShare{.held = 0, .all = 0, .with_seals = part->with_seals, .is_stick = part->is_stick};
  CopyChecker checker(store, report, hooks);
  TRY(checker.check_entries(store, part));
  TRY(checker.check_tiles(store));
  report.removed = count_removed(store, report.view);
  auto unlogged = find_unlogged(store, report.view);
  // A store that cannot be listed is checked all the same: the log names everything.
  if (unlogged) report.unlogged = std::move(*unlogged);
  return report;
}

}  // namespace muniment
