#include "archive/next_card.h"

#include <gtest/gtest.h>

#include "archive/archive_testing.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

class NextCards : public ::testing::Test {
 protected:
  std::string card(const std::string& expires, const TestArchive& from, bool sends = true) {
    FolderStore store(fs, from.root, random);
    std::vector<Token> send;
    if (sends)
      send.push_back(
          {Token::Right::deposit, SecretBytes::copy_of(as_view(std::string(32, 's'))), "https://oak.example"});
    return *make_card(*read_charter(store, IdPin::of(from.id)), "evidence", expires, from.custodian.signer(), send);
  }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock;
  Doors doors{fs, random, clock};
  TestArchive archive = *found_test_archive(doors, "archive");
  std::string older = card("2026-06-01", archive);
  std::string newer = card("2026-09-01", archive);
};

TEST_F(NextCards, WhoHasTheOlderOneGetsTheNewerOne) {
  const auto sealed = seal_next_card(older, newer, random);
  ASSERT_TRUE(sealed) << sealed.error().sentence();
  const auto opened = open_next_card(older, *sealed);
  ASSERT_TRUE(opened) << opened.error().sentence();
  EXPECT_EQ(opened->expose_text(), newer);
  EXPECT_EQ(as_text(*sealed).find("oak.example"), std::string_view::npos) << "no address is in the clear";
}

TEST_F(NextCards, NobodyElseOpensItOrCanTellItsName) {
  const std::string other = card("2026-06-02", archive);
  const auto sealed = seal_next_card(older, newer, random);
  EXPECT_CODE(open_next_card(other, *sealed), Code::denied);
  EXPECT_NE(next_card_name(other), next_card_name(older));
  EXPECT_EQ(next_card_name(older), next_card_name(older));
}

TEST_F(NextCards, OnlyACardThatFollowsIsSealedOrTaken) {
  const TestArchive another = *found_test_archive(doors, "another");
  for (const std::string& wrong : {card("2026-09-01", another), card("2026-05-01", archive), older,
                                   card("2026-09-01", archive, false), std::string("no card")}) {
    EXPECT_FALSE(seal_next_card(older, wrong, random));
  }
  EXPECT_FALSE(seal_next_card(card("2026-06-01", archive, false), newer, random));
}

TEST_F(NextCards, WhatAMirrorMakesUpIsNotTaken) {
  auto sealed = *seal_next_card(older, newer, random);
  for (std::size_t i = 0; i < sealed.size(); i += 7) {
    Bytes altered = sealed;
    altered[i] ^= 1;
    EXPECT_FALSE(open_next_card(older, altered)) << "byte " << i;
  }
  EXPECT_FALSE(open_next_card(older, as_view("<html>Please log in</html>")));
}

TEST_F(NextCards, AnEntryNamesOneObjectBelowCards) {
  const ObjectName name = next_card_name(older);
  const auto frame = parse_entry_frame(next_card_entry(archive.id, name, as_view("sealed")));
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->kind, kNextCardKind);
  const auto named = next_card_in(frame->objects);
  ASSERT_TRUE(named);
  EXPECT_EQ(*named, name);
  EXPECT_CODE(next_card_in({}), Code::corrupt);
  EXPECT_CODE(next_card_in({{ObjectName("stamps/1"), {}}}), Code::corrupt);
  EXPECT_CODE(next_card_in({{name, {}}, {name, {}}}), Code::corrupt);
}

}  // namespace
}  // namespace muniment
