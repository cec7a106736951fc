#include "testing/scripted_watch.h"

#include <algorithm>

namespace muniment {

Result<void> ScriptedWatch::add(const std::string& folder) {
  if (watched_.size() >= folders_max_ && !watched_.contains(folder)) return Error(Code::limit, "no more is watched");
  watched_.insert(folder);
  return {};
}

Result<std::vector<FolderEvent>> ScriptedWatch::wait(std::int64_t ms_max) {
  std::int64_t until_ms = std::min(end_ms_, now_ms_ + std::max<std::int64_t>(0, ms_max));
  std::vector<FolderEvent> told;
  while (told.empty() && !steps_.empty() && steps_.begin()->first <= until_ms) {
    now_ms_ = std::max(now_ms_, steps_.begin()->first);
    const Step step = std::move(steps_.begin()->second);
    steps_.erase(steps_.begin());
    told = step();
    until_ms = std::min(until_ms, end_ms_);  // the step may have asked for the end
  }
  if (told.empty()) now_ms_ = std::max(now_ms_, until_ms);
  return told;
}

std::optional<bool> ScriptedWatch::is_being_written(const std::string& path) {
  const auto said = written_.find(path);
  return said == written_.end() ? std::optional(false) : said->second;
}

}  // namespace muniment
