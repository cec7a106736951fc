// Names in a bag. Spec: docs/formats.md "Names". Any bytes in, names out that every tar, sha256sum and file system
// keeps apart and gives back: NFC UTF-8, unique after case folding, no control characters, line separators, '%',
// backslash or edge spaces, 255 bytes at the most.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "base/bytes.h"

namespace muniment::bag {

inline constexpr std::size_t kNameBytesMax = 255;
/// Of a path below "data/": with that, a base folder and a slash it stays below Linux's limit of 4,096.
inline constexpr std::size_t kPathBytesMax = 3800;

/// A single name that needs no repair. "." and ".." and names with '/' are not plain.
bool is_plain_name(std::string_view name);

/// A path of plain names: what a bag from elsewhere may hold below its base folder.
bool is_plain_path(std::string_view path);

/// The name repaired: what is not allowed becomes '_', the text NFC, and "~" with 16 hexadecimal digits of the
/// SHA-256 of the true bytes is put in front of the extension (or at the end). Always plain.
std::string repair_name(std::string_view true_name);

/// Full case folding of NFC text (Unicode 15 section 3.13): equal for names that a careless file system confuses.
/// What is not UTF-8 stays as it is.
std::string fold_case(std::string_view name);

/// Text as one compares it by ear: case folded, accents and other marks dropped ("Ё" is "е"), compatibility forms
/// replaced. What is not UTF-8 stays as it is.
std::string bare_letters(std::string_view text);

/// Gives each true path its path in one bag. The same true path always gets the same answer; two true paths
/// never get the same one, nor two that differ only in case, nor is one the folder of another.
class NameTable {
 public:
  /// `true_path` is bytes with '/' between names, without empty, "." or ".." parts. Gives the path in the bag: a
  /// plain path of kPathBytesMax bytes at the most. The answer depends on the paths that were added before.
  std::string add(std::string_view true_path);

 private:
  std::string place(const std::string& folder, std::string_view true_name, const std::string& true_path);

  std::unordered_map<std::string, std::string> given_;  // true path (folders end in '/') → path in the bag
  std::unordered_set<std::string> taken_;               // paths in the bag with the last name folded, folders too
};

}  // namespace muniment::bag
