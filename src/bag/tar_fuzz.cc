// Whatever TarReader accepts is what TarWriter writes, byte for byte, however it is cut into pieces.
#include <algorithm>

#include "bag/tar.h"
#include "bag/tar_testing.h"

namespace muniment::bag {
namespace {

void check(ByteView tar) {
  const TarLimits limits{.path_bytes_max = 4096, .pax_bytes_max = 4096};
  const auto whole = read_tar(tar, std::max<std::size_t>(tar.size(), 1), limits);
  const auto pieces = read_tar(tar, 1 + tar.size() % 700, limits);
  MUNIMENT_CHECK(whole.has_value() == pieces.has_value());
  if (!whole) {
    MUNIMENT_CHECK(whole.error().code() == Code::corrupt || whole.error().code() == Code::limit);
    MUNIMENT_CHECK(whole.error().code() == pieces.error().code());
    return;
  }
  MUNIMENT_CHECK(*whole == *pieces);
  const auto bare = make_tar(*whole);
  MUNIMENT_CHECK(bare && bare->size() <= tar.size());
  MUNIMENT_CHECK(equal(*bare, tar.first(bare->size())) && all_zero(tar.subspan(bare->size())));
}

/// Gives each block that could be a header its checksum, so that what is behind the checksum is tried too.
Bytes with_checksums(ByteView tar) {
  Bytes fixed(tar.begin(), tar.end());
  for (std::size_t start = 0; start + kTarBlockBytes <= fixed.size(); start += kTarBlockBytes) {
    const MutableBytes block = MutableBytes(fixed).subspan(start, kTarBlockBytes);
    if (as_text(block.subspan(257, 5)) != "ustar") continue;
    std::fill_n(block.begin() + 148, 8, static_cast<std::uint8_t>(' '));
    unsigned sum = 0;
    for (const std::uint8_t byte : block) sum += byte;
    for (std::size_t i = 6; i > 0; --i, sum >>= 3) block[148 + i - 1] = static_cast<std::uint8_t>('0' + (sum & 7));
    block[154] = 0;
  }
  return fixed;
}

}  // namespace
}  // namespace muniment::bag

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  muniment::bag::check({data, size});
  muniment::bag::check(muniment::bag::with_checksums({data, size}));
  return 0;
}
