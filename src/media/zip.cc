#include "media/zip.h"

#include "media/reader.h"

namespace muniment::media {
namespace {

constexpr std::uint64_t kEndSignature = 0x06054b50, kNameSignature = 0x02014b50;
constexpr std::size_t kEndBytes = 22, kNameHeaderBytes = 46, kCommentBytesMax = 65535;

std::optional<std::uint64_t> little(ByteView bytes, std::uint64_t offset, unsigned count) {
  return number_at(bytes, offset, count, ByteOrder::little);
}

/// Where the end record starts: the last place where one with a comment to the very end stands.
std::optional<std::size_t> find_end_record(ByteView end) {
  if (end.size() < kEndBytes) return std::nullopt;
  std::size_t at = end.size() - kEndBytes;
  for (std::size_t comment = 0; comment <= kCommentBytesMax; ++comment, --at) {
    if (little(end, at, 4) == kEndSignature && little(end, at + 20, 2) == comment) return at;
    if (at == 0) break;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::vector<std::string>> list_zip(ByteView end, std::uint64_t file_bytes) {
  const auto record = find_end_record(end);
  if (!record || file_bytes < end.size()) return std::nullopt;
  const std::uint64_t count = *little(end, *record + 10, 2);
  const std::uint64_t size = *little(end, *record + 12, 4);
  const std::uint64_t start = *little(end, *record + 16, 4);
  const std::uint64_t end_starts = file_bytes - end.size();
  if (count > kZipNamesMax || start < end_starts || start - end_starts > *record ||
      size > *record - (start - end_starts)) {
    return std::nullopt;
  }
  std::vector<std::string> names;
  std::uint64_t at = start - end_starts;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto name_bytes = little(end, at + 28, 2);
    const auto extra_bytes = little(end, at + 30, 2);
    const auto comment_bytes = little(end, at + 32, 2);
    if (little(end, at, 4) != kNameSignature || !comment_bytes) return std::nullopt;
    const std::uint64_t name = at + kNameHeaderBytes;
    if (name > *record || *name_bytes > *record - name) return std::nullopt;
    names.emplace_back(as_text(end.subspan(static_cast<std::size_t>(name), static_cast<std::size_t>(*name_bytes))));
    at = name + *name_bytes + *extra_bytes + *comment_bytes;
  }
  return names;
}

}  // namespace muniment::media
