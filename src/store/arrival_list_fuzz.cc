// What is taken for a list of arrivals holds names of folders that lie below incoming/ and nowhere else.
#include <algorithm>

#include "base/check.h"
#include "store/arrival_list.h"
#include "store/store.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace muniment;
  const auto names = parse_arrivals(as_text({data, size}));
  if (!names) {
    MUNIMENT_CHECK(names.error().code() == Code::corrupt || names.error().code() == Code::limit);
    return 0;
  }
  MUNIMENT_CHECK(names->size() <= kArrivalsMax && std::ranges::is_sorted(*names));
  for (const std::string& name : *names)
    MUNIMENT_CHECK(name.find('/') == std::string::npos && ObjectName::parse("incoming/" + name));
  const auto again = parse_arrivals(render_arrivals(*names));
  MUNIMENT_CHECK(again && *again == *names);
  return 0;
}
