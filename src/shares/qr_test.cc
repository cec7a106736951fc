#include "shares/qr.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <vector>

#include "testing/expect_code.h"

namespace muniment {
namespace {

SecretBytes secret(std::string_view text) { return SecretBytes::copy_of(as_view(text)); }

#define SKIP_WITHOUT_QRENCODE() \
  if (!can_draw_qr()) GTEST_SKIP() << "built without libqrencode"

/// The symbol painted from its path: '#' and ' '. Fails the test when a run leaves the symbol or meets another.
std::vector<std::string> painted(const QrCode& code) {
  std::vector<std::string> rows(code.modules, std::string(code.modules, ' '));
  const std::string path(code.path.expose_text());
  for (std::size_t at = 0; at < path.size();) {
    unsigned x = 0, y = 0, length = 0, back = 0;
    int read = 0;
    if (std::sscanf(path.c_str() + at, "M%u,%uh%uv1h-%uz%n", &x, &y, &length, &back, &read) != 4 || read == 0) {
      ADD_FAILURE() << "not a run: " << path.substr(at, 40);
      break;
    }
    EXPECT_EQ(length, back);
    if (y >= code.modules || x + length > code.modules) {
      ADD_FAILURE() << "leaves the symbol: " << path.substr(at, 40);
      break;
    }
    for (unsigned i = x; i < x + length; ++i) {
      EXPECT_EQ(rows[y][i], ' ') << "painted twice";
      rows[y][i] = '#';
    }
    at += static_cast<std::size_t>(read);
  }
  return rows;
}

TEST(Qr, HasItsThreeFinders) {
  SKIP_WITHOUT_QRENCODE();
  const auto code = draw_qr(secret("ACADEMIC ACID"));
  ASSERT_TRUE(code) << code.error().sentence();
  const std::vector<std::string> rows = painted(*code);
  const std::vector<std::string> finder = {"#######", "#     #", "# ### #", "# ### #", "# ### #", "#     #", "#######"};
  for (std::size_t row = 0; row < finder.size(); ++row) {
    EXPECT_EQ(rows[row].substr(0, 7), finder[row]);
    EXPECT_EQ(rows[row].substr(code->modules - 7), finder[row]);
    EXPECT_EQ(rows[code->modules - 7 + row].substr(0, 7), finder[row]);
  }
}

TEST(Qr, IsAsSmallAsTheStandardAllows) {
  SKIP_WITHOUT_QRENCODE();
  // ISO/IEC 18004 table 7, level Q, alphanumeric: version 1 holds 16 characters, version 13 holds 352.
  EXPECT_EQ(draw_qr(secret(std::string(16, 'A')))->modules, 21u);
  EXPECT_EQ(draw_qr(secret(std::string(17, 'A')))->modules, 25u);
  EXPECT_EQ(draw_qr(secret(std::string(352, 'A')))->modules, 69u);
  EXPECT_EQ(draw_qr(secret(std::string(353, 'A')))->modules, 73u);
}

TEST(Qr, IsDrawnUpToItsLimit) {
  SKIP_WITHOUT_QRENCODE();
  const auto code = draw_qr(secret(std::string(kQrTextMax, 'Z')));
  ASSERT_TRUE(code) << code.error().sentence();
  painted(*code);
}

TEST(Qr, RefusesWhatItCannotHold) {
  EXPECT_CODE(draw_qr(secret("")), Code::invalid);
  EXPECT_CODE(draw_qr(secret("academic")), Code::invalid) << "small letters would cost eight bits each";
  EXPECT_CODE(draw_qr(secret("ACADEMIC\nACID")), Code::invalid);
  EXPECT_CODE(draw_qr(secret(std::string(kQrTextMax + 1, 'A'))), Code::limit);
}

TEST(Qr, IsDrawnOrSaidToBeLeftOutOfThisBuild) {
  const auto code = draw_qr(secret("ACADEMIC"));
  if (can_draw_qr()) {
    EXPECT_TRUE(code);
  } else {
    EXPECT_CODE(code, Code::unsupported);
  }
}

}  // namespace
}  // namespace muniment
