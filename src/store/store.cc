#include "store/store.h"

#include <algorithm>

#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::size_t kNameBytesMax = 512;

bool is_allowed(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

}  // namespace

Result<ObjectName> ObjectName::parse(std::string_view text) {
  const auto refuse = [&] { return Error(Code::corrupt, "not the name of an object: " + printable(text, 100)); };
  if (text.empty() || text.size() > kNameBytesMax) return refuse();
  for (const std::string_view part : split(text, '/')) {
    if (part.empty() || part.front() == '.' || part.front() == '-') return refuse();
    if (!std::all_of(part.begin(), part.end(), is_allowed)) return refuse();
  }
  ObjectName name;
  name.text_ = text;
  return name;
}

ObjectName::ObjectName(std::string_view known) {
  auto name = parse(known);
  MUNIMENT_CHECK(name.has_value());
  text_ = std::move(name->text_);
}

}  // namespace muniment
