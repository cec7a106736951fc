// Any text as a range of a request and of an answer: what is understood lies within what there is.
#include "base/bytes.h"
#include "store/http_range.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = muniment::as_text({data, size});
  const auto part = muniment::parse_content_range(text);
  if (part) {
    MUNIMENT_CHECK(part->range.first <= part->range.last);
    MUNIMENT_CHECK(!part->total || part->range.last < *part->total);
  }
  for (const std::uint64_t whole : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{100}, UINT64_MAX}) {
    const auto range = muniment::parse_range_request(text, whole);
    if (!range || !*range) continue;
    MUNIMENT_CHECK((*range)->first <= (*range)->last && (*range)->last < whole);
  }
  return 0;
}
