// A record that is read writes itself again byte for byte; anything else is corrupt.
#include "archive/watched.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = muniment::as_text({data, size});
  const auto record = muniment::WatchedRecord::parse(text);
  if (record) {
    MUNIMENT_CHECK(record->render() == text);
  } else {
    MUNIMENT_CHECK(record.error().code() == muniment::Code::corrupt || record.error().code() == muniment::Code::limit);
  }
  return 0;
}
