// Any file may lie on a machine: what it gives away is told from its first bytes, and stays the same when it is read
// again; a file of one word in front or behind does not hide a key.
#include "archive/exposure.h"

namespace muniment {
namespace {

void check(std::string_view text) {
  const auto kind = classify_file(text);
  if (kind == Exposed::open_key) {
    const std::string within = "x\n" + std::string(text) + "\nx";
    MUNIMENT_CHECK(classify_file(within) == Exposed::open_key);
  }
  MUNIMENT_CHECK(!kind || !name_of(*kind).empty());
  MUNIMENT_CHECK(kind != Exposed::home && kind != Exposed::archive && kind != Exposed::catalogue &&
                 kind != Exposed::swap);
}

}  // namespace
}  // namespace muniment

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  muniment::check(muniment::as_text({data, size}));
  return 0;
}
