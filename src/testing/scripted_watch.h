// A FolderWatch whose time stands still but for waiting, and in which happens what a test has written down. It tells
// of nothing by itself: what a step does to files and what is told of it are two things.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/folder_watch.h"

namespace muniment {

class ScriptedWatch final : public FolderWatch {
 public:
  /// What is told after it.
  using Step = std::function<std::vector<FolderEvent>()>;

  /// At that moment, in milliseconds from the start; one after the other where they are several.
  void at(std::int64_t ms, Step step) { steps_.emplace(ms, std::move(step)); }
  /// The program is asked to end at that moment.
  void end_at(std::int64_t ms) { end_ms_ = ms; }
  /// Nothing: nobody can say. Without it nobody writes.
  void set_being_written(const std::string& path, std::optional<bool> is_written) { written_[path] = is_written; }
  /// So many folders are watched, and no more.
  void watch_at_most(std::size_t folders) { folders_max_ = folders; }
  const std::set<std::string>& watched() const { return watched_; }

  Result<void> add(const std::string& folder) override;
  Result<std::vector<FolderEvent>> wait(std::int64_t ms_max) override;
  bool is_ended() override { return now_ms_ >= end_ms_; }
  std::int64_t now_ms() override { return now_ms_; }
  std::optional<bool> is_being_written(const std::string& path) override;

 private:
  std::multimap<std::int64_t, Step> steps_;
  std::map<std::string, std::optional<bool>> written_;
  std::set<std::string> watched_;
  std::size_t folders_max_ = SIZE_MAX;
  std::int64_t now_ms_ = 0;
  std::int64_t end_ms_ = 1'000'000;
};

}  // namespace muniment
