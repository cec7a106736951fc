#include "age/bech32.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>

#include "base/encoding.h"

namespace muniment::age {
namespace {

std::string rendered(std::string_view prefix, ByteView data) {
  return std::string(render_bech32(prefix, data).expose_text());
}

std::string in_upper_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return text;
}

// BIP 173, "Test vectors".
TEST(Bech32, TakesTheValidOnesOfBip173) {
  for (const std::string_view text :
       {"A12UEL5L", "a12uel5l",
        "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
        "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
        "11qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqc8247j",
        "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w", "?1ezyfcl"}) {
    const auto parsed = parse_bech32(text);
    ASSERT_TRUE(parsed) << text << ": " << parsed.error().sentence();
    EXPECT_EQ(parsed->prefix + "1", text.front() == 'A' ? "a1" : text.substr(0, text.rfind('1') + 1));
  }
}

TEST(Bech32, RefusesTheInvalidOnesOfBip173) {
  for (const std::string_view text : {"\x20"
                                      "1nwldj5",
                                      "\x7f"
                                      "1axkwrx",
                                      "\x80"
                                      "1eym55h",
                                      "pzry9x0s0muk", "1pzry9x0s0muk", "x1b4n0q5v", "li1dgmt3", "de1lg7wt\xff",
                                      "A1G7SGD8", "10a06t8", "1qzzfhee", "A12uEL5L", "", "1", "a1"}) {
    const auto parsed = parse_bech32(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code(), Code::corrupt) << text;
  }
}

// The checksums of these are right; what does not fill a byte must be zero, and less than a digit.
TEST(Bech32, RefusesBitsLeftOver) {
  for (const std::string_view text : {"age1qpu0j2ex", "age1qdd35qf", "age1qqqyst3gn"}) {
    const auto parsed = parse_bech32(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_NE(parsed.error().sentence().find("bits"), std::string::npos) << parsed.error().sentence();
  }
  const auto one_byte = parse_bech32("age1qqpexly5");
  ASSERT_TRUE(one_byte);
  EXPECT_TRUE(equal(one_byte->data.expose(), Bytes{0}));
}

// The identity and the recipient of age's test files.
TEST(Bech32, AgreesWithAge) {
  const std::string identity = "AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0";
  const auto scalar = parse_bech32(identity);
  ASSERT_TRUE(scalar);
  EXPECT_EQ(scalar->prefix, "age-secret-key-");
  EXPECT_EQ(to_hex(scalar->data.expose()), "ca1626252c53cf1a4dc46695e7fcc46594cb4ccadedb6712dfda0753f3ae355e");
  EXPECT_EQ(rendered("AGE-SECRET-KEY-", scalar->data.expose()), identity);
  EXPECT_EQ(rendered("age", *from_hex("36dcec3f5f24739a0c8b36cbb4ffa25729a94a51d41fb205a37419fe7f5adb2a")),
            "age1xmwwc06ly3ee5rytxm9mflaz2u56jjj36s0mypdrwsvlul66mv4q47ryef");
}

RC_GTEST_PROP(Bech32, ReadsWhatItWrote, (const Bytes& data)) {
  const std::string prefix = *rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange('!', 'A')));
  const std::string lower = rendered(prefix + "x", data);
  for (const std::string& text : {lower, in_upper_case(lower), rendered(prefix + "X", data)}) {
    const auto parsed = parse_bech32(text);
    RC_ASSERT(parsed.has_value());
    RC_ASSERT(parsed->prefix == prefix + "x");
    RC_ASSERT(equal(parsed->data.expose(), data));
  }
  RC_ASSERT(rendered(prefix + "X", data) == in_upper_case(lower));
}

// BIP 173 promises to notice up to four wrong characters; any single one is tried here.
RC_GTEST_PROP(Bech32, NoticesAWrongCharacter, ()) {
  const std::string good = rendered("age", *rc::gen::container<Bytes>(32, rc::gen::arbitrary<std::uint8_t>()));
  std::string wrong = good;
  wrong[*rc::gen::inRange<std::size_t>(4, good.size())] = *rc::gen::elementOf(std::string("qpzry9x8gf2tvdw0s3jn54k"));
  RC_PRE(wrong != good);
  const auto parsed = parse_bech32(wrong);
  RC_ASSERT(!parsed);
  RC_ASSERT(parsed.error().code() == Code::corrupt);
}

}  // namespace
}  // namespace muniment::age
