// The names in a ZIP file (PKWARE APPNOTE 6.3), by its end alone. Nothing is unpacked.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace muniment::media {

/// How much of the end of a file is looked at.
inline constexpr std::size_t kZipEndBytes = 128 * 1024;
inline constexpr std::size_t kZipNamesMax = 2000;

/// `end` is the end of a file of `file_bytes`. Nothing where the list of names does not lie in it whole, or is none.
/// Names are bytes.
std::optional<std::vector<std::string>> list_zip(ByteView end, std::uint64_t file_bytes);

}  // namespace muniment::media
