#include "archive/charter.h"

#include <gtest/gtest.h>

#include "testing/expect_code.h"

namespace muniment {
namespace {

TEST(Pseudonyms, AreShortAndPlain) {
  for (const char* good : {"a", "custodian-1", "9", "abcdefghijabcdefghijabcdefghijabcdefghij"}) {
    EXPECT_TRUE(check_pseudonym(good)) << good;
    EXPECT_TRUE(check_key_name(good)) << good;
  }
  for (const char* bad :
       {"", "-a", "Anna", "a b", "a+b", "a/b", "..", "\xd0\xb0", "a\n", "abcdefghijabcdefghijabcdefghijabcdefghijk"}) {
    EXPECT_CODE(check_pseudonym(bad), Code::invalid) << bad;
  }
}

}  // namespace
}  // namespace muniment
