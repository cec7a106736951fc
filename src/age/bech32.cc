#include "age/bech32.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace muniment::age {
namespace {

constexpr std::string_view kAlphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::size_t kChecksumDigits = 6;

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
char to_lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }
char to_upper(char c) { return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c; }

/// The BCH code of BIP 173, fed with one 5-bit value after the other.
class Checksum {
 public:
  /// Fed first: the high bits of each character, a zero, then the low bits.
  explicit Checksum(std::string_view lower_case_prefix) {
    for (const char c : lower_case_prefix) add(static_cast<std::uint8_t>(c) >> 5);
    add(0);
    for (const char c : lower_case_prefix) add(static_cast<std::uint8_t>(c) & 31);
  }

  void add(unsigned value) {
    constexpr std::array<std::uint32_t, 5> kGenerator = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
    const std::uint32_t top = state_ >> 25;
    state_ = ((state_ & 0x1ffffff) << 5) ^ value;
    for (unsigned i = 0; i < kGenerator.size(); ++i) {
      if (((top >> i) & 1) != 0) state_ ^= kGenerator[i];
    }
  }

  std::uint32_t state() const { return state_; }

 private:
  std::uint32_t state_ = 1;
};

std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), to_lower);
  return lower;
}

}  // namespace

Result<Bech32> parse_bech32(std::string_view text) {
  if (std::any_of(text.begin(), text.end(), is_upper) && std::any_of(text.begin(), text.end(), is_lower)) {
    return Error(Code::corrupt, "the key mixes upper and lower case");
  }
  const std::size_t separator = text.rfind('1');
  if (separator == std::string_view::npos || separator == 0 || text.size() - separator - 1 < kChecksumDigits) {
    return Error(Code::corrupt, "not a key: it has no prefix or is cut off");
  }
  const std::string_view prefix = text.substr(0, separator);
  const std::string_view digits = text.substr(separator + 1);
  if (std::any_of(prefix.begin(), prefix.end(), [](char c) { return c < 33 || c > 126; })) {
    return Error(Code::corrupt, "the key's prefix has characters that are not printable");
  }

  const std::size_t data_digits = digits.size() - kChecksumDigits;
  Bech32 parsed{in_lower_case(prefix), SecretBytes(data_digits * 5 / 8)};
  Checksum checksum(parsed.prefix);
  // Digits of 5 bits become bytes of 8: the lowest `count` of `bits` do not fill a byte yet. The data goes straight
  // into secret memory; no digit of a private key is kept anywhere else.
  std::uint32_t bits = 0;
  unsigned count = 0;
  std::size_t filled = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const std::size_t value = kAlphabet.find(to_lower(digits[i]));
    if (value == std::string_view::npos) return Error(Code::corrupt, "the key has a character that no key has");
    checksum.add(static_cast<unsigned>(value));
    if (i >= data_digits) continue;  // the checksum itself
    bits = (bits << 5) | static_cast<std::uint32_t>(value);
    count += 5;
    if (count < 8) continue;
    count -= 8;
    parsed.data.expose_mut()[filled++] = static_cast<std::uint8_t>(bits >> count);
  }
  if (checksum.state() != 1) return Error(Code::corrupt, "the key was mistyped or cut: its checksum is wrong");
  if (count >= 5 || (bits & ((1u << count) - 1)) != 0) return Error(Code::corrupt, "the key's last bits are not zero");
  return parsed;
}

SecretBytes render_bech32(std::string_view prefix, ByteView data) {
  const bool upper = std::any_of(prefix.begin(), prefix.end(), is_upper);
  SecretBytes text(prefix.size() + 1 + (data.size() * 8 + 4) / 5 + kChecksumDigits);
  std::size_t filled = 0;
  const auto put = [&](char c) { text.expose_mut()[filled++] = static_cast<std::uint8_t>(upper ? to_upper(c) : c); };
  for (const char c : prefix) put(c);
  put('1');

  Checksum checksum(in_lower_case(prefix));
  const auto put_digit = [&](std::uint32_t value) {
    checksum.add(value);
    put(kAlphabet[value]);
  };
  std::uint32_t bits = 0;  // the lowest `count` of them are still to be written
  unsigned count = 0;
  for (const std::uint8_t byte : data) {
    bits = (bits << 8) | byte;
    for (count += 8; count >= 5;) {
      count -= 5;
      put_digit((bits >> count) & 31);
    }
  }
  if (count > 0) put_digit((bits << (5 - count)) & 31);  // the last digit is filled up with zero bits

  // The six digits that bring the state to 1, so that whoever reads them ends there.
  Checksum whole = checksum;
  for (std::size_t i = 0; i < kChecksumDigits; ++i) whole.add(0);
  const std::uint32_t remainder = whole.state() ^ 1;
  for (std::size_t i = 0; i < kChecksumDigits; ++i) put(kAlphabet[(remainder >> (5 * (kChecksumDigits - 1 - i))) & 31]);
  return text;
}

}  // namespace muniment::age
