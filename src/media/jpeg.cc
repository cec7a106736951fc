#include "media/jpeg.h"

#include <algorithm>
#include <string_view>

#include "media/reader.h"

namespace muniment::media {
namespace {

constexpr std::size_t kSegmentsMax = 1000;
constexpr std::uint64_t kFieldsMax = 512;
constexpr std::uint64_t kTextBytesMax = 64;
constexpr std::string_view kExif("Exif\0\0", 6);

// Markers (ITU T.81 table B.1) and tags (CIPA DC-008 section 4.6).
constexpr std::uint64_t kStartOfImage = 0xffd8, kStartOfScan = 0xda, kEndOfImage = 0xd9, kApp1 = 0xe1;
constexpr std::uint64_t kMaker = 0x010f, kModel = 0x0110, kChanged = 0x0132, kExifFields = 0x8769, kGps = 0x8825,
                        kTaken = 0x9003;
constexpr std::uint64_t kAscii = 2;

/// The TIFF file inside the EXIF segment.
class Tiff {
 public:
  explicit Tiff(ByteView bytes) : bytes_(bytes) {}

  bool begin() {
    const auto mark = number_at(bytes_, 0, 2);
    if (mark == 0x4949) order_ = ByteOrder::little;
    if (mark != 0x4949 && mark != 0x4d4d) return false;
    return number(2, 2) == 42;
  }
  std::optional<std::uint64_t> first() const { return number(4, 4); }

  /// Calls `take` with tag and offset of each field of a directory.
  template <typename Take>
  void each_field(std::uint64_t offset, Take take) const {
    const std::uint64_t count = std::min(number(offset, 2).value_or(0), kFieldsMax);
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t field = offset + 2 + 12 * i;
      const auto tag = number(field, 2);
      if (!tag || !number(field + 8, 4)) return;
      take(*tag, field);
    }
  }

  std::uint64_t value(std::uint64_t field) const { return number(field + 8, 4).value_or(0); }

  std::string text(std::uint64_t field) const {
    const std::uint64_t size = number(field + 4, 4).value_or(0);
    if (number(field + 2, 2) != kAscii) return {};
    const std::uint64_t start = size <= 4 ? field + 8 : value(field);
    std::string text;
    for (std::uint64_t i = 0; i < std::min(size, kTextBytesMax); ++i) {
      const auto byte = number(start + i, 1);
      if (!byte || *byte == 0) break;
      text += *byte >= ' ' && *byte <= '~' ? static_cast<char>(*byte) : '?';
    }
    while (text.ends_with(' ')) text.pop_back();
    return text;
  }

 private:
  std::optional<std::uint64_t> number(std::uint64_t offset, unsigned count) const {
    return number_at(bytes_, offset, count, order_);
  }

  ByteView bytes_;
  ByteOrder order_ = ByteOrder::big;
};

/// "0000:00:00 00:00:00" and blanks are what a camera writes whose clock was never set.
std::string time_of(std::string text) {
  return text.find_first_of("123456789") == std::string::npos ? std::string() : text;
}

void read_exif(ByteView bytes, PhotoFacts& facts) {
  Tiff tiff(bytes);
  if (!tiff.begin()) return;
  facts.has_exif = true;
  std::uint64_t more = 0;
  std::string changed;
  tiff.each_field(tiff.first().value_or(0), [&](std::uint64_t tag, std::uint64_t field) {
    if (tag == kMaker) facts.maker = tiff.text(field);
    if (tag == kModel) facts.model = tiff.text(field);
    if (tag == kChanged) changed = time_of(tiff.text(field));
    if (tag == kExifFields) more = tiff.value(field);
    if (tag == kGps) facts.has_place = true;
  });
  if (more != 0) {
    tiff.each_field(more, [&](std::uint64_t tag, std::uint64_t field) {
      if (tag == kTaken) facts.taken = time_of(tiff.text(field));
    });
  }
  if (facts.taken.empty()) facts.taken = changed;
}

}  // namespace

PhotoFacts read_photo(ByteView start) {
  PhotoFacts facts;
  facts.is_jpeg = number_at(start, 0, 2) == kStartOfImage;
  if (!facts.is_jpeg) return facts;
  std::uint64_t offset = 2;
  for (std::size_t i = 0; i < kSegmentsMax; ++i) {
    const auto fill = number_at(start, offset, 1);
    const auto marker = number_at(start, offset + 1, 1);
    if (!fill || !marker || *fill != 0xff) return facts;
    if (*marker == 0xff) {  // markers may be filled up from the left
      ++offset;
      continue;
    }
    if (*marker == kStartOfScan || *marker == kEndOfImage) {
      facts.is_known = true;
      return facts;
    }
    const auto size = number_at(start, offset + 2, 2);
    if (!size || *size < 2) return facts;
    const std::uint64_t end = offset + 2 + *size;
    if (*marker == kApp1 && end <= start.size()) {
      const ByteView segment = start.subspan(static_cast<std::size_t>(offset + 4), static_cast<std::size_t>(*size - 2));
      if (as_text(segment).starts_with(kExif) && !facts.has_exif) read_exif(segment.subspan(kExif.size()), facts);
    }
    offset = end;
  }
  return facts;
}

}  // namespace muniment::media
