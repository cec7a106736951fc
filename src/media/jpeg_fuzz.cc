// Any bytes as the start of a photograph: what is said of it is short, printable, and only of a JPEG file.
#include "base/check.h"
#include "media/jpeg.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto facts = muniment::media::read_photo({data, size});
  for (const std::string* text : {&facts.maker, &facts.model, &facts.taken}) {
    MUNIMENT_CHECK(text->size() <= 64);
    for (const char c : *text) MUNIMENT_CHECK(c >= ' ' && c <= '~');
  }
  MUNIMENT_CHECK(facts.is_jpeg || (!facts.has_exif && !facts.is_known));
  MUNIMENT_CHECK(facts.has_exif || (facts.maker.empty() && facts.taken.empty() && !facts.has_place));
  return 0;
}
