#include "archive/intake.h"

#include <algorithm>

#include "archive/open.h"
#include "archive/verify.h"
#include "base/encoding.h"

namespace muniment {

Intake::Intake(const Doors& doors, Home& home, const ArchiveView& view, SealTarget target,
               const age::Identity& compartment_key, IntakeHooks hooks)
    : doors_(doors),
      home_(home),
      view_(view),
      target_(std::move(target)),
      key_(compartment_key),
      hooks_(std::move(hooks)),
      root_(home.store().root()) {
  for (const LoggedDeposit& deposit : view.deposits) logged_.emplace(deposit.id, deposit.index);
}

Result<void> Intake::add(const std::string& path, SealLimits limits) {
  TRY_ASSIGN(const FileInfo info, doors_.fs.info(path));
  if (info.type != FileType::folder) return seal(path, limits);
  TRY_ASSIGN(const bool is_one, is_sealed_deposit(doors_.fs, path));
  if (is_one) return adopt(path);

  // A folder of sealed deposits: what `seal -o` wrote, or incoming/.
  TRY_ASSIGN(const auto names, doors_.fs.list(path));
  std::vector<std::string> sealed;
  for (const std::string& name : names) {
    TRY_ASSIGN(const bool is_deposit, is_sealed_deposit(doors_.fs, join(path, name)));
    if (is_deposit) sealed.push_back(join(path, name));
  }
  if (sealed.empty() && path == join(root_, "incoming")) return {};
  if (sealed.empty()) return seal(path, limits);
  for (const std::string& folder : sealed) TRY(adopt(folder));
  for (const std::string& name : names) {
    const std::string other = join(path, name);
    if (std::ranges::find(sealed, other) == sealed.end() && name != "staging") {
      report_.refused.push_back({other, "is not a sealed deposit, though others beside it are: it stays where it is"});
    }
  }
  return {};
}

Result<void> Intake::seal(const std::string& path, SealLimits limits) {
  TRY_ASSIGN(StagingFolder staging, make_staging_folder(doors_.fs, root_, doors_.random));
  const SealHooks hooks{.place = [&](SealedDeposit& deposit) -> Result<void> {
                          TRY(place(deposit.folder, deposit.id));
                          deposit.folder = join(root_, deposit_folder(deposit.id));
                          added_.emplace(
                              deposit.id,
                              TakenDeposit{.id = deposit.id, .index = 0, .bytes = deposit.receipt.bytes, .from = path});
                          return {};
                        },
                        .on_bytes = hooks_.on_bytes};
  auto sealed = seal_path(doors_, path, staging.path, target_, hooks, limits);
  remove_staging_folder(doors_.fs, std::move(staging));
  if (!sealed) return sealed.error();
  for (const SealedDeposit& deposit : sealed->deposits) report_.files += deposit.files;
  report_.not_whole.insert(report_.not_whole.end(), sealed->not_whole.begin(), sealed->not_whole.end());
  return {};
}

/// A sealed deposit that is not as it should be stays where it is and is named; only our own trouble is an error.
Result<void> Intake::adopt(const std::string& folder) {
  const auto refuse = [&](const std::string& why) {
    report_.refused.push_back({folder, why});
    return Result<void>();
  };
  const auto found = read_receipt(doors_.fs, folder);
  if (!found) return refuse(found.error().sentence());
  if (found->receipt.archive != view_.id)
    return refuse("was sealed for another archive, " + id_words(found->receipt.archive));
  if (const auto index = logged_.find(found->id); index != logged_.end()) {
    report_.already.push_back({.id = found->id, .index = index->second, .bytes = found->receipt.bytes, .from = folder});
    if (parent_of(folder) == join(root_, "incoming")) from_incoming_.emplace_back(folder, found->receipt);
    return {};
  }
  if (added_.contains(found->id)) return {};
  const auto contents = open_contents(source_in_folder(doors_.fs, folder), found->receipt, key_);
  if (!contents && contents.error().code() == Code::io) return contents.error();
  if (!contents)
    return refuse("cannot be opened with the key of \"" + target_.compartment + "\": " + contents.error().sentence());

  const auto copied = copy_sealed(folder, *found);
  if (!copied && copied.error().code() == Code::corrupt) return refuse(copied.error().sentence());
  if (!copied) return copied;
  added_.emplace(found->id, TakenDeposit{.id = found->id, .index = 0, .bytes = found->receipt.bytes, .from = folder});
  report_.files += contents->files.size();
  if (parent_of(folder) == join(root_, "incoming")) from_incoming_.emplace_back(folder, found->receipt);
  return {};
}

Result<void> Intake::copy_sealed(const std::string& folder, const FoundReceipt& found) {
  TRY_ASSIGN(StagingFolder staging, make_staging_folder(doors_.fs, root_, doors_.random));
  const std::string staged = join(staging.path, "deposit");
  const auto copied = [&]() -> Result<void> {
    TRY(doors_.fs.make_folder(staged));
    TRY(visit_deposit(source_in_folder(doors_.fs, folder), found.receipt, [&](const std::string& name, ByteView bytes) {
      if (hooks_.on_bytes) hooks_.on_bytes(bytes.size());
      return write_new(doors_.fs, join(staged, name), bytes);
    }));
    TRY(doors_.fs.sync_folder(staged));
    TRY(write_new(doors_.fs, join(staged, "receipt"), as_view(found.text)));
    TRY(doors_.fs.sync_folder(staged));
    return place(staged, found.id);
  }();
  remove_staging_folder(doors_.fs, std::move(staging));
  return copied;
}

/// Gives a whole deposit its name in the archive. One that is there already is the work of an earlier run: it is
/// checked with the others that were left behind.
Result<void> Intake::place(const std::string& staged, const Sha256& id) {
  const std::string target = join(root_, deposit_folder(id));
  TRY(make_folders(doors_.fs, parent_of(target)));
  auto renamed = doors_.fs.rename_new(staged, target);
  if (!renamed && renamed.error().code() != Code::conflict) return renamed;
  return doors_.fs.sync_folder(parent_of(target));
}

/// Deposits that lie in deposits/ complete and unlogged: an earlier run was cut off between moving them and logging
/// them.
Result<void> Intake::add_left_behind() {
  TRY_ASSIGN(const auto unlogged, find_unlogged(home_.store(), view_));
  for (const std::string& name : unlogged) {
    const std::string folder = join(root_, name);
    const auto found = read_receipt(doors_.fs, folder);
    if (found && added_.contains(found->id)) continue;
    auto checked = found ? Result<void>() : Result<void>(found.error());
    if (checked && (found->receipt.archive != view_.id || deposit_folder(found->id) != name))
      checked = Error(Code::forged, "it is not a deposit of this archive");
    if (checked)
      checked = visit_deposit(source_in_folder(doors_.fs, folder), found->receipt,
                              [](const std::string&, ByteView) { return Result<void>(); });
    if (!checked) {
      report_.refused.push_back(
          {folder, "lies in the archive, is not in the log and is not whole: " + checked.error().sentence()});
      continue;
    }
    added_.emplace(
        found->id,
        TakenDeposit{.id = found->id, .index = 0, .bytes = found->receipt.bytes, .from = "left by an earlier run"});
  }
  return {};
}

Result<IntakeReport> Intake::finish(const SignerKey& custodian) {
  TRY(add_left_behind());
  TileReader tiles(home_.store(), view_.head.head.size);
  TRY_ASSIGN(tlog::Frontier frontier, tlog::Frontier::resume(view_.head.head.size, tiles.source()));
  std::vector<Bytes> entries;
  for (auto& [id, taken] : added_) {
    TRY_ASSIGN(Bytes receipt, read_file(doors_.fs, join(root_, deposit_folder(id) + "/receipt"), kReceiptBytesMax));
    if (sha256(receipt) != id)
      return Error(Code::corrupt, deposit_folder(id) + "/receipt is not what was written: do not trust this disk");
    taken.index = frontier.size();
    frontier.append(tlog::leaf_hash(receipt));
    entries.push_back(std::move(receipt));
    report_.taken.push_back(taken);
  }
  report_.head = view_.head.head;
  if (!entries.empty()) {
    const std::string accept = make_accept(view_.id, frontier.head(), custodian);
    entries.emplace_back(accept.begin(), accept.end());
    TRY_ASSIGN(const SignedHead head, home_.appender().append(entries));
    report_.head = head.head;
  }
  TRY(clear_incoming());
  return std::move(report_);
}

/// Only the objects that were taken in are removed, and the folder if nothing else is in it.
Result<void> Intake::clear_incoming() {
  for (const auto& [folder, receipt] : from_incoming_) {
    std::vector<std::string> names = {"receipt", "SHA256SUMS", "header-0", "contents-0.age"};
    for (std::uint64_t i = 0; i < receipt.parts; ++i) names.push_back(part_name(i));
    for (const std::string& name : names) {
      const auto removed = doors_.fs.remove(join(folder, name));
      if (!removed && removed.error().code() != Code::not_found) return removed;
    }
    static_cast<void>(doors_.fs.remove(folder).has_value());
  }
  return {};
}

}  // namespace muniment
