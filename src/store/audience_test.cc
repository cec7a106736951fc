#include "store/audience.h"

#include <gtest/gtest.h>

namespace muniment {
namespace {

TEST(AudienceTest, EverybodyMayHaveWhatChecksAnArchive) {
  for (const char* name : {"README.txt", "reader/read_archive.py", "charter/1", "checkpoint", "tile/0/000",
                           "tile/entries/x001/234.p/5", "deposits/ab/abcd/receipt", "deposits/ab/abcd/SHA256SUMS",
                           "deposits/ab/abcd/part-0000000", "stamps/5/a.tsr", "cards/ab12", "public/index.html"}) {
    EXPECT_EQ(audience_of(ObjectName(name)), Audience::everybody) << name;
  }
}

TEST(AudienceTest, WhatOpensIsForThoseWithAToken) {
  for (const char* name :
       {"deposits/ab/abcd/header-0", "deposits/ab/abcd/header-1", "deposits/ab/abcd/contents-0.age",
        "deposits/ab/abcd/anything", "deposits/ab/header-0", "deposits/ab/abcd/part-0000000/header-0",
        "keyring/1/evidence/custodian-1.age", "keyring/x"}) {
    EXPECT_EQ(audience_of(ObjectName(name)), Audience::token_holders) << name;
  }
}

TEST(AudienceTest, NobodyIsGivenWhatIsNoPartOfACopy) {
  for (const char* name :
       {"home/head", "home/mirrors", "staging/1/0", "withdrawn/1/part-0000000", "incoming/a/part-0000000", "incoming",
        "proposals/1", "custodian.key", "README.txt/x", "checkpoint/x", "charter", "deposits", "keyring"}) {
    EXPECT_EQ(audience_of(ObjectName(name)), Audience::nobody) << name;
  }
}

TEST(AudienceTest, OnlyTheCheckpointAndTheEditionChange) {
  EXPECT_FALSE(is_immutable(ObjectName("checkpoint")));
  EXPECT_FALSE(is_immutable(ObjectName("public/index.html")));
  EXPECT_TRUE(is_immutable(ObjectName("tile/0/000.p/5")));
  EXPECT_TRUE(is_incoming(ObjectName("incoming/ab/receipt")));
  EXPECT_FALSE(is_incoming(ObjectName("deposits/incoming/receipt")));
  EXPECT_FALSE(is_incoming(ObjectName("incoming-2/receipt")));
}

}  // namespace
}  // namespace muniment
