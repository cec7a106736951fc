// Validates a BagIt bag in a folder, ours or anybody's: RFC 8493, and the draft 0.97 that older tools wrote.
#pragma once

#include <string>
#include <vector>

#include "base/fs.h"

namespace muniment::bag {

struct BagReport {
  std::string version;  // "1.0"
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::vector<std::string> problems;  // one sentence each; empty: complete and valid (RFC 8493 section 3)
  std::vector<std::string> warnings;  // allowed, but weak or odd: MD5 only, a fetch.txt whose files are present
};

struct ValidateLimits {
  std::uint64_t tag_file_bytes_max = 64ull << 20;
  std::uint64_t problems_max = 1000;  // after these the report says that there are more
};

/// Reads every file once for all its manifests. A missing or damaged bag is a report with problems, not an error.
/// Errors: `io`, `denied`, `not_found` (no such folder).
Result<BagReport> validate_bag(Fs& fs, const std::string& folder, ValidateLimits limits = {});

/// True when the folder holds a bagit.txt.
Result<bool> looks_like_bag(Fs& fs, const std::string& folder);

}  // namespace muniment::bag
