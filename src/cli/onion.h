// muniment mirror serve --onion: what the command line says of it, and the service.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "cli/commands.h"
#include "tor/service.h"

namespace muniment::cli {

struct OnionPlan {
  Secret<32> seed;
  OnionSettings settings;
};

/// From the arguments, with the key file opened or made. Errors: `invalid`, those of the files.
Result<OnionPlan> plan_onion(const ServeArguments& arguments, Context& context);

/// `on_up` is told the address each time that it has become reachable, in a thread of the service; that it no longer
/// is, is noted. All outlive the service.
Result<std::unique_ptr<OnionService>> start_onion(const OnionPlan& plan, const std::string& root,
                                                  std::function<void(const std::string& url)> on_up, Context& context);

}  // namespace muniment::cli
