#include "base/encoding.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "testing/expect_code.h"

namespace muniment {
namespace {

TEST(Hex, IsLowerCaseAndEven) {
  EXPECT_EQ(to_hex(Bytes{0x00, 0x9a, 0xff}), "009aff");
  EXPECT_EQ(*from_hex("009aff"), (Bytes{0x00, 0x9a, 0xff}));
  EXPECT_EQ(*from_hex(""), Bytes{});
  for (const char* text : {"0", "abc", "9A", "0g", "0x", " 0", "0 ", "\xc3\xa9"}) {
    EXPECT_CODE(from_hex(text), Code::corrupt) << text;
  }
}

RC_GTEST_PROP(Hex, ReadsBack, (const Bytes& bytes)) { RC_ASSERT(*from_hex(to_hex(bytes)) == bytes); }

TEST(Base32, GivesTheAnswersOfRfc4648InLowerCaseWithoutPadding) {
  for (const auto& [plain, text] : {std::pair("", ""),
                                    {"f", "my"},
                                    {"fo", "mzxq"},
                                    {"foo", "mzxw6"},
                                    {"foob", "mzxw6yq"},
                                    {"fooba", "mzxw6ytb"},
                                    {"foobar", "mzxw6ytboi"}}) {
    EXPECT_EQ(to_base32(as_view(std::string_view(plain))), text);
    EXPECT_EQ(as_text(*from_base32(text)), plain);
  }
}

TEST(Base32, RefusesEverySecondSpelling) {
  for (const char* text : {"MY", "my======", "mz", "m", "mzx", "mzxw6y", "m1", "m0", "m8", "m y", "my\n"})
    EXPECT_CODE(from_base32(text), Code::corrupt) << text;
}

RC_GTEST_PROP(Base32, ReadsBack, (const Bytes& bytes)) { RC_ASSERT(*from_base32(to_base32(bytes)) == bytes); }

TEST(Base64, GivesTheAnswersOfRfc4648) {
  // RFC 4648 section 10.
  const std::vector<std::array<const char*, 3>> answers = {
      {"", "", ""},
      {"f", "Zg==", "Zg"},
      {"fo", "Zm8=", "Zm8"},
      {"foo", "Zm9v", "Zm9v"},
      {"foob", "Zm9vYg==", "Zm9vYg"},
      {"fooba", "Zm9vYmE=", "Zm9vYmE"},
      {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
  };
  for (const auto& [plain, padded, bare] : answers) {
    EXPECT_EQ(to_base64(as_view(plain)), padded);
    EXPECT_EQ(to_base64(as_view(plain), Padding::none), bare);
    EXPECT_EQ(as_text(*from_base64(padded)), plain);
    EXPECT_EQ(as_text(*from_base64(bare, Padding::none)), plain);
  }
  EXPECT_EQ(to_base64(Bytes{0xfb, 0xff, 0xbf}), "+/+/") << "the plain alphabet, not that of URLs";
}

TEST(Base64, RefusesEverySecondSpelling) {
  for (const char* text : {"Zg",   "Zg=",  "Zg===", "=Zg=",   "Z===",   "====", "==", "Zm9v=", "Zm9v====", "Zg==Zg==",
                           "Zh==", "Zm9=", "Zm 9v", "Zm9v\n", "\nZm9v", "Zm-_", "Z",  "Zm9vZ", "Zm8=Zm8=", "Zm9\xc3"}) {
    EXPECT_CODE(from_base64(text), Code::corrupt) << text;
  }
  for (const char* text : {"Zg==", "Zm8=", "Z", "Zm9vZ", "Zh", "Zm9", "Zg ", "Zg\n", "="}) {
    EXPECT_CODE(from_base64(text, Padding::none), Code::corrupt) << text;
  }
  EXPECT_CODE(from_base64(std::string_view("Zm9\0", 4)), Code::corrupt);
}

TEST(Base64, TrailingBitsMustBeZero) {
  // Of the 64 last digits after one byte four bits are unused, after two bytes two.
  int one_byte = 0, two_bytes = 0;
  for (const char digit : std::string("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")) {
    if (from_base64(std::string("A") + digit + "==")) ++one_byte;
    if (from_base64(std::string("AA") + digit + "=")) ++two_bytes;
  }
  EXPECT_EQ(one_byte, 4);
  EXPECT_EQ(two_bytes, 16);
}

RC_GTEST_PROP(Base64, ReadsBack, (const Bytes& bytes)) {
  for (const Padding padding : {Padding::required, Padding::none}) {
    RC_ASSERT(*from_base64(to_base64(bytes, padding), padding) == bytes);
  }
}

TEST(ParseDecimal, TakesCanonicalNumbersOnly) {
  EXPECT_EQ(*parse_decimal("0"), 0u);
  EXPECT_EQ(*parse_decimal("10"), 10u);
  EXPECT_EQ(*parse_decimal("18446744073709551615"), UINT64_MAX);
  for (const char* text : {"", "00", "01", "-1", "+1", " 1", "1 ", "1e3", "0x1", "1.", "\xd9\xa1", "1\n"}) {
    EXPECT_CODE(parse_decimal(text), Code::corrupt) << text;
  }
}

TEST(ParseDecimal, TellsTooLargeFromMalformed) {
  EXPECT_CODE(parse_decimal("18446744073709551616"), Code::limit);
  EXPECT_CODE(parse_decimal("99999999999999999999999"), Code::limit);
  EXPECT_CODE(parse_decimal("101", 100), Code::limit);
  EXPECT_EQ(*parse_decimal("100", 100), 100u);
  EXPECT_EQ(*parse_decimal("0", 0), 0u);
}

RC_GTEST_PROP(ParseDecimal, ReadsBack, (std::uint64_t number)) {
  RC_ASSERT(*parse_decimal(std::to_string(number)) == number);
}

TEST(SplitLines, WantsAFullLastLine) {
  using Lines = std::vector<std::string_view>;
  EXPECT_EQ(*split_lines("", 10), Lines{});
  EXPECT_EQ(*split_lines("\n", 10), Lines{""});
  EXPECT_EQ(*split_lines("a\n\nb\r\n", 10), (Lines{"a", "", "b\r"}));
  EXPECT_CODE(split_lines("a", 10), Code::corrupt);
  EXPECT_CODE(split_lines("a\nb", 10), Code::corrupt);
}

TEST(SplitLines, StopsAtTheLimit) {
  EXPECT_EQ(split_lines("a\nb\n", 2)->size(), 2u);
  EXPECT_CODE(split_lines("a\nb\nc\n", 2), Code::limit);
  EXPECT_CODE(split_lines("\n", 0), Code::limit);
}

TEST(Split, KeepsEmptyPieces) {
  using Pieces = std::vector<std::string_view>;
  EXPECT_EQ(split("", ' '), Pieces{""});
  EXPECT_EQ(split("a", ' '), Pieces{"a"});
  EXPECT_EQ(split("a  b", ' '), (Pieces{"a", "", "b"}));
  EXPECT_EQ(split(" a ", ' '), (Pieces{"", "a", ""}));
}

RC_GTEST_PROP(Split, JoinsToTheSameText, (const std::string& text)) {
  std::string joined;
  for (const std::string_view piece : split(text, 'a')) joined.append(piece).append("a");
  joined.pop_back();
  RC_ASSERT(joined == text);
}

TEST(Trimmed, LosesWhatIsNamedAtBothEndsAndNothingBetween) {
  EXPECT_EQ(trimmed("\t a b\r\n"), "a b");
  EXPECT_EQ(trimmed(" \t"), "");
  EXPECT_EQ(trimmed(""), "");
  EXPECT_EQ(trimmed("\n a ", " "), "\n a");
}

TEST(LowerAscii, ChangesCapitalsOfAsciiOnly) {
  EXPECT_EQ(lower_ascii("AZ[@az09\xc3\x84"), "az[@az09\xc3\x84");
  EXPECT_TRUE(is_digit('0') && is_digit('9'));
  EXPECT_FALSE(is_digit('/') || is_digit(':'));
}

TEST(HumanSize, IsShortAndNeverReadsAs1024) {
  EXPECT_EQ(human_size(0), "0 bytes");
  EXPECT_EQ(human_size(1), "1 byte");
  EXPECT_EQ(human_size(1023), "1023 bytes");
  EXPECT_EQ(human_size(1024), "1.0 KiB");
  EXPECT_EQ(human_size(1536), "1.5 KiB");
  EXPECT_EQ(human_size(1024 * 1024 - 1), "1.0 MiB");
  EXPECT_EQ(human_size(std::uint64_t{3} << 30), "3.0 GiB");
  EXPECT_EQ(human_size(UINT64_MAX), "16.0 EiB");
}

// Text: UTF-8, and what may be shown on a terminal.

char byte(std::uint32_t value) { return static_cast<char>(static_cast<std::uint8_t>(value)); }

/// The model: the bit pattern of the shortest form, without any rule about which code points there are.
std::string encode(std::uint32_t point) {
  if (point < 0x80) return {byte(point)};
  if (point < 0x800) return {byte(0xc0 | (point >> 6)), byte(0x80 | (point & 63))};
  if (point < 0x10000) {
    return {byte(0xe0 | (point >> 12)), byte(0x80 | ((point >> 6) & 63)), byte(0x80 | (point & 63))};
  }
  return {byte(0xf0 | (point >> 18)), byte(0x80 | ((point >> 12) & 63)), byte(0x80 | ((point >> 6) & 63)),
          byte(0x80 | (point & 63))};
}

TEST(IsUtf8, TakesEveryScalarValueAndNoOther) {
  for (std::uint32_t point = 0; point < 0x200000; ++point) {
    const bool is_scalar = point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
    ASSERT_EQ(is_utf8(encode(point)), is_scalar) << std::hex << point;
  }
}

TEST(IsUtf8, EveryPairOfBytesIsTwoAsciiOrOneCharacter) {
  for (std::uint32_t first = 0; first < 256; ++first) {
    for (std::uint32_t second = 0; second < 256; ++second) {
      const bool two_ascii = first < 0x80 && second < 0x80;
      const bool one_character = first >= 0xc2 && first <= 0xdf && second >= 0x80 && second <= 0xbf;
      ASSERT_EQ(is_utf8(std::string{byte(first), byte(second)}), two_ascii || one_character) << first << " " << second;
    }
  }
}

TEST(IsUtf8, RefusesOverlongFormsAndCutCharacters) {
  for (const std::string_view text :
       {"\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xed\xa0\x80", "\xed\xbf\xbf", "\xfe", "\xff", "\x80", "a\xe2\x82",
        "\xe2\x82", "\xf0\x9f\x98", "\xe2(\xa1", "\xf0\x9f(\x80", "\xf0\x9f\x98("}) {
    EXPECT_FALSE(is_utf8(text)) << to_hex(as_view(text));
  }
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8(std::string_view("a\0b", 3)));
  EXPECT_TRUE(is_utf8("Prawa człowieka — права людини — حقوق — 人权 — 😀"));
}

TEST(Printable, LeavesNamesOfAllScriptsAlone) {
  const std::string text = "Мемориал/حقوق/人权/é/e\xcc\x81 😀.pdf";
  EXPECT_EQ(printable(text), text);
}

TEST(Printable, ShowsWhatWouldPlayWithTheTerminal) {
  EXPECT_EQ(printable("a\x1b[2Jb"), "a\\x1b[2Jb");
  EXPECT_EQ(printable("a\nb\tc\rd\x7f"), "a\\x0ab\\x09c\\x0dd\\x7f");
  EXPECT_EQ(printable(std::string_view("\0", 1)), "\\x00");
  EXPECT_EQ(printable("\xc2\x9b"), "\\u{009b}") << "the one-character form of ESC [";
  EXPECT_EQ(printable("fdp.\u202egnp"), "fdp.\\u{202e}gnp");
  EXPECT_EQ(printable("\u2066\u2069\u200e\u061c\u2028\ufeff"),
            "\\u{2066}\\u{2069}\\u{200e}\\u{061c}\\u{2028}\\u{feff}");
  EXPECT_EQ(printable("caf\xe9"), "caf\\xe9") << "not UTF-8";
  EXPECT_EQ(printable("\xf0\x9f\x98x"), "\\xf0\\x9f\\x98x");
}

TEST(Printable, IsCutAtWholeCharacters) {
  EXPECT_EQ(printable("abcdef", 6), "abcdef");
  EXPECT_EQ(printable("abcdef", 3), "abc…");
  EXPECT_EQ(printable("ééé", 3), "éé…");
  EXPECT_EQ(printable("", 0), "");
}

RC_GTEST_PROP(Printable, IsAlwaysOneLineOfUtf8, (const std::string& text)) {
  const std::string shown = printable(text);
  RC_ASSERT(is_utf8(shown));
  for (const char c : shown) RC_ASSERT(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  RC_ASSERT(shown.size() <= 400 + 16);
}

}  // namespace
}  // namespace muniment
