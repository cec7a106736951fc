// The tag files of BagIt bags, ours or anybody's, as text and line by line. Spec: RFC 8493 section 2; for versions
// 0.93 to 0.97 the drafts draft-kunze-bagit-01 to -13. No files are touched here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace muniment::bag {

/// Which rules a bag follows, by its version.
enum class BagRules {
  draft,    // 0.93 to 0.97: white space around colons, '%' stands for itself
  rfc8493,  // 1.0
};

/// bagit.txt.
struct BagDeclaration {
  std::string version;   // "0.97"
  std::string encoding;  // of the other tag files, as written: "UTF-8"
  BagRules rules = BagRules::rfc8493;
};

/// UTF-8 without a byte-order mark, exactly two lines; those of version 1.0 to the letter.
/// Errors: `corrupt`, `unsupported` (a version that does not exist or is not known).
Result<BagDeclaration> parse_declaration(ByteView bytes);

/// The text in UTF-8. `encoding` is UTF-8, US-ASCII, ISO-8859-1, UTF-16, UTF-16LE or UTF-16BE in any case; a
/// byte-order mark is taken off UTF-16 and refused in UTF-8. At most twice the size. Errors: `unsupported`, `corrupt`.
Result<std::string> decode_text(ByteView bytes, std::string_view encoding);

/// Takes a line off the front of `rest`, without its end (LF, CR or CRLF, none at the end of the text); nothing when
/// there is none left. A view of the text.
std::optional<std::string_view> next_line(std::string_view& rest);

struct ManifestLine {
  std::string digest;  // lower-case hexadecimal
  std::string path;    // decoded, below the bag's base folder, without "./" in front
  bool odd = false;    // "./" or "*" stood in front of the path, or a '%' that encodes nothing
};

/// "<digest> <path>". Errors: `corrupt`, also when the path could lead out of the bag.
Result<ManifestLine> parse_manifest_line(std::string_view line, BagRules rules);

struct FetchLine {
  std::string url;
  std::optional<std::uint64_t> size_bytes;
  std::string path;  // as in ManifestLine
};

/// "<url> <length or -> <path>". Errors: `corrupt`, also when the path could lead out of the bag.
Result<FetchLine> parse_fetch_line(std::string_view line, BagRules rules);

/// The fields of bag-info.txt in order: label and value, continued lines joined by a space.
/// Errors: `corrupt`, `limit` above 100,000 fields.
Result<std::vector<std::pair<std::string, std::string>>> parse_bag_info(std::string_view text, BagRules rules);

}  // namespace muniment::bag
