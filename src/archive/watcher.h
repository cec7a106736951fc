// Finds in a folder what is to be sealed: files that are whole, all those together that came together.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "archive/walk.h"
#include "archive/watched.h"
#include "base/folder_watch.h"

namespace muniment {

/// Names that programs give to what is not finished, and hidden ones: ".x", "x~", "x.part", "x.tmp", "x.crdownload" …
bool is_unfinished_name(std::string_view name);

struct WatchPace {
  std::int64_t settle_ms = 2'000;     // nothing has happened to a file for so long
  std::int64_t together_ms = 10'000;  // a whole file waits so long for others that are being written
  std::int64_t unknown_ms = 15'000;   // for a file that was not seen to be closed, where nobody can say who writes it
  std::int64_t look_ms = 30'000;      // the whole folder is looked through so often: not every change is told
  std::size_t files_max = 5'000;      // that are sealed together
};

class Watcher {
 public:
  /// All outlive this. `root` is a folder; it is recorded under its last name.
  Watcher(Fs& fs, FolderWatch& watch, WatchedRecord& record, std::string root, WatchPace pace = {});

  /// Waits until files are to be sealed, and gives them in the order of their bytes; none when the program is to end,
  /// and each time after the folder was looked through.
  /// Errors: `not_found` when the folder is gone, those of FolderWatch::wait.
  Result<std::vector<SourceItem>> next();

  /// The item is sealed, whole: it is not given again, also after a restart.
  void set_sealed(const SourceItem& item);
  /// The item is as good as it gets: it is not given again in this run unless it changes.
  void set_tried(const SourceItem& item);
  /// What was given is not sealed: it is given again, no sooner than in so many milliseconds.
  void put_off(const std::vector<SourceItem>& items, std::int64_t ms);

  /// What waits to be sealed, as paths.
  std::vector<std::string> waiting() const;
  /// What has an unfinished or hidden name, or is a link, as paths: it is not sealed.
  const std::set<std::string>& passed_over() const { return passed_over_; }
  /// Folders that could not be looked at or watched, one sentence each, once.
  std::vector<std::string> take_troubles() { return std::exchange(troubles_, {}); }
  /// The tags of all that is in the folder now and was sealed.
  const std::set<WatchedTag>& present() const { return present_; }

 private:
  struct Waiting {
    FileInfo info;
    std::int64_t quiet_since_ms = 0;
    std::int64_t not_before_ms = 0;
    bool was_closed = false;  // and not touched since
  };

  void look_through();
  void look_into(const std::string& folder);
  /// Looks at a name; the folder that it may be is given back, and left for the caller to look into.
  std::optional<std::string> look_at(const std::string& path, std::optional<FolderEvent::Kind> told);
  void consider(const std::string& path, const FileInfo& info, std::optional<FolderEvent::Kind> told);
  Result<void> take_events(std::int64_t ms_max);
  /// Paths of whole files; says whether others are on their way.
  std::vector<std::string> whole_ones(bool& others_come);
  bool is_whole(const std::string& path, Waiting& waiting, std::int64_t now_ms);
  std::vector<SourceItem> give(const std::vector<std::string>& paths);
  std::string true_path_of(const std::string& path) const;
  void add_trouble(std::string sentence);

  Fs& fs_;
  FolderWatch& watch_;
  WatchedRecord& record_;
  std::string root_;
  WatchPace pace_;
  std::map<std::string, Waiting> waiting_;  // by path
  std::set<std::string> passed_over_;
  std::set<WatchedTag> tried_;
  std::set<WatchedTag> present_;
  std::set<std::string> told_;
  std::vector<std::string> troubles_;
  std::int64_t next_look_ms_;
  std::int64_t first_ready_ms_ = -1;
};

}  // namespace muniment
