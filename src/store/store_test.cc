#include "store/store.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <filesystem>

#include "testing/expect_code.h"

namespace muniment {
namespace {

TEST(ObjectName, AcceptsEveryKindOfPathInAnArchive) {
  for (const char* path : {"checkpoint", "README.txt", "charter/1", "tile/0/x001/x234/067.p/7", "tile/entries/000",
                           "keyring/1/evidence/custodian-1.age", "stamps/12/one_two.tsr", "a..b", "a-", "0",
                           "deposits/ab/abcd/part-0000000"}) {
    const auto name = ObjectName::parse(path);
    ASSERT_TRUE(name) << path;
    EXPECT_EQ(name->text(), path);
    EXPECT_EQ(*name, ObjectName(path));
  }
}

TEST(ObjectName, RefusesNamesThatClimb) {
  for (const char* path : {"..", "../a", "a/..", "a/../b", "a/../../b", ".", "./a", "a/./b", "/", "/a", "//a"}) {
    EXPECT_CODE(ObjectName::parse(path), Code::corrupt) << path;
  }
}

TEST(ObjectName, RefusesWhatAFileSystemOrAProgramMayMisread) {
  for (const char* path :
       {"",     "a/",    "a//b", ".hidden", "a/.hidden", "-rf",      "a/-rf", "a b", "a\\b",  "a\nb",
        "a\tb", "a%2fb", "a:b",  "a~",      "a*",        "\xc3\xa4", "a\x7f", "C:a", "a?b=c", "a#b"}) {
    EXPECT_CODE(ObjectName::parse(path), Code::corrupt) << path;
  }
  EXPECT_CODE(ObjectName::parse(std::string_view("a\0b", 3)), Code::corrupt);
}

TEST(ObjectName, IsAtMost512BytesLong) {
  EXPECT_TRUE(ObjectName::parse(std::string(512, 'a')));
  EXPECT_CODE(ObjectName::parse(std::string(513, 'a')), Code::corrupt);
}

TEST(ObjectName, SaysInPrintableWordsWhatItRefused) {
  const auto refused = ObjectName::parse("a\x1b[2J");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().sentence().find('\x1b'), std::string::npos) << "a log must not drive the terminal";
}

TEST(ObjectNameDeathTest, AWrongNameOfOurOwnAborts) { EXPECT_DEATH(ObjectName("../a"), "name.has_value"); }

RC_GTEST_PROP(ObjectName, WhateverParsesStaysBelowTheRootUnderItsOwnName, ()) {
  const auto text = *rc::gen::resize(8, rc::gen::container<std::string>(rc::gen::elementOf(std::string("aZ9_./-\n"))));
  const auto name = ObjectName::parse(text);
  if (!name) return;
  const std::filesystem::path path = std::filesystem::path("root") / name->text();
  RC_ASSERT(path.lexically_normal() == path);
  RC_ASSERT(path.string() == "root/" + text);
}

}  // namespace
}  // namespace muniment
