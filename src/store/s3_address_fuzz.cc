// Any text as an address: what is understood says the same when it is written out and read again.
#include "store/s3_address.h"

#include "base/bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto address = muniment::S3Address::parse(muniment::as_text({data, size}));
  if (!address) {
    MUNIMENT_CHECK(address.error().code() == muniment::Code::invalid);
    return 0;
  }
  const auto again = muniment::S3Address::parse(address->text());
  MUNIMENT_CHECK(again.has_value());
  MUNIMENT_CHECK(again->text() == address->text() && again->bucket_url() == address->bucket_url());
  MUNIMENT_CHECK(again->key_of("a") == address->key_of("a") && again->region == address->region);
  return 0;
}
