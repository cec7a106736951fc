// The command line: `muniment COMMAND …`. docs/cli.md is the contract.
#pragma once

#include <cstdio>

#include "archive/doors.h"

namespace muniment::cli {

/// Parses the arguments, runs the command, gives the exit status.
int run_program(int argc, const char* const* argv, const Doors& doors, std::FILE* out, std::FILE* err);

}  // namespace muniment::cli
