#include "archive/watcher.h"

#include <algorithm>

#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::int64_t kTickMs = 500;
constexpr std::int64_t kNeverLooked = INT64_MIN;

bool same_state(const FileInfo& one, const FileInfo& other) {
  return one.size_bytes == other.size_bytes && one.modified_ns == other.modified_ns;
}

}  // namespace

bool is_unfinished_name(std::string_view name) {
  constexpr std::string_view kEnds[] = {"~", ".part", ".partial", ".tmp", ".crdownload", ".download", ".swp"};
  if (name.starts_with('.')) return true;
  const std::string lower = lower_ascii(name);
  return std::ranges::any_of(kEnds, [&](std::string_view end) { return lower.ends_with(end); });
}

Watcher::Watcher(Fs& fs, FolderWatch& watch, WatchedRecord& record, std::string root, WatchPace pace)
    : fs_(fs), watch_(watch), record_(record), root_(std::move(root)), pace_(pace), next_look_ms_(kNeverLooked) {}

Result<std::vector<SourceItem>> Watcher::next() {
  while (!watch_.is_ended()) {
    if (watch_.now_ms() >= next_look_ms_) {
      TRY(fs_.list(root_));
      const bool is_first = next_look_ms_ == kNeverLooked;
      look_through();
      if (!is_first) return std::vector<SourceItem>{};
    }
    bool others_come = false;
    const std::vector<std::string> paths = whole_ones(others_come);
    const std::int64_t now_ms = watch_.now_ms();
    if (paths.empty()) {
      first_ready_ms_ = -1;
    } else {
      if (first_ready_ms_ < 0) first_ready_ms_ = now_ms;
      const bool waited_long = now_ms - first_ready_ms_ >= pace_.together_ms;
      if (!others_come || waited_long || paths.size() >= pace_.files_max) {
        first_ready_ms_ = -1;
        if (auto items = give(paths); !items.empty()) return items;
      }
    }
    const std::int64_t until_look_ms = next_look_ms_ - now_ms;
    TRY(take_events(waiting_.empty() ? until_look_ms : std::min(kTickMs, until_look_ms)));
  }
  return std::vector<SourceItem>{};
}

Result<void> Watcher::take_events(std::int64_t ms_max) {
  TRY_ASSIGN(const auto events, watch_.wait(ms_max));
  for (const FolderEvent& event : events) {
    switch (event.kind) {
      case FolderEvent::Kind::overlooked: look_through(); break;
      case FolderEvent::Kind::gone:
        if (event.path == root_) return Error(Code::not_found, printable(root_) + " is no longer there");
        break;
      case FolderEvent::Kind::appeared:
      case FolderEvent::Kind::closed:
        if (const auto folder = look_at(event.path, event.kind)) look_into(*folder);
        break;
    }
  }
  return {};
}

void Watcher::look_through() {
  present_.clear();
  passed_over_.clear();
  look_into(root_);
  next_look_ms_ = watch_.now_ms() + pace_.look_ms;
}

void Watcher::look_into(const std::string& folder) {
  std::vector<std::string> folders{folder};
  while (!folders.empty()) {
    const std::string current = std::move(folders.back());
    folders.pop_back();
    // First the watch, then the look: what comes between the two is seen twice, and not never.
    if (const auto added = watch_.add(current); !added && added.error().code() != Code::not_found)
      add_trouble(added.error().sentence() + ": it is looked at every " + std::to_string(pace_.look_ms / 1000) +
                  " seconds instead");
    const auto names = fs_.list(current);
    if (!names) {
      if (names.error().code() != Code::not_found) add_trouble(names.error().sentence());
      continue;
    }
    for (const std::string& name : *names) {
      if (auto inner = look_at(join(current, name), std::nullopt)) folders.push_back(std::move(*inner));
    }
  }
}

std::optional<std::string> Watcher::look_at(const std::string& path, std::optional<FolderEvent::Kind> told) {
  const auto info = fs_.info(path);
  if (!info) {  // it has vanished again
    waiting_.erase(path);
    passed_over_.erase(path);
    return std::nullopt;
  }
  if (is_unfinished_name(name_in(path)) || (info->type != FileType::file && info->type != FileType::folder)) {
    passed_over_.insert(path);
    return std::nullopt;
  }
  if (info->type == FileType::folder) return path;
  consider(path, *info, told);
  return std::nullopt;
}

void Watcher::consider(const std::string& path, const FileInfo& info, std::optional<FolderEvent::Kind> told) {
  const WatchedTag tag = record_.tag_of(path, info);
  const bool is_sealed = record_.contains(tag);
  if (is_sealed) present_.insert(tag);
  if (is_sealed || tried_.contains(tag)) {
    waiting_.erase(path);
    return;
  }
  const std::int64_t now_ms = watch_.now_ms();
  const auto [found, is_new] = waiting_.try_emplace(path, Waiting{.info = info, .quiet_since_ms = now_ms});
  Waiting& waiting = found->second;
  const bool has_changed = !same_state(waiting.info, info);
  waiting.info = info;
  if (is_new || has_changed || told) waiting.quiet_since_ms = now_ms;
  if (has_changed) waiting.was_closed = false;
  if (told) waiting.was_closed = *told == FolderEvent::Kind::closed;
}

std::vector<std::string> Watcher::whole_ones(bool& others_come) {
  const std::int64_t now_ms = watch_.now_ms();
  std::vector<std::string> paths;
  for (auto at = waiting_.begin(); at != waiting_.end();) {
    const auto info = fs_.info(at->first);
    if (!info || info->type != FileType::file) {
      at = waiting_.erase(at);
      continue;
    }
    Waiting& waiting = at->second;
    if (!same_state(waiting.info, *info)) {
      waiting.info = *info;
      waiting.quiet_since_ms = now_ms;
      waiting.was_closed = false;
    }
    if (is_whole(at->first, waiting, now_ms)) {
      paths.push_back(at->first);
    } else if (now_ms - waiting.quiet_since_ms < pace_.settle_ms) {
      others_come = true;
    }
    ++at;
  }
  return paths;
}

bool Watcher::is_whole(const std::string& path, Waiting& waiting, std::int64_t now_ms) {
  const std::int64_t quiet_ms = now_ms - waiting.quiet_since_ms;
  if (quiet_ms < pace_.settle_ms || now_ms < waiting.not_before_ms) return false;
  if (const auto is_written = watch_.is_being_written(path)) return !*is_written;
  return waiting.was_closed || quiet_ms >= pace_.unknown_ms;
}

std::vector<SourceItem> Watcher::give(const std::vector<std::string>& paths) {
  std::vector<SourceItem> items;
  for (const std::string& path : paths) {
    if (items.size() == pace_.files_max) break;
    SourceItem item{.kind = SourceItem::Kind::file,
                    .fs_path = path,
                    .true_path = true_path_of(path),
                    .info = waiting_.at(path).info,
                    .reason = {}};
    waiting_.erase(path);
    if (const auto opened = fs_.open(path); opened) {
      items.push_back(std::move(item));
    } else if (opened.error().code() != Code::not_found) {
      add_trouble(opened.error().sentence() + ": it is not sealed");
      set_tried(item);
    }
  }
  return items;
}

std::string Watcher::true_path_of(const std::string& path) const {
  const std::string name = name_in(root_);
  const std::string inner = path.substr(root_.size());
  return (name.empty() ? "files" : name) + (inner.starts_with('/') ? "" : "/") + inner;
}

void Watcher::set_sealed(const SourceItem& item) {
  const auto still = fs_.info(item.fs_path);
  if (!still && still.error().code() == Code::not_found) return;
  const WatchedTag tag = record_.tag_of(item.fs_path, item.info);
  record_.add(tag);
  present_.insert(tag);
}

void Watcher::set_tried(const SourceItem& item) { tried_.insert(record_.tag_of(item.fs_path, item.info)); }

void Watcher::put_off(const std::vector<SourceItem>& items, std::int64_t ms) {
  const std::int64_t now_ms = watch_.now_ms();
  for (const SourceItem& item : items) {
    waiting_.insert_or_assign(
        item.fs_path,
        Waiting{.info = item.info, .quiet_since_ms = now_ms, .not_before_ms = now_ms + ms, .was_closed = true});
  }
}

std::vector<std::string> Watcher::waiting() const {
  std::vector<std::string> paths;
  for (const auto& [path, waiting] : waiting_) paths.push_back(path);
  return paths;
}

void Watcher::add_trouble(std::string sentence) {
  if (told_.insert(sentence).second) troubles_.push_back(std::move(sentence));
}

}  // namespace muniment
