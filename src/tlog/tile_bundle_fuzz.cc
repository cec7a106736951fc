// The width less one, then any bytes as a tile and as an entry bundle: what parses is written back to the same bytes.
#include "tlog/tile.h"

namespace muniment::tlog {
namespace {

void check_tile(ByteView bytes, std::uint64_t width) {
  const auto hashes = parse_tile(bytes, width);
  if (!hashes) {
    MUNIMENT_CHECK(hashes.error().code() == Code::corrupt);
    return;
  }
  MUNIMENT_CHECK(hashes->size() == width);
  MUNIMENT_CHECK(equal(render_tile(*hashes), bytes));
}

void check_bundle(ByteView bytes, std::uint64_t width) {
  const auto entries = parse_bundle(bytes, width);
  if (!entries) {
    MUNIMENT_CHECK(entries.error().code() == Code::corrupt);
    return;
  }
  MUNIMENT_CHECK(entries->size() == width);
  Bytes bundle;
  for (const ByteView entry : *entries) MUNIMENT_CHECK(append_entry(bundle, entry).has_value());
  MUNIMENT_CHECK(equal(bundle, bytes));
}

}  // namespace
}  // namespace muniment::tlog

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const muniment::ByteView bytes(data + 1, size - 1);
  muniment::tlog::check_tile(bytes, data[0] + 1u);
  muniment::tlog::check_bundle(bytes, data[0] + 1u);
  return 0;
}
