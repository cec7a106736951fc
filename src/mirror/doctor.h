// What a running mirror gives away, or lets visitors do, as a visitor sees it. Spec: docs/formats.md "A copy over
// HTTP".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "archive/view.h"
#include "base/random.h"
#include "store/http_client.h"
#include "store/token_file.h"

namespace muniment {

struct Leak {
  std::string kind;      // "private", "listing", "seals", "writing", "reading back", "visit", "unclear"
  std::string sentence;  // what it is, and what to do
};

struct Examination {
  std::vector<Leak> leaks;
  std::vector<std::string> looked_at;  // one sentence each, of what is as it should be
};

/// Asks as a stranger for what no stranger may have: private folders, listings, what opens deposits (of `view`, which
/// is the mirror's own log), and tries to write where nothing may be written, under names that no copy has. With a
/// `depositor`, also what its token may do: it creates one small object below incoming/, tries to overwrite, to read,
/// to list and to delete it; that object stays there, and the next intake names it.
/// Errors: `unavailable` where the mirror cannot be asked.
Result<Examination> examine_mirror(HttpClient& client, const std::string& address, const ArchiveView& view,
                                   const Token* depositor, Random& random);

}  // namespace muniment
