// Any text as the name of an object: what parses is the same text, and never leaves the folder that it is joined to.
#include "store/store.h"

#include "base/encoding.h"
#include "base/fs.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = muniment::as_text({data, size});
  const auto name = muniment::ObjectName::parse(text);
  if (!name) {
    MUNIMENT_CHECK(name.error().code() == muniment::Code::corrupt);
    MUNIMENT_CHECK(muniment::printable(name.error().sentence(), 1000) == name.error().sentence());
    return 0;
  }
  MUNIMENT_CHECK(name->text() == text);
  MUNIMENT_CHECK(muniment::join("root", name->text()).size() == 5 + size);
  for (const std::string_view part : muniment::split(name->text(), '/')) {
    MUNIMENT_CHECK(!part.empty() && part != "." && part != ".." && part.front() != '-');
    MUNIMENT_CHECK(part.find_first_of(std::string_view("\0\\%:\n", 5)) == std::string_view::npos);
  }
  return 0;
}
