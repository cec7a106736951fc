// Any bytes as the name of an entry in a carried tar, with a size: what is taken stays in one folder, is an object of a
// deposit, and is no larger than one.
#include "archive/carried.h"
#include "archive/receipt.h"

namespace muniment {
namespace {

void check(const bag::TarEntry& entry) {
  const auto object = parse_carried_entry(entry);
  if (!object) {
    MUNIMENT_CHECK(object.error().code() == Code::corrupt || object.error().code() == Code::limit);
    return;
  }
  MUNIMENT_CHECK(object->folder + "/" + object->name == entry.name);
  MUNIMENT_CHECK(object->folder.find_first_of("./\\") == std::string::npos && !object->folder.empty());
  MUNIMENT_CHECK(object->name.find('/') == std::string::npos);
  MUNIMENT_CHECK(object->name == "receipt" || object->name == "SHA256SUMS" || object->name == header_name(0) ||
                 object->name == contents_name(0) || object->name.starts_with("part-"));
  MUNIMENT_CHECK(entry.size_bytes <= kContentsBytesMax);
}

}  // namespace
}  // namespace muniment

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  const std::uint64_t bytes = static_cast<std::uint64_t>(data[0]) << (data[1] % 40);
  const std::string name(muniment::as_text({data + 4, size - 4}));
  muniment::check({.name = name, .size_bytes = bytes});
  return 0;
}
