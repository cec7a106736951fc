// Units of systemd: how words are written into them, and the sandbox that all of ours have.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace muniment::cli {

/// Words of ExecStart, ReadWritePaths and the like, as systemd reads them back. Errors: `invalid` for what it cannot be
/// told.
Result<std::string> unit_words(const std::vector<std::string>& words);

/// The lines of a service's section by which it can do nothing but its work: read the system, write where
/// ReadWritePaths says, speak over networks.
std::string sandbox_lines();

}  // namespace muniment::cli
