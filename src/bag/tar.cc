#include "bag/tar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "bag/names.h"
#include "base/encoding.h"

namespace muniment::bag {
namespace {

// Fields of a ustar header (POSIX.1-2017 pax, "ustar Interchange Format"): offset and size in bytes.
struct Field {
  std::size_t offset;
  std::size_t size;
};
constexpr Field kName{0, 100};
constexpr Field kMode{100, 8};
constexpr Field kOwner{108, 8};
constexpr Field kGroup{116, 8};
constexpr Field kSize{124, 12};
constexpr Field kModified{136, 12};
constexpr Field kChecksum{148, 8};
constexpr std::size_t kTypeOffset = 156;
constexpr Field kMagic{257, 6};
constexpr Field kVersion{263, 2};
constexpr Field kDeviceMajor{329, 8};
constexpr Field kDeviceMinor{337, 8};

// The only two types; a hard link, for instance, would be '1' and name its target in a field that stays empty here.
constexpr char kRegularFile = '0';
constexpr char kPaxHeader = 'x';
constexpr std::string_view kPaxHeaderName = "PaxHeaders/0";        // what a reader without pax makes a file of
constexpr std::uint64_t kOctalMax = (std::uint64_t{1} << 33) - 1;  // eleven octal digits
constexpr std::uint8_t kBase256 = 0x80;                            // first byte of a size in base 256
constexpr std::uint64_t kFileBytesMax = INT64_MAX;                 // so that offsets cannot wrap

using Block = std::array<std::uint8_t, kTarBlockBytes>;

/// What is missing to the next whole block.
std::size_t padding_after(std::uint64_t offset) {
  return static_cast<std::size_t>((kTarBlockBytes - offset % kTarBlockBytes) % kTarBlockBytes);
}

bool exceeds_octal(std::uint64_t value) { return value > kOctalMax; }

/// The value in octal with leading zeros, and a NUL.
void put_octal(Block& block, Field field, std::uint64_t value) {
  for (std::size_t i = field.size - 1; i > 0; --i) {
    block[field.offset + i - 1] = static_cast<std::uint8_t>('0' + (value & 7));
    value >>= 3;
  }
}

/// GNU's form for numbers that octal digits cannot hold. busybox knows sizes beyond 8 GiB only so: with the pax record
/// alone it takes the size for zero and loses the files that follow.
void put_base256(Block& block, Field field, std::uint64_t value) {
  block[field.offset] = kBase256;
  for (std::size_t i = field.size - 1; i > 0; --i) {
    block[field.offset + i] = static_cast<std::uint8_t>(value & 0xff);
    value >>= 8;
  }
}

void put_text(Block& block, Field field, std::string_view text) {
  std::copy(text.begin(), text.end(), block.begin() + static_cast<std::ptrdiff_t>(field.offset));
}

/// The sum of all bytes, those of the checksum itself taken as spaces.
std::uint64_t checksum_of(ByteView block) {
  std::uint64_t sum = kChecksum.size * ' ';
  for (std::size_t i = 0; i < kTarBlockBytes; ++i) {
    if (i < kChecksum.offset || i >= kChecksum.offset + kChecksum.size) sum += block[i];
  }
  return sum;
}

/// `short_name` is ASCII of 100 bytes at the most; values beyond the octal field are in the pax header.
Block make_header(std::string_view short_name, std::uint64_t size_bytes, std::uint64_t modified_s, char type) {
  Block block{};
  put_text(block, kName, short_name);
  put_octal(block, kMode, 0644);
  put_octal(block, kOwner, 0);
  put_octal(block, kGroup, 0);
  if (exceeds_octal(size_bytes)) {
    put_base256(block, kSize, size_bytes);
  } else {
    put_octal(block, kSize, size_bytes);
  }
  put_octal(block, kModified, modified_s);
  block[kTypeOffset] = static_cast<std::uint8_t>(type);
  put_text(block, kMagic, "ustar");  // and the NUL that is there already
  put_text(block, kVersion, "00");
  put_octal(block, kDeviceMajor, 0);
  put_octal(block, kDeviceMinor, 0);
  // Six digits, NUL, space: one digit less than the other numbers, as every tar since the seventh edition has it.
  put_octal(block, {kChecksum.offset, kChecksum.size - 1}, checksum_of(block));
  block[kChecksum.offset + kChecksum.size - 1] = ' ';
  return block;
}

bool fits_name_field(std::string_view name) {
  return name.size() <= kName.size &&
         std::all_of(name.begin(), name.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

/// What a reader without pax shall call the file. Never ends in a slash, which would make it a folder.
std::string short_name_of(std::string_view name) {
  std::string short_name(name.substr(0, kName.size));
  for (char& c : short_name) {
    if (c < 0x20 || c >= 0x7f) c = '_';
  }
  if (short_name.ends_with('/')) short_name.back() = '_';
  return short_name;
}

/// "27 path=…\n": the length counts the whole record and so itself.
std::string pax_record(std::string_view key, std::string_view value) {
  const std::size_t rest = key.size() + value.size() + 3;  // a space, '=' and a line feed
  std::size_t length = rest + std::to_string(rest).size();
  length = rest + std::to_string(length).size();  // its own digits may have made it one digit longer
  return std::to_string(length) + " " + std::string(key) + "=" + std::string(value) + "\n";
}

bool fits_time_field(std::int64_t modified_s) {
  return modified_s >= 0 && static_cast<std::uint64_t>(modified_s) <= kOctalMax;
}

/// Everything in front of the data of a file: the one form that is written and the only one that is read.
Bytes render_front(const TarEntry& entry) {
  // Only what the fields cannot hold, and in this order: every choice here is part of the format.
  std::string records;
  if (!fits_name_field(entry.name)) records += pax_record("path", entry.name);
  if (exceeds_octal(entry.size_bytes)) records += pax_record("size", std::to_string(entry.size_bytes));
  if (!fits_time_field(entry.modified_s)) records += pax_record("mtime", std::to_string(entry.modified_s));
  Bytes front;
  if (!records.empty()) {
    append(front, make_header(kPaxHeaderName, records.size(), 0, kPaxHeader));
    append(front, as_view(records));
    front.resize(front.size() + padding_after(front.size()));
  }
  const auto modified_s = fits_time_field(entry.modified_s) ? static_cast<std::uint64_t>(entry.modified_s) : 0;
  append(front, make_header(short_name_of(entry.name), entry.size_bytes, modified_s, kRegularFile));
  return front;
}

Error corrupt_tar(std::string sentence) { return {Code::corrupt, std::move(sentence)}; }

/// The whole text as a number.
template <typename Number>
std::optional<Number> parse_number(std::string_view text, int base) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// A field up to its NUL.
std::string_view text_of(ByteView header, Field field) {
  const std::string_view text = as_text(header.subspan(field.offset, field.size));
  return text.substr(0, text.find('\0'));
}

Result<std::uint64_t> parse_size(ByteView header) {
  if (header[kSize.offset] == kBase256) {
    ByteReader low(header.subspan(kSize.offset + kSize.size - 8, 8));
    return low.u64();  // the three bytes above are held to zero when the front is compared as a whole
  }
  const auto size = parse_number<std::uint64_t>(text_of(header, kSize), 8);
  if (!size) return corrupt_tar("a tar header has a size that is not a number");
  return *size;
}

/// Sets what a record "path=…", "size=…" or "mtime=…" says. No other keyword has a place here, least of all
/// GNU.sparse.*, which would make the data something else than the file.
Result<void> apply_record(std::string_view record, TarEntry& entry) {
  // A record without '=' has its whole text as key and an empty value, which none of the three takes.
  const std::string_view key = record.substr(0, record.find('='));
  const std::string_view value = record.substr(std::min(record.size(), key.size() + 1));
  if (key == "path") {
    entry.name = value;
    return {};
  }
  if (key == "size") {
    const auto size = parse_number<std::uint64_t>(value, 10);
    if (!size) return corrupt_tar("a pax header has a size that is not a number");
    entry.size_bytes = *size;
    return {};
  }
  if (key == "mtime") {
    const auto modified = parse_number<std::int64_t>(value, 10);
    if (!modified) return corrupt_tar("a pax header has a time that is not a whole number");
    entry.modified_s = *modified;
    return {};
  }
  return corrupt_tar("a pax header holds the unknown record \"" + printable(key, 40) + "\"");
}

Result<void> apply_records(std::string_view records, TarEntry& entry) {
  while (!records.empty()) {
    const std::size_t space = records.find(' ');
    const auto length = parse_number<std::size_t>(records.substr(0, space), 10);
    // The record holds its length, the space, and at the end a line feed.
    if (!length || *length > records.size() || *length < space + 2 || records[*length - 1] != '\n')
      return corrupt_tar("a pax header has a record of the wrong length");
    TRY(apply_record(records.substr(space + 1, *length - space - 2), entry));
    records.remove_prefix(*length);
  }
  return {};
}

/// What the front says. Holding it to the one form that render_front() gives is left to the caller.
Result<TarEntry> parse_front(ByteView front) {
  const ByteView header = front.last(kTarBlockBytes);
  TarEntry entry;
  entry.name = text_of(header, kName);
  TRY_ASSIGN(entry.size_bytes, parse_size(header));
  const auto modified = parse_number<std::int64_t>(text_of(header, kModified), 8);
  if (!modified) return corrupt_tar("a tar header has a time that is not a number");
  entry.modified_s = *modified;
  if (front.size() > kTarBlockBytes) {
    TRY_ASSIGN(const std::uint64_t pax_bytes, parse_size(front));
    const ByteView records = front.subspan(kTarBlockBytes, static_cast<std::size_t>(pax_bytes));
    TRY(apply_records(as_text(records), entry));
  }
  return entry;
}

}  // namespace

Result<std::uint64_t> TarWriter::begin_file(std::string_view name, std::uint64_t size_bytes, std::int64_t modified_s) {
  MUNIMENT_CHECK(left_bytes_ == 0 && offset_bytes_ % kTarBlockBytes == 0);  // end_file() came first
  if (name.size() > TarLimits{}.path_bytes_max) return Error(Code::limit, printable(name) + ": the path is too long");
  if (size_bytes > kFileBytesMax) return Error(Code::limit, printable(name) + ": too large for a tar archive");
  if (!is_plain_path(name)) return Error(Code::invalid, printable(name) + ": not a plain path");
  TRY(put(render_front({.name = std::string(name), .size_bytes = size_bytes, .modified_s = modified_s})));
  left_bytes_ = size_bytes;
  return offset_bytes_;
}

Result<void> TarWriter::write(ByteView data) {
  if (data.size() > left_bytes_) return Error(Code::invalid, "the file is longer than was announced");
  left_bytes_ -= data.size();
  return put(data);
}

Result<void> TarWriter::end_file() {
  if (left_bytes_ != 0) return Error(Code::invalid, "the file is shorter than was announced");
  return put_zeros(padding_after(offset_bytes_));
}

Result<void> TarWriter::finish(std::uint64_t size_bytes) {
  MUNIMENT_CHECK(left_bytes_ == 0 && size_bytes >= finished_size() && size_bytes % kTarBlockBytes == 0);
  return put_zeros(size_bytes - offset_bytes_);
}

Result<void> TarWriter::put(ByteView bytes) {
  TRY(out_(bytes));
  offset_bytes_ += bytes.size();
  return {};
}

Result<void> TarWriter::put_zeros(std::uint64_t count) {
  static constexpr std::array<std::uint8_t, 64 * 1024> kZeros{};
  while (count > 0) {
    const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(count, kZeros.size()));
    TRY(put(ByteView(kZeros).first(piece)));
    count -= piece;
  }
  return {};
}

Result<void> TarReader::write(ByteView bytes) {
  while (!bytes.empty()) {
    TRY_ASSIGN(const std::size_t taken, step(bytes));
    bytes = bytes.subspan(taken);
  }
  return {};
}

Result<void> TarReader::finish() {
  if (state_ != State::after_end || offset_bytes_ < end_offset_ + 2 * kTarBlockBytes ||
      padding_after(offset_bytes_) != 0)
    return corrupt_tar("the tar archive is cut off");
  return {};
}

/// Takes bytes up to the end of the state, and turns to the next one when it is reached. Gives the count taken.
Result<std::size_t> TarReader::step(ByteView bytes) {
  const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), left_bytes_));
  const ByteView piece = bytes.first(taken);
  offset_bytes_ += taken;
  left_bytes_ -= taken;
  switch (state_) {
    case State::header:
      append(front_, piece);
      if (left_bytes_ == 0) TRY(take_header());
      break;
    case State::pax_data:
      append(front_, piece);
      if (left_bytes_ == 0) expect(State::header, kTarBlockBytes);
      break;
    case State::file_data:
      TRY(handler_.data(piece));
      if (left_bytes_ == 0) TRY(end_file());
      break;
    case State::file_padding:
      if (!all_zero(piece)) return corrupt_tar("the padding of a file in the tar archive is not zero");
      if (left_bytes_ == 0) expect(State::header, kTarBlockBytes);
      break;
    case State::after_end:
      if (!all_zero(piece)) return corrupt_tar("bytes other than zero follow the end of the tar archive");
      break;
  }
  return taken;
}

Result<void> TarReader::take_header() {
  const ByteView header = ByteView(front_).last(kTarBlockBytes);
  const bool after_pax = front_.size() > kTarBlockBytes;
  if (all_zero(header)) {
    // One zero block ends the archive as surely as two: from here on every byte has to be zero, and finish() wants the
    // second one.
    if (after_pax) return corrupt_tar("a pax header without a file ends the tar archive");
    end_offset_ = offset_bytes_ - kTarBlockBytes;
    expect(State::after_end, UINT64_MAX);
    return {};
  }
  const auto stated_sum = parse_number<std::uint64_t>(text_of(header, kChecksum), 8);
  if (stated_sum != checksum_of(header)) return corrupt_tar("a tar header does not match its checksum");
  const auto type = static_cast<char>(header[kTypeOffset]);
  if (type == kRegularFile) return start_file();
  if (type != kPaxHeader)
    return corrupt_tar("the tar archive holds something other than a file: type '" + printable({&type, 1}) + "'");

  if (after_pax) return corrupt_tar("two pax headers in a row");
  TRY_ASSIGN(const std::uint64_t size_bytes, parse_size(header));
  if (size_bytes == 0) return corrupt_tar("a pax header is empty");
  // From the header alone: the records are held in memory.
  if (size_bytes > limits_.pax_bytes_max) return Error(Code::limit, "a pax header is larger than allowed");
  expect(State::pax_data, size_bytes + padding_after(size_bytes));
  return {};
}

Result<void> TarReader::start_file() {
  auto parsed = parse_front(front_);
  if (!parsed) return parsed.error();
  TarEntry& entry = parsed.value();
  if (entry.name.size() > limits_.path_bytes_max) return Error(Code::limit, "a path in the tar archive is too long");
  if (!is_plain_path(entry.name))
    return corrupt_tar("the tar archive holds a path that is not plain: " + printable(entry.name));
  if (entry.size_bytes > kFileBytesMax)
    return corrupt_tar(printable(entry.name) + ": impossible size in the tar archive");
  // One comparison holds every field, the pax records and their padding to the one form: no room for modes, owners,
  // second names or hidden bytes.
  if (!equal(front_, render_front(entry))) return corrupt_tar(printable(entry.name) + ": unusual tar header");
  front_.clear();
  entry.offset_bytes = offset_bytes_;
  TRY(handler_.begin_file(entry));
  if (entry.size_bytes == 0) return end_file();
  expect(State::file_data, entry.size_bytes);
  return {};
}

Result<void> TarReader::end_file() {
  TRY(handler_.end_file());
  // The archive starts at a block and all in front of the data is whole blocks, so the offset tells the padding.
  const std::size_t padding = padding_after(offset_bytes_);
  if (padding == 0) {
    expect(State::header, kTarBlockBytes);
  } else {
    expect(State::file_padding, padding);
  }
  return {};
}

void TarReader::expect(State state, std::uint64_t count) {
  state_ = state;
  left_bytes_ = count;
}

}  // namespace muniment::bag
