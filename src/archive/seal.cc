#include "archive/seal.h"

#include <set>

#include "base/encoding.h"

namespace muniment {
namespace {

/// Writes deposits one after the other, each in a folder of its own below the staging folder.
class Sealing {
 public:
  Sealing(const Doors& doors, const std::string& staging, const SealTarget& target, const SealHooks& hooks)
      : doors_(doors), staging_(staging), target_(target), hooks_(hooks) {}

  /// Adds what is wanted. What cannot be read is held back until something is there that can: where the rest is known
  /// from before, no deposit is made for it alone.
  Result<void> offer(const SourceItem& item, const SealLimits& limits, SealReport& report) {
    if (hooks_.is_wanted && item.kind != SourceItem::Kind::left_out && !hooks_.is_wanted(item)) {
      passes_over_ = true;
      return {};
    }
    if (hooks_.is_wanted && !has_readable_) {
      std::string why = why_unreadable(item);
      if (!why.empty()) {
        held_back_.emplace_back(item, std::move(why));
        return {};
      }
      has_readable_ = true;
      TRY(add_held_back(limits, report));
    }
    return add(item, limits, report);
  }

  Result<void> add(const SourceItem& item, const SealLimits& limits, SealReport& report) {
    const std::uint64_t bytes = item.kind == SourceItem::Kind::file ? item.info.size_bytes : 0;
    if (writer_ != nullptr && writer_->is_full(bytes, limits) && !keeps_together(item, bytes, limits))
      TRY(end_deposit(report));
    last_folder_ = parent_of(item.true_path);
    if (writer_ == nullptr) {
      folder_ = join(staging_, "deposit-" + std::to_string(count_++));
      TRY(doors_.fs.make_folder(folder_));
      TRY_ASSIGN(writer_, DepositWriter::begin(doors_, folder_, target_));
    }
    return writer_->add(item, report, hooks_);
  }

  /// Media and proofs of one package stay together, as far as twice the limits.
  bool keeps_together(const SourceItem& item, std::uint64_t bytes, SealLimits limits) const {
    if (item.package == PackageKind::none || parent_of(item.true_path) != last_folder_) return false;
    limits.split_bytes *= 2;
    limits.split_items *= 2;
    limits.split_contents_bytes *= 2;
    return !writer_->is_full(bytes, limits);
  }

  Result<void> end(const SealLimits& limits, SealReport& report) {
    if (!passes_over_) TRY(add_held_back(limits, report));
    for (const auto& [item, why] : held_back_) report.not_whole.push_back(left_out_sentence(item, why));
    return end_deposit(report);
  }

  Result<void> end_deposit(SealReport& report) {
    if (writer_ == nullptr) return {};
    TRY_ASSIGN(SealedDeposit deposit, writer_->finish());
    writer_.reset();
    TRY(hooks_.place(deposit));
    report.deposits.push_back(std::move(deposit));
    return {};
  }

 private:
  std::string why_unreadable(const SourceItem& item) {
    if (item.kind == SourceItem::Kind::file) {
      const auto opened = doors_.fs.open(item.fs_path);
      return opened ? std::string() : why_unread(opened.error());
    }
    if (item.kind != SourceItem::Kind::link) return item.reason;
    const auto target = doors_.fs.read_link(item.fs_path);
    return target ? std::string() : target.error().sentence();
  }

  Result<void> add_held_back(const SealLimits& limits, SealReport& report) {
    for (const auto& [item, why] : held_back_) TRY(add(item, limits, report));
    held_back_.clear();
    return {};
  }

  const Doors& doors_;
  const std::string& staging_;
  const SealTarget& target_;
  const SealHooks& hooks_;
  std::unique_ptr<DepositWriter> writer_;
  std::string folder_;
  std::string last_folder_;  // of the item before
  int count_ = 0;
  bool passes_over_ = false;   // something that was not wanted
  bool has_readable_ = false;  // something that goes into a deposit
  std::vector<std::pair<SourceItem, std::string>> held_back_;
};

/// What was named by hand must be readable itself; what lies below it may be left out by name.
Result<void> check_readable(Fs& fs, const std::string& path) {
  TRY_ASSIGN(const FileInfo info, fs.info(path));
  if (info.type == FileType::folder) {
    TRY(fs.list(path));
  } else if (info.type == FileType::file) {
    TRY(fs.open(path));
  } else {
    return Error(Code::invalid, path + " is a " + std::string(name_of(info.type)) + ": give files and folders");
  }
  return {};
}

}  // namespace

Result<SealReport> seal_path(const Doors& doors, const std::string& path, const std::string& staging,
                             const SealTarget& target, const SealHooks& hooks, SealLimits limits) {
  return seal_together(doors, {path}, staging, target, hooks, limits);
}

Result<SealReport> seal_together(const Doors& doors, const std::vector<std::string>& paths, const std::string& staging,
                                 const SealTarget& target, const SealHooks& hooks, SealLimits limits) {
  std::set<std::string> names;
  for (const std::string& path : paths) {
    TRY(check_readable(doors.fs, path));
    if (!names.insert(recorded_name(path)).second) {
      return Error(Code::invalid, "two of what is to be sealed together are called " + printable(recorded_name(path)) +
                                      ": rename one, or put them into one folder");
    }
  }
  SealReport report;
  Sealing sealing(doors, staging, target, hooks);
  for (const std::string& path : paths) {
    SourceWalk walk(doors.fs, path);
    while (const auto item = walk.next()) TRY(sealing.offer(*item, limits, report));
  }
  TRY(sealing.end(limits, report));
  return report;
}

Result<SealReport> seal_items(const Doors& doors, const std::vector<SourceItem>& items, const std::string& staging,
                              const SealTarget& target, const SealHooks& hooks, SealLimits limits) {
  SealReport report;
  Sealing sealing(doors, staging, target, hooks);
  for (const SourceItem& item : items) TRY(sealing.add(item, limits, report));
  TRY(sealing.end_deposit(report));
  return report;
}

Result<void> place_sealed(Fs& fs, SealedDeposit& deposit, const std::string& output) {
  const std::string placed = join(output, deposit.id.hex());
  TRY(fs.rename_new(deposit.folder, placed));
  deposit.folder = placed;
  return fs.sync_folder(output);
}

}  // namespace muniment
