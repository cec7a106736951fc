// Whether what is written would outlive the power: on a disk, or by swap.
#pragma once

#include <string>
#include <vector>

#include "base/fs.h"

namespace muniment {

/// True when what is written to `path` stays in memory: the file system of the path, or, where it is not there yet, of
/// the nearest folder above it that is. Errors: `io`, `denied`.
Result<bool> stays_in_memory(Fs& fs, const std::string& path);

/// The swap areas in use that keep memory in the clear: neither compressed memory (zram) nor encrypted (dm-crypt).
/// None where the system does not say.
std::vector<std::string> swap_in_the_clear(Fs& fs);

}  // namespace muniment
