#include "tor/client_keys.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "testing/expect_code.h"

namespace muniment {
namespace {

std::string line_of(std::uint8_t byte) { return "descriptor:x25519:" + to_base32(Bytes(32, byte)) + "\n"; }

TEST(ClientKeys, AreReadInEitherCaseBetweenCommentsAndEmptyLines) {
  std::string loud = line_of(2);
  for (char& c : loud) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  loud.replace(0, 18, "descriptor:x25519:");
  const auto keys = parse_client_keys("# oak\n" + line_of(1) + "\n" + loud);
  ASSERT_TRUE(keys) << keys.error().sentence();
  ASSERT_EQ(keys->size(), 2u);
  EXPECT_EQ((*keys)[0], (X25519Public{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,  //
                                      1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}));
  EXPECT_EQ((*keys)[1][31], 2);
  EXPECT_TRUE(parse_client_keys("# oak\r\n" + line_of(1)));
}

TEST(ClientKeys, OfNobodyOrOfAnotherFormAreRefused) {
  const std::string right = line_of(1);
  for (const std::string& text :
       {std::string(), std::string("# nobody\n"), right.substr(0, right.size() - 1), right + right,
        right.substr(0, right.size() - 2) + "\n", "descriptor:x25519:" + std::string(52, '1') + "\n",
        "descriptor:ed25519:" + to_base32(Bytes(32, 1)) + "\n", "x:" + right, right.substr(0, 69) + " \n"}) {
    EXPECT_CODE(parse_client_keys(text), Code::corrupt) << text;
  }
}

TEST(ClientKeys, AreAHundredAtTheMost) {
  std::string text;
  for (std::uint8_t i = 0; i < 100; ++i) text += line_of(i);
  EXPECT_TRUE(parse_client_keys(text));
  EXPECT_CODE(parse_client_keys(text + line_of(100)), Code::limit);
}

}  // namespace
}  // namespace muniment
