// Any text as the address of a name: what is understood has nothing in it that could mean more than it says.
#include "base/bytes.h"
#include "store/host_address.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto parsed = muniment::parse_host_address(muniment::as_text({data, size}));
  if (!parsed) {
    MUNIMENT_CHECK(parsed.error().code() == muniment::Code::invalid);
    return 0;
  }
  MUNIMENT_CHECK(parsed->name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-") == std::string::npos);
  MUNIMENT_CHECK(parsed->address.find_first_not_of("0123456789abcdefABCDEF.:") == std::string::npos);
  MUNIMENT_CHECK(parsed->is_v6 == (parsed->address.find(':') != std::string::npos));
  const auto again = muniment::parse_host_address(parsed->name + "=" + parsed->address);
  MUNIMENT_CHECK(again && again->name == parsed->name && again->address == parsed->address);
  return 0;
}
