// Any bytes as the end of a ZIP file: no more names than there is room for, and none longer than the bytes.
#include "base/check.h"
#include "media/zip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto names = muniment::media::list_zip({data, size}, size);
  if (!names) return 0;
  MUNIMENT_CHECK(names->size() <= muniment::media::kZipNamesMax);
  std::size_t bytes = 0;
  for (const std::string& name : *names) bytes += name.size() + 46;
  MUNIMENT_CHECK(bytes <= size);
  return 0;
}
