// The commands of trustees.
#include "cli/program_parts.h"

namespace muniment::cli {
