// reader/read_archive.py of every archive: opens its sealed files, hybrid ones as well, with Python and libcrypto.
#pragma once

#include <string_view>

namespace muniment {

/// The same bytes in every archive that this version founds. They are the file reader/read_archive.py of the sources:
/// cmake/embed.cmake makes the definition from it.
std::string_view reader_text();

}  // namespace muniment
