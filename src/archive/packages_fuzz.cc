// Any bytes as the start of a file of a package: what is taken from it is a digest, a size, a short name.
#include "archive/packages.h"

namespace muniment {
namespace {

void check(std::string_view text) {
  const std::string digest(64, 'a');
  for (const std::string& name : {digest + ".proof.csv", digest + ".proof.json", std::string("a.csv"),
                                  std::string("a.jpg.meta.json"), std::string("a.jpg")}) {
    const PackageClaim claim = read_claim(name, text);
    MUNIMENT_CHECK(claim.digest.empty() || claim.digest.size() == 64);
    MUNIMENT_CHECK(claim.about.size() <= name.size());
    MUNIMENT_CHECK(claim.marks.size() <= 3);
    PackageBook book;
    book.add("case", {.name = name, .digest = digest, .size_bytes = 1, .lacks_camera = true, .claim = claim});
    book.add("case", {.name = "a.jpg", .digest = digest, .size_bytes = 2, .lacks_camera = true, .claim = {}});
    MUNIMENT_CHECK(book.finish().size() == (claim.kind == PackageKind::none ? 0u : 1u));
  }
}

}  // namespace
}  // namespace muniment

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  muniment::check(muniment::as_text({data, size}));
  return 0;
}
