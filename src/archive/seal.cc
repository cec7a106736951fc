#include "archive/seal.h"

#include <set>

#include "base/encoding.h"

namespace muniment {
namespace {

// Contents of a deposit that is ended while the next one begins: those of very long paths take several times their
// megabytes in memory.
constexpr std::uint64_t kContentsBytesBesideMax = 3 << 20;

/// Writes deposits one after the other, each in a folder of its own below the staging folder.
class Sealing {
 public:
  Sealing(const Doors& doors, const std::string& staging, const SealTarget& target, const SealHooks& hooks,
          SealLimits limits, SealReport& report)
      : doors_(doors),
        staging_(staging),
        target_(target),
        hooks_(hooks),
        limits_(limits),
        report_(report),
        ahead_(doors.fs, doors.work),
        ender_(doors.work, 1) {
    own_hooks_.on_bytes = hooks.on_bytes;
    if (hooks.on_taken) {
      own_hooks_.on_taken = [this](const TakenItem& taken) {
        if (ending_ == nullptr) return hooks_.on_taken(taken);
        untold_.push_back([this, item = taken.item, digest = taken.digest, lacking = taken.lacking] {
          hooks_.on_taken({item, digest, lacking});
        });
      };
    }
    if (hooks.on_whole) {
      own_hooks_.on_whole = [this](const SourceItem& item, const FileInfo& info) {
        if (ending_ == nullptr) return hooks_.on_whole(item, info);
        untold_.push_back([this, item, info] { hooks_.on_whole(item, info); });
      };
    }
  }

  /// Adds what is wanted. What cannot be read is held back until something is there that can: where the rest is known
  /// from before, no deposit is made for it alone.
  Result<void> offer(SourceItem item) {
    if (hooks_.is_wanted && item.kind != SourceItem::Kind::left_out && !hooks_.is_wanted(item)) {
      passes_over_ = true;
      return {};
    }
    if (hooks_.is_wanted && !has_readable_) {
      std::string why = why_unreadable(item);
      if (!why.empty()) {
        held_back_.emplace_back(std::move(item), std::move(why));
        return {};
      }
      has_readable_ = true;
      TRY(add_held_back());
    }
    return add(std::move(item));
  }

  /// Adds it, when it was read and those before it are added.
  Result<void> add(SourceItem item) {
    ahead_.give(std::move(item));
    while (ahead_.is_full()) TRY(write(ahead_.take()));
    return {};
  }

  Result<void> end() {
    if (!passes_over_) TRY(add_held_back());
    while (!ahead_.empty()) TRY(write(ahead_.take()));
    for (const auto& [item, why] : held_back_) report_.not_whole.push_back(left_out_sentence(item, why));
    TRY(end_deposit());
    return place_ended();
  }

 private:
  Result<void> write(const ReadItem& read) {
    if (ending_ != nullptr && ender_.is_idle()) TRY(place_ended());
    const SourceItem& item = read.item;
    const std::uint64_t bytes = item.kind == SourceItem::Kind::file ? item.info.size_bytes : 0;
    if (writer_ != nullptr && writer_->is_full(bytes, limits_) && !keeps_together(item, bytes)) TRY(end_deposit());
    last_folder_ = parent_of(item.true_path);
    if (writer_ == nullptr) {
      folder_ = join(staging_, "deposit-" + std::to_string(count_++));
      TRY(doors_.fs.make_folder(folder_));
      TRY_ASSIGN(writer_, DepositWriter::begin(doors_, folder_, target_));
    }
    return writer_->add(read, report_, own_hooks_);
  }

  /// Media and proofs of one package stay together, as far as twice the limits.
  bool keeps_together(const SourceItem& item, std::uint64_t bytes) const {
    if (item.package == PackageKind::none || parent_of(item.true_path) != last_folder_) return false;
    SealLimits limits = limits_;
    limits.split_bytes *= 2;
    limits.split_items *= 2;
    limits.split_contents_bytes *= 2;
    return !writer_->is_full(bytes, limits);
  }

  /// What ends a deposit, a thread does, while the next one begins.
  Result<void> end_deposit() {
    if (writer_ == nullptr) return {};
    TRY(place_ended());
    const bool is_small_enough = writer_->contents().size_bytes() <= kContentsBytesBesideMax;
    ending_ = std::move(writer_);
    TRY(ender_.give([this]() -> Result<void> {
      TRY_ASSIGN(ended_, ending_->finish());
      return {};
    }));
    return ender_.is_idle() || !is_small_enough ? place_ended() : Result<void>();
  }

  /// Waits until a deposit that was ended is finished. What was to be told of the next one is told after it.
  Result<void> place_ended() {
    if (ending_ == nullptr) return {};
    TRY(ender_.finish());
    ending_.reset();
    TRY(hooks_.place(ended_));
    report_.deposits.push_back(std::move(ended_));
    for (const auto& tell : untold_) tell();
    untold_.clear();
    return {};
  }

  std::string why_unreadable(const SourceItem& item) {
    if (item.kind == SourceItem::Kind::file) {
      const auto opened = doors_.fs.open(item.fs_path);
      return opened ? std::string() : why_unread(opened.error());
    }
    if (item.kind != SourceItem::Kind::link) return item.reason;
    const auto target = doors_.fs.read_link(item.fs_path);
    return target ? std::string() : target.error().sentence();
  }

  Result<void> add_held_back() {
    for (auto& [item, why] : held_back_) TRY(add(std::move(item)));
    held_back_.clear();
    return {};
  }

  const Doors& doors_;
  const std::string& staging_;
  const SealTarget& target_;
  const SealHooks& hooks_;
  SealLimits limits_;
  SealReport& report_;
  ReadAhead ahead_;
  std::unique_ptr<DepositWriter> writer_;
  std::string folder_;
  std::string last_folder_;  // of the item before
  int count_ = 0;
  bool passes_over_ = false;   // something that was not wanted
  bool has_readable_ = false;  // something that goes into a deposit
  std::vector<std::pair<SourceItem, std::string>> held_back_;
  SealHooks own_hooks_;
  std::unique_ptr<DepositWriter> ending_;  // by a thread, until it is idle
  SealedDeposit ended_;
  std::vector<std::function<void()>> untold_;
  Worker ender_;  // the last member: its tasks use the others
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
  Sealing sealing(doors, staging, target, hooks, limits, report);
  for (const std::string& path : paths) {
    SourceWalk walk(doors.fs, path);
    while (auto item = walk.next()) TRY(sealing.offer(*std::move(item)));
  }
  TRY(sealing.end());
  return report;
}

Result<SealReport> seal_items(const Doors& doors, const std::vector<SourceItem>& items, const std::string& staging,
                              const SealTarget& target, const SealHooks& hooks, SealLimits limits) {
  SealReport report;
  Sealing sealing(doors, staging, target, hooks, limits, report);
  for (const SourceItem& item : items) TRY(sealing.add(item));
  TRY(sealing.end());
  return report;
}

Result<void> place_sealed(Fs& fs, SealedDeposit& deposit, const std::string& output) {
  const std::string placed = join(output, deposit.id.hex());
  TRY(fs.rename_new(deposit.folder, placed));
  deposit.folder = placed;
  return fs.sync_folder(output);
}

}  // namespace muniment
