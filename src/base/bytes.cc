#include "base/bytes.h"

#include <algorithm>
#include <cstring>

namespace muniment {

ByteView as_view(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

std::string_view as_text(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

bool equal(ByteView a, ByteView b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

void append(Bytes& to, ByteView bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

bool all_zero(ByteView bytes) {
  // The first byte is zero and every byte equals its neighbour: memcmp reads as wide as the machine can.
  if (bytes.empty()) return true;
  return bytes[0] == 0 && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

Result<ByteView> ByteReader::take(std::size_t count) {
  if (count > left_.size()) return Error(Code::corrupt, "the data ends too early");
  const ByteView taken = left_.first(count);
  left_ = left_.subspan(count);
  return taken;
}

Result<std::uint8_t> ByteReader::u8() {
  TRY_ASSIGN(const ByteView bytes, take(1));
  return bytes[0];
}

Result<std::uint16_t> ByteReader::u16() {
  TRY_ASSIGN(const ByteView bytes, take(2));
  return static_cast<std::uint16_t>((bytes[0] << 8) | bytes[1]);
}

Result<std::uint64_t> ByteReader::u64() {
  TRY_ASSIGN(const ByteView bytes, take(8));
  std::uint64_t value = 0;
  for (const std::uint8_t byte : bytes) value = (value << 8) | byte;
  return value;
}

Result<void> ByteReader::done() const {
  if (!left_.empty()) return Error(Code::corrupt, "bytes follow the end of the data");
  return {};
}

void append_u16(Bytes& to, std::uint16_t value) {
  to.push_back(static_cast<std::uint8_t>(value >> 8));
  to.push_back(static_cast<std::uint8_t>(value & 0xff));
}

void append_u64(Bytes& to, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) to.push_back(static_cast<std::uint8_t>(value >> shift));
}

}  // namespace muniment
