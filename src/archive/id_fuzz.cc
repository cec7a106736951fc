// The first 32 bytes are an id, the rest is what a person types for one: an id always fits its own words, and what is
// typed means the same in capitals and with other gaps.
#include <algorithm>
#include <string>

#include "archive/id.h"
#include "base/encoding.h"

namespace muniment {
namespace {

std::string retyped(std::string_view text) {
  std::string other;
  for (const char c : text) {
    if (c == ' ') {
      other += " , ";
    } else {
      other += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    }
  }
  return other;
}

void check(const Sha256& id, std::string_view typed) {
  const auto own = IdPin::parse(id_words(id));
  MUNIMENT_CHECK(own && own->check(id));
  const auto pin = IdPin::parse(typed);
  const auto other = IdPin::parse(retyped(typed));
  MUNIMENT_CHECK(pin.has_value() == other.has_value());
  if (!pin) {
    MUNIMENT_CHECK(pin.error().code() == Code::invalid);
    MUNIMENT_CHECK(is_utf8(pin.error().sentence()));
    return;
  }
  const auto checked = pin->check(id);
  MUNIMENT_CHECK(checked.has_value() == other->check(id).has_value());
  MUNIMENT_CHECK(checked || checked.error().code() == Code::forged);
}

}  // namespace
}  // namespace muniment

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  muniment::Sha256 id;
  if (size < id.bytes.size()) return 0;
  std::copy_n(data, id.bytes.size(), id.bytes.begin());
  muniment::check(id, muniment::as_text({data + id.bytes.size(), size - id.bytes.size()}));
  return 0;
}
