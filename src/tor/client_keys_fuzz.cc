// Any text as a file of client keys: what is understood is written and read again as the same keys.
#include "tor/client_keys.h"

#include "base/encoding.h"

using namespace muniment;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto keys = parse_client_keys(as_text({data, size}));
  if (!keys) {
    MUNIMENT_CHECK(keys.error().code() == Code::corrupt || keys.error().code() == Code::limit);
    return 0;
  }
  MUNIMENT_CHECK(!keys->empty() && keys->size() <= 100);
  std::string text;
  for (const X25519Public& key : *keys) text += "descriptor:x25519:" + to_base32(key) + "\n";
  const auto again = parse_client_keys(text);
  MUNIMENT_CHECK(again.has_value() && *again == *keys);
  return 0;
}
