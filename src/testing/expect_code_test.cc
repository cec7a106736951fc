#include "testing/expect_code.h"

#include <gtest/gtest-spi.h>

namespace muniment {
namespace {

Result<int> fail() { return Error(Code::limit, "a sentence"); }
Result<int> succeed() { return 1; }

TEST(ExpectCode, PassesOnlyForThatCode) {
  EXPECT_CODE(fail(), Code::limit);
  EXPECT_NONFATAL_FAILURE(EXPECT_CODE(fail(), Code::io), "a sentence");
  EXPECT_NONFATAL_FAILURE(EXPECT_CODE(succeed(), Code::io), "succeeds");
}

}  // namespace
}  // namespace muniment
