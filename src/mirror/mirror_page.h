// The page on which a volunteer sees what the mirror holds and how it is: one HTML file without script, without links
// to anything else, for narrow screens too.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mirror/mirror_settings.h"
#include "store/store.h"

namespace muniment {

/// What the page says; nothing of it is asked of a network.
struct MirrorFacts {
  MirrorSettings settings;
  std::string folder;         // of the mirror
  std::string now;            // "2026-11-26 14:05 UTC"
  bool is_complete = false;   // a first round was finished
  std::uint64_t entries = 0;  // of the log, as far as it is here
  std::uint64_t deposits_held = 0;
  std::uint64_t deposits_all = 0;
  std::uint64_t held_bytes = 0;  // of deposits
  std::uint64_t all_bytes = 0;
  std::uint64_t month_bytes = 0;  // that left in this month
  std::optional<std::uint64_t> disk_free = {};
  std::string last_run = {};  // what the chores said last; empty: they have not run yet
};

/// The languages that it speaks: "en", "ru", "uk", "be". Errors: `invalid`.
Result<void> check_page_language(std::string_view language);

std::string render_mirror_page(const MirrorFacts& facts);

/// What a copy holds, by its own log. A copy whose first round is not finished says so. Errors: `forged`, `corrupt`.
Result<MirrorFacts> gather_mirror_facts(Store& copy, const MirrorSettings& settings);

}  // namespace muniment
