#include "archive/verify.h"

#include <unordered_set>

#include "base/encoding.h"

namespace muniment {
namespace {

class CopyChecker {
 public:
  CopyChecker(Store& store, CopyReport& report, const VerifyHooks& hooks)
      : store_(store), report_(report), hooks_(hooks) {}

  Result<void> check_entry(const EntryObjects& entry) {
    // Whoever has the log key can name objects that never were; that must not make every copy damaged for ever.
    const bool counts = report_.view.is_vouched_for(entry.index);
    found_ = counts ? &report_.findings : &report_.not_vouched_for;
    if (entry.own) check(entry.own->name, entry.own->digest, std::max<std::uint64_t>(entry.own_text.size(), 1));
    if (!entry.receipt) {
      for (const LoggedObject& object : entry.objects) check(object.name, object.digest, kLooseObjectBytesMax);
      return not_looked_at_;
    }
    check_deposit(entry);
    return not_looked_at_;
  }

  /// The tiles are what the entries say; the bundles were read already.
  Result<void> check_tiles() {
    found_ = &report_.findings;
    TileBuilder builder([&](const tlog::TileId& tile, ByteView bytes) -> Result<void> {
      if (tile.level != tlog::TileId::kEntries) check(ObjectName(tile.path()), sha256(bytes), tlog::kTileBytesMax);
      return not_looked_at_;
    });
    TRY(replay(store_, report_.view.head.head, [&](std::uint64_t, ByteView entry) { return builder.append(entry); }));
    return builder.finish();
  }

 private:
  void check_deposit(const EntryObjects& entry) {
    const Receipt& receipt = *entry.receipt;
    if (report_.agreed && !entry.is_removed) {
      report_.agreed->all += receipt.bytes;
      report_.agreed->held += entry.is_held ? receipt.bytes : 0;
    }
    const std::string folder = deposit_folder(entry.deposit) + "/";
    for (const LoggedObject& seal : entry.seals) check(seal.name, seal.digest, kContentsBytesMax);
    const auto sums = check(ObjectName(folder + "SHA256SUMS"), receipt.sums, receipt.parts * kSumsLineBytes);
    if (!sums) {
      found_->push_back({folder + "part-*", "cannot be checked, since SHA256SUMS is not whole"});
      return;
    }
    if (entry.is_removed || !entry.is_held) return;
    const auto parts = parse_sums(as_text(*sums), receipt.parts);
    if (!parts) {
      found_->push_back({folder + "SHA256SUMS", "is not a list of the parts, though it is the one that was logged"});
      return;
    }
    for (std::uint64_t i = 0; i < receipt.parts; ++i)
      check(ObjectName(folder + part_name(i)), (*parts)[i], part_size(receipt, i));
  }

  std::optional<Bytes> check(const ObjectName& name, const Sha256& digest, std::uint64_t bytes_max) {
    ++report_.objects;
    auto bytes = store_.get(name, bytes_max);
    std::string what;
    if (!bytes) {
      if (bytes.error().code() == Code::not_found)
        what = "is missing";
      else if (bytes.error().code() == Code::limit)
        what = "is longer than it was";
      else
        what = "could not be read: " + bytes.error().sentence();
      if (could_not_look(bytes.error().code()) && not_looked_at_) not_looked_at_ = bytes.error().in(name.text());
    } else if (sha256(*bytes) != digest) {
      what = "has been altered or cut";
    }
    if (bytes) {
      report_.bytes += bytes->size();
      if (hooks_.on_bytes) hooks_.on_bytes(bytes->size());
    }
    if (what.empty()) return std::move(*bytes);
    found_->push_back({name.text(), what});
    return std::nullopt;
  }

  Store& store_;
  CopyReport& report_;
  std::vector<Finding>* found_ = &report_.findings;
  const VerifyHooks& hooks_;
  Result<void> not_looked_at_;  // why it cannot be said what the copy is worth
};

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
  TRY(visit_objects(store, report.view, part, [&](const EntryObjects& entry) { return checker.check_entry(entry); }));
  TRY(checker.check_tiles());
  report.removed = count_removed(store, report.view);
  auto unlogged = find_unlogged(store, report.view);
  // A store that cannot be listed is checked all the same: the log names everything.
  if (unlogged) report.unlogged = std::move(*unlogged);
  return report;
}

}  // namespace muniment
