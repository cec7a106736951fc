// README.txt of every archive: how to read it with age, tar and sha256sum alone.
#pragma once

#include <string_view>

namespace muniment {

/// The same bytes in every archive that this version founds. Lines that start with "    $ " are commands; a test runs
/// exactly those.
std::string_view readme_text();

}  // namespace muniment
