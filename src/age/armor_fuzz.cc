// Armour that parses, and any bytes, survive the way through armour and back.
#include "age/armor.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace {

using namespace muniment;

void check_round_trip(const Bytes& file) {
  const std::string text = age::render_armor(file);
  const auto parsed = age::parse_armor(text);
  MUNIMENT_CHECK(parsed && *parsed == file);
  MUNIMENT_CHECK(age::is_armored(as_view(text)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  check_round_trip(Bytes(input.begin(), input.end()));
  const auto file = age::parse_armor(as_text(input));
  if (!file) {
    MUNIMENT_CHECK(file.error().code() == Code::corrupt);
    return 0;
  }
  MUNIMENT_CHECK(age::is_armored(input));
  MUNIMENT_CHECK(file->size() < size);
  check_round_trip(*file);
  return 0;
}
