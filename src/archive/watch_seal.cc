#include "archive/watch_seal.h"

#include <algorithm>
#include <iterator>

#include "base/encoding.h"
#include "store/folder_store.h"

namespace muniment {
namespace {

constexpr std::int64_t kFirstRetryMs = 5'000;
constexpr std::int64_t kLastRetryMs = 60'000;
constexpr std::int64_t kEmptiedMs = 60'000;  // a folder stays as long: somebody may be about to write into it

class WatchSealing {
 public:
  WatchSealing(const Doors& doors, FolderWatch& watch, Shredder* shredder, const WatchOrder& order,
               const WatchHooks& hooks, WatchedFile& file, WatchReport& report)
      : doors_(doors),
        watch_(watch),
        shredder_(shredder),
        order_(order),
        hooks_(hooks),
        file_(file),
        report_(report),
        target_(target_for(order.card)),
        watcher_(doors.fs, watch, file.record(), order.root, order.pace) {}

  Result<void> run() {
    TRY_ASSIGN(const FileSystem system, doors_.fs.file_system(order_.output));
    disk_ = system.number;
    const auto worked = work();
    remove_emptied_folders(0);
    report_.waiting = watcher_.waiting();
    report_.passed_over.assign(watcher_.passed_over().begin(), watcher_.passed_over().end());
    const auto saved = save();
    return worked ? saved : worked;
  }

 private:
  Result<void> work() {
    while (!watch_.is_ended()) {
      TRY_ASSIGN(const auto items, watcher_.next());
      for (const std::string& trouble : watcher_.take_troubles()) {
        ++report_.troubles;
        hooks_.on_trouble(trouble);
      }
      if (items.empty()) {
        remove_emptied_folders(kEmptiedMs);
        continue;
      }
      if (const auto good = check_not_expired(order_.card, doors_.clock.now_s()); !good) {
        watcher_.put_off(items, 0);
        return good;
      }
      const auto sealed = seal(items);
      if (sealed) {
        retry_ms_ = kFirstRetryMs;
      } else {
        watcher_.put_off(unsealed_of(items), retry_ms_);
        if (sealed.error().code() == Code::corrupt) return sealed;
        tell_of_retry(sealed.error());
      }
      if (const auto saved = save(); !saved) hooks_.on_trouble(saved.error().sentence());
    }
    return {};
  }

  Result<void> seal(const std::vector<SourceItem>& items) {
    done_.clear();
    taken_.clear();
    if (shredder_ != nullptr) shredder_->forget_noted();  // of a deposit that did not come about
    // A stick that was pulled out leaves its folder's name to another disk.
    TRY_ASSIGN(const FileSystem system, doors_.fs.file_system(order_.output));
    if (system.number != disk_)
      return Error(Code::io, printable(order_.output) + " is on another disk than before: was its disk removed?");
    TRY_ASSIGN(StagingFolder staging, make_staging_folder(doors_.fs, order_.output, doors_.random));
    const SealHooks hooks{.place = [&](SealedDeposit& deposit) { return place(deposit); },
                          .on_bytes = hooks_.on_bytes,
                          .on_taken = [&](const TakenItem& taken) { note(taken); }};
    const auto sealed = seal_items(doors_, items, staging.path, target_, hooks);
    remove_staging_folder(doors_.fs, std::move(staging));
    if (!sealed) return sealed.error();
    return {};
  }

  void note(const TakenItem& taken) {
    taken_.emplace_back(taken.item, taken.lacking);
    if (shredder_ != nullptr) shredder_->note(taken);
  }

  Result<void> place(SealedDeposit& deposit) {
    TRY(place_sealed(doors_.fs, deposit, order_.output));
    if (shredder_ != nullptr) TRY(shredder_->remove_originals({&deposit, 1}));
    for (const auto& [item, lacking] : taken_) {
      if (lacking.empty()) {
        watcher_.set_sealed(item);
      } else {
        watcher_.set_tried(item);
        report_.sealed.not_whole.push_back(printable(item.true_path) + " " + lacking);
        hooks_.on_trouble("Not whole: " + report_.sealed.not_whole.back());
      }
      done_.insert(item.fs_path);
      note_emptied(item.fs_path);
    }
    is_saved_ = false;
    taken_.clear();
    report_.sealed.deposits.push_back(deposit);
    hooks_.on_sealed(deposit);
    return {};
  }

  std::vector<SourceItem> unsealed_of(const std::vector<SourceItem>& items) const {
    std::vector<SourceItem> unsealed;
    std::ranges::copy_if(items, std::back_inserter(unsealed),
                         [&](const SourceItem& item) { return !done_.contains(item.fs_path); });
    return unsealed;
  }

  void tell_of_retry(const Error& error) {
    hooks_.on_trouble("Not sealed yet, and tried again in " + std::to_string(retry_ms_ / 1000) +
                      " seconds: " + error.sentence());
    retry_ms_ = std::min(2 * retry_ms_, kLastRetryMs);
  }

  Result<void> save() {
    if (is_saved_) return {};
    file_.record().keep_only(watcher_.present());
    TRY(file_.save());
    is_saved_ = true;
    return {};
  }

  void note_emptied(const std::string& path) {
    if (shredder_ == nullptr) return;
    for (std::string folder = parent_of(path); folder.size() > order_.root.size(); folder = parent_of(folder))
      emptied_[folder] = watch_.now_ms();
  }

  void remove_emptied_folders(std::int64_t quiet_ms) {
    const std::int64_t now_ms = watch_.now_ms();
    // Folders stand before those in them, so the deepest are last.
    for (auto at = emptied_.end(); at != emptied_.begin();) {
      --at;
      if (now_ms - at->second < quiet_ms) continue;
      shredder_->remove_emptied_folders(at->first);
      at = emptied_.erase(at);
    }
  }

  const Doors& doors_;
  FolderWatch& watch_;
  Shredder* shredder_;
  const WatchOrder& order_;
  const WatchHooks& hooks_;
  WatchedFile& file_;
  WatchReport& report_;
  SealTarget target_;
  Watcher watcher_;
  std::uint64_t disk_ = 0;
  std::vector<std::pair<SourceItem, std::string>> taken_;  // for the deposit under way; why it is not whole in it
  std::set<std::string> done_;                             // paths of a batch that are sealed
  std::map<std::string, std::int64_t> emptied_;            // folders, and when a file of theirs was last removed
  std::int64_t retry_ms_ = kFirstRetryMs;
  bool is_saved_ = false;
};

}  // namespace

Result<void> watch_and_seal(const Doors& doors, FolderWatch& watch, Shredder* shredder, const WatchOrder& order,
                            const WatchHooks& hooks, WatchReport& report) {
  TRY_ASSIGN(WatchedFile file, WatchedFile::open(doors.fs, doors.random, order.output));
  if (shredder != nullptr) TRY(check_lasts(doors.fs, order.output));
  return WatchSealing(doors, watch, shredder, order, hooks, file, report).run();
}

}  // namespace muniment
