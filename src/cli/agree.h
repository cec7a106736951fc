// What commands say of copies that hold a part of the archive, by agreement.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "archive/verify.h"
#include "cli/context.h"

namespace muniment::cli {

/// The "agreedPart" of documents; null where a copy is to hold all.
nlohmann::ordered_json json_of_share(const std::optional<AgreedShare>& share);

/// The list of --select; empty without it. Errors: those of reading it.
Result<std::string> read_selection(Context& context, const std::optional<std::string>& path);

}  // namespace muniment::cli
