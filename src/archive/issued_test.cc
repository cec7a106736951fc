#include "archive/issued.h"

#include <gtest/gtest.h>

#include "testing/expect_code.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

Issued card(const std::string& id, const std::string& expires) {
  return {.kind = "card",
          .id = id,
          .about = "evidence",
          .by = "custodian-1",
          .made = "2026-01-01",
          .expires = expires,
          .addresses = {"http://oak.onion"}};
}

TEST(IssuedTest, IsRememberedInOrderAndForgottenAYearAfterItExpired) {
  MemoryFs fs;
  EXPECT_TRUE(read_issued(fs, "archive")->empty());
  ASSERT_TRUE(remember_issued(fs, "archive", card("old", "2026-02-01"), "2026-01-01"));
  ASSERT_TRUE(remember_issued(fs, "archive", card("new", "2027-02-01"), "2027-01-30"));
  auto all = *read_issued(fs, "archive");
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].id, "old");
  EXPECT_EQ(all[1].expires, "2027-02-01");
  EXPECT_EQ(all[1].addresses, std::vector<std::string>{"http://oak.onion"});
  ASSERT_TRUE(remember_issued(fs, "archive", card("newest", "2027-06-01"), "2027-02-03"));
  all = *read_issued(fs, "archive");
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].id, "new");
}

TEST(IssuedTest, OfADamagedFileSaysSo) {
  for (const char* wrong :
       {"x\n", "{}\n", "[]\n",
        R"({"kind":"card","id":"a","about":"","by":"","made":"2026-01-01","expires":"never","addresses":[]})"
        "\n",
        R"({"kind":"card","id":"a","about":"","by":"","made":"2026-01-01","expires":"2026-01-02","addresses":[1]})"
        "\n"}) {
    MemoryFs fs;
    ASSERT_TRUE(make_folders(fs, "archive/home") && create_durably(fs, "archive/home/issued", as_view(wrong)));
    EXPECT_CODE(read_issued(fs, "archive"), Code::corrupt) << wrong;
    EXPECT_CODE(remember_issued(fs, "archive", card("new", "2027-02-01"), "2027-01-30"), Code::corrupt) << wrong;
  }
}

TEST(IssuedTest, OneRunWritesAtATime) {
  MemoryFs fs;
  ASSERT_TRUE(make_folders(fs, "archive/home"));
  const auto held = fs.lock("archive/home/issued.lock");
  ASSERT_TRUE(held);
  EXPECT_CODE(remember_issued(fs, "archive", card("new", "2027-02-01"), "2027-01-30"), Code::conflict);
}

}  // namespace
}  // namespace muniment
