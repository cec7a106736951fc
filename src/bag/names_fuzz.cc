// The input is a list of true paths with NUL between them. Whatever they are, their paths in the bag are plain and
// apart.
#include <algorithm>
#include <map>
#include <string>

#include "bag/names.h"
#include "base/encoding.h"

namespace muniment::bag {
namespace {

void check_name(std::string_view name) {
  const std::string repaired = repair_name(name);
  MUNIMENT_CHECK(is_plain_name(repaired));
  MUNIMENT_CHECK(fold_case(fold_case(repaired)) == fold_case(repaired));
  if (!is_plain_name(name)) return;
  MUNIMENT_CHECK(is_utf8(name) && printable(name).find("\\x") == std::string::npos);
  MUNIMENT_CHECK(fold_case(fold_case(name)) == fold_case(name));
}

bool is_true_path(std::string_view path) {
  const auto names = split(path, '/');
  return std::none_of(names.begin(), names.end(),
                      [](auto name) { return name.empty() || name == "." || name == ".."; });
}

void check(std::string_view input) {
  NameTable names;
  std::map<std::string, std::string_view> folded;
  for (const std::string_view true_path : split(input, '\0')) {
    for (const std::string_view name : split(true_path, '/')) check_name(name);
    if (!is_true_path(true_path)) continue;
    const std::string path = names.add(true_path);
    MUNIMENT_CHECK(is_plain_path(path) && path.size() <= kPathBytesMax);
    MUNIMENT_CHECK(names.add(true_path) == path);
    MUNIMENT_CHECK(folded.emplace(fold_case(path), true_path).first->second == true_path);
  }
  for (const auto& [path, true_path] : folded) {
    const auto next = folded.lower_bound(path + "/");
    MUNIMENT_CHECK(next == folded.end() || !next->first.starts_with(path + "/"));
  }
}

}  // namespace
}  // namespace muniment::bag

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  muniment::bag::check(muniment::as_text({data, size}));
  return 0;
}
