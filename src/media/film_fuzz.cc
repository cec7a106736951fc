// Any bytes as a film: what is said of it does not depend on the pieces in which it came.
#include "base/check.h"
#include "media/film.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const muniment::ByteView bytes(data, size);
  muniment::media::FilmReader whole, halves;
  whole.update(bytes);
  halves.update(bytes.first(size / 2));
  halves.update(bytes.subspan(size / 2));
  const auto first = whole.finish(), second = halves.finish();
  MUNIMENT_CHECK(first.has_value() == second.has_value());
  if (first) MUNIMENT_CHECK(first->has_maker == second->has_maker && first->created_s == second->created_s);
  return 0;
}
