// Any bytes as the body of add-checkpoint: read or refused, and what is read is written as it was.
#include "ledger/cosigner.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body = muniment::as_text({data, size});
  const auto request = muniment::parse_add_checkpoint(body);
  if (request) MUNIMENT_CHECK(muniment::render_add_checkpoint(*request) == body);
  return 0;
}
