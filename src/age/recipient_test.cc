#include "age/recipient.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "testing/expect_code.h"

namespace muniment::age {
namespace {

constexpr std::string_view kFileKeyText = "YELLOW SUBMARINE";

FileKey file_key() { return FileKey::copy_of(as_view(kFileKeyText).first<16>()); }
Secret<32> wrap_key_of(std::string_view hex) { return Secret<32>::copy_of(ByteView(*from_hex(hex)).first<32>()); }

// Wrap key and body of age's test file "x25519" (C2SP/CCTV age/).
constexpr std::string_view kWrapKey = "5e7e89500119f0097a93c06cc172436782b9f8da89dd736352321e19923706b8";
constexpr std::string_view kBody = "86369b197c122d0f5cdd2e8bc368be4b64eed9f8b04071ec95b04de81e3514b1";

TEST(WrappedFileKey, IsThatOfAgesTestFile) {
  EXPECT_EQ(to_hex(wrap_file_key(wrap_key_of(kWrapKey), Nonce{}, file_key())), kBody);
  const auto opened = unwrap_file_key(wrap_key_of(kWrapKey), Nonce{}, *from_hex(kBody));
  ASSERT_TRUE(opened);
  EXPECT_EQ(as_text(opened->expose()), kFileKeyText);
}

TEST(WrappedFileKey, OpensWithItsKeyAndItsNonceOnly) {
  const Bytes body = *from_hex(kBody);
  EXPECT_CODE(unwrap_file_key(Secret<32>(), Nonce{}, body), Code::denied);
  EXPECT_CODE(unwrap_file_key(wrap_key_of(kWrapKey), Nonce{1}, body), Code::denied);
}

TEST(StanzaBody, HasExactlyTheLengthOfAWrappedFileKey) {
  EXPECT_TRUE(check_body({{"X25519"}, Bytes(32)}));
  for (const std::size_t size : {0u, 31u, 33u, 64u}) EXPECT_CODE(check_body({{"X25519"}, Bytes(size)}), Code::corrupt);
}

TEST(StanzaArgument, IsCanonicalBase64OfExactlyItsSize) {
  const auto parsed = parse_argument({{"kind", "AAEC"}, {}}, 1, 3);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed, (Bytes{0, 1, 2}));
  for (const char* bad : {"", "AAE", "AAECAA", "AAEC=", "AA C"}) {
    EXPECT_CODE(parse_argument({{"kind", bad}, {}}, 1, 3), Code::corrupt) << bad;
  }
}

TEST(StanzaX25519, TakesALowOrderPointForABrokenFile) {
  EXPECT_CODE(stanza_x25519(wrap_key_of(kWrapKey), X25519Public{}), Code::corrupt);
  EXPECT_TRUE(stanza_x25519(wrap_key_of(kWrapKey), X25519Public{9}));
}

}  // namespace
}  // namespace muniment::age
