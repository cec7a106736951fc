// The units of systemd by which a volunteer's mirror runs: one that serves, one that does the chores, and its timer.
#pragma once

#include <string>
#include <vector>

#include "cli/context.h"
#include "mirror/mirror_settings.h"

namespace muniment::cli {

inline constexpr const char* kServeUnit = "muniment-mirror.service";
inline constexpr const char* kTendUnit = "muniment-mirror-tend.service";
inline constexpr const char* kTendTimer = "muniment-mirror-tend.timer";

struct UnitFile {
  std::string name;
  std::string text;
};

/// Without the one that serves where nobody comes to the mirror. Errors: `invalid` for paths that a unit cannot have.
Result<std::vector<UnitFile>> mirror_units(const MirrorSettings& settings, const MirrorFolder& folder,
                                           const std::string& program, const std::string& user, const Context& context);

}  // namespace muniment::cli
