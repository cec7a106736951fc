// Text encodings of bytes and numbers: strict when read, canonical when written.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace muniment {

/// Lower-case hexadecimal.
std::string to_hex(ByteView bytes);
/// Lower case only, an even count of digits. Errors: `corrupt`.
Result<Bytes> from_hex(std::string_view text);
/// Exactly as many digits as fill `bytes`. Errors: `corrupt`.
Result<void> from_hex_into(std::string_view text, MutableBytes bytes);

/// RFC 4648 section 4 with padding (signed notes, proofs, armour) or without (age headers).
enum class Padding { required, none };
std::string to_base64(ByteView bytes, Padding padding = Padding::required);
/// Canonical only: the padding asked for, no white space, trailing bits zero. Errors: `corrupt`.
Result<Bytes> from_base64(std::string_view text, Padding padding = Padding::required);

/// RFC 4648 section 6 in lower case and without padding, as onion addresses are written.
std::string to_base32(ByteView bytes);
/// Canonical only: lower case, no padding, trailing bits zero. Errors: `corrupt`.
Result<Bytes> from_base32(std::string_view text);

/// Decimal without sign, space or leading zero; at most `max`. Errors: `corrupt`, `limit`.
Result<std::uint64_t> parse_decimal(std::string_view text, std::uint64_t max = UINT64_MAX);

/// The lines of a text of which each line ends in LF, the last one too; without the LF.
/// Views of `text`. Errors: `corrupt` when the text does not end in LF, `limit` above `lines_max`.
Result<std::vector<std::string_view>> split_lines(std::string_view text, std::size_t lines_max);

/// The pieces between single separators; "a  b" has an empty piece. Never empty itself.
std::vector<std::string_view> split(std::string_view text, char separator);

/// Without these characters at both ends. A view of `text`.
std::string_view trimmed(std::string_view text, std::string_view blanks = " \t\r\n");

/// A to Z as small letters; everything else as it is.
std::string lower_ascii(std::string_view text);

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// True for well-formed UTF-8 (Unicode 15 table 3-7): no surrogates, no overlong forms.
bool is_utf8(std::string_view text);

/// A sentence's form of untrusted text: control characters, invalid UTF-8 and the marks that reorder
/// a line are written as \xNN or \u{NNNN}, so that a file name cannot play with the terminal. Cut at `bytes_max`.
std::string printable(std::string_view text, std::size_t bytes_max = 400);

/// "1.4 GiB", "512 bytes": sizes for people, binary units.
std::string human_size(std::uint64_t bytes);

}  // namespace muniment
