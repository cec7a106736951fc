#include "store/unfinished.h"

#include <array>

#include "base/encoding.h"
#include "crypto/sha256.h"

namespace muniment {
namespace {

constexpr std::size_t kOffsetBytes = 8;
/// Less is not worth a file of its own.
constexpr std::uint64_t kKeptBytesMin = 64 << 10;

std::string offset_name(std::uint64_t offset) {
  std::array<std::uint8_t, kOffsetBytes> bytes{};
  constexpr unsigned kByteBits = 8;
  for (std::size_t i = 0; i < kOffsetBytes; ++i)
    bytes[kOffsetBytes - 1 - i] = static_cast<std::uint8_t>(offset >> (kByteBits * i));
  return to_hex(bytes);
}

}  // namespace

UnfinishedFiles::UnfinishedFiles(Fs& fs, std::string folder, std::string_view object_name, std::uint64_t bytes_max)
    : fs_(fs),
      folder_(std::move(folder)),
      prefix_(to_hex(sha256(as_view(object_name)).bytes) + "-"),
      bytes_max_(bytes_max) {
  for (;;) {
    const auto next = read_file(fs_, join(folder_, prefix_ + offset_name(bytes_.size())), bytes_max_ - bytes_.size());
    if (!next || next->empty()) return;
    append(bytes_, *next);
  }
}

void UnfinishedFiles::keep(std::uint64_t first, ByteView bytes) {
  const std::uint64_t known = bytes_.size();
  if (first > known || first + bytes.size() < known + kKeptBytesMin || first + bytes.size() > bytes_max_) return;
  const ByteView fresh = bytes.subspan(known - first);
  if (!make_folders(fs_, folder_)) return;
  const std::string path = join(folder_, prefix_ + offset_name(known));
  static_cast<void>(fs_.remove(path).has_value());  // of a run that was cut off while it wrote
  if (!write_new(fs_, path, fresh) || !fs_.sync_folder(folder_)) return;
  append(bytes_, fresh);
}

void UnfinishedFiles::forget() {
  const auto names = fs_.list(folder_);
  for (const std::string& name : names ? *names : std::vector<std::string>{}) {
    if (name.starts_with(prefix_)) static_cast<void>(fs_.remove(join(folder_, name)).has_value());
  }
  static_cast<void>(fs_.remove(folder_).has_value());  // refused while others lie in it
  bytes_.clear();
}

}  // namespace muniment
