// The bytes as a configuration of nginx: whatever it is, it ends, and what is said of it can be printed.
#include "base/check.h"
#include "base/encoding.h"
#include "serve/nginx_leaks.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace muniment;
  const auto leaks = find_nginx_leaks(as_text({data, size}));
  if (!leaks) {
    MUNIMENT_CHECK(leaks.error().code() == Code::corrupt || leaks.error().code() == Code::limit);
    return 0;
  }
  for (const std::string& leak : *leaks) MUNIMENT_CHECK(is_utf8(leak) && leak.find('\n') == std::string::npos);
  return 0;
}
