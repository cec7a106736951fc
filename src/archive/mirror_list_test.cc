#include "archive/mirror_list.h"

#include <gtest/gtest.h>

#include "archive/archive_testing.h"
#include "archive/order.h"
#include "testing/expect_code.h"
#include "testing/fixed_random.h"

namespace muniment {
namespace {

class MirrorLists : public ::testing::Test {
 protected:
  MirrorLists() { charter.custodians = {{.recipient = "", .key = custodian.verifier()}}; }

  std::vector<MirrorList> lists() { return lists_of(addresses, archive, "2026-12-26", random); }
  Result<SignedMirrorList> parse(std::string_view note) { return parse_mirror_list(note, archive, charter); }
  Result<SignedMirrorList> parse_changed(const std::string& what, const std::string& with) {
    std::string text = parse_note(sign_mirror_lists(lists(), custodian)->at(0))->text;
    EXPECT_NE(text.find(what), std::string::npos) << what;
    text.replace(text.find(what), what.size(), with);
    const SignerKey* const signers[] = {&custodian};
    return parse(sign_note(text, signers));
  }
  static ArchiveView view_with(const std::vector<Sha256>& commitments) {
    ArchiveView view;
    for (const Sha256& commitment : commitments) {
      Order order;
      order.kind = OrderKind::mirrors;
      order.lists = commitment;
      view.orders.push_back({0, order, {}});
    }
    return view;
  }

  SignerKey custodian = signer_of("custodian-1", 0x11);
  FixedRandom random;
  Sha256 archive = sha256(as_view("an archive"));
  Charter charter;
  std::vector<MirrorAddress> addresses = {{"https://oak.example/a", ""},
                                          {"https://pine.example", "paper"},
                                          {"http://onion.onion", "mail"},
                                          {"s3://s3.example/bucket", "paper"}};
};

using Addresses = std::vector<std::string>;

TEST_F(MirrorLists, AreOneOfAllAndOneForEachBucket) {
  const auto made = lists();
  ASSERT_EQ(made.size(), 3u);
  EXPECT_EQ(made[0].bucket, "all");
  EXPECT_EQ(made[0].addresses.size(), 4u);
  EXPECT_EQ(made[1].bucket, "mail");
  EXPECT_EQ(made[2].bucket, "paper");
  EXPECT_EQ(made[2].addresses, (Addresses{"https://pine.example", "s3://s3.example/bucket"}));
  const auto notes = sign_mirror_lists(made, custodian);
  ASSERT_TRUE(notes) << notes.error().sentence();
  for (std::size_t i = 0; i < made.size(); ++i) {
    const auto parsed = parse(notes->at(i));
    ASSERT_TRUE(parsed) << parsed.error().sentence();
    EXPECT_EQ(parsed->list.addresses, made[i].addresses);
    EXPECT_EQ(parsed->commitment, parse(notes->at(0))->commitment) << "one commitment for all";
  }
}

TEST_F(MirrorLists, OfOneBucketTellNothingOfTheOthers) {
  const auto notes = *sign_mirror_lists(lists(), custodian);
  EXPECT_EQ(notes[2].find("oak"), std::string::npos);
  EXPECT_EQ(notes[2].find("onion.onion"), std::string::npos);
  // The digests of the others do not let addresses be tried: their salts are theirs alone.
  MirrorList guessed = lists()[1];
  guessed.salt = parse(notes[2])->list.salt;
  EXPECT_EQ(notes[2].find(digest_of(guessed).hex()), std::string::npos);
}

TEST_F(MirrorLists, CountOnlyFromACustodianOfThisArchive) {
  const std::string note = sign_mirror_lists(lists(), custodian)->at(0);
  EXPECT_TRUE(parse(note));
  EXPECT_CODE(parse_mirror_list(note, sha256(as_view("another")), charter), Code::forged);
  EXPECT_CODE(parse(sign_mirror_lists(lists(), signer_of("custodian-1", 0x12))->at(0)), Code::forged);
}

TEST_F(MirrorLists, AreRefusedInAnyOtherForm) {
  EXPECT_CODE(parse_changed("v1", "v2"), Code::corrupt);
  EXPECT_CODE(parse_changed("mirror https://oak.example/a", "mirror https://elm.example/a"), Code::corrupt)
      << "it is none of those that were committed to";
  EXPECT_CODE(parse_changed("mirror https://oak.example/a\n", ""), Code::corrupt);
  EXPECT_CODE(parse_changed("expires 2026-12-26", "expires 2026-13-26"), Code::corrupt);
  EXPECT_CODE(parse_changed("bucket all", "bucket All"), Code::corrupt);
  EXPECT_CODE(parse_changed("salt ", "salt 00"), Code::corrupt);
  EXPECT_CODE(parse_changed("mirror http://onion.onion", "mirror file:///etc/passwd"), Code::corrupt);
}

TEST_F(MirrorLists, HaveOnlyAddressesOfMirrors) {
  for (const char* good : {"http://x.onion", "https://a.example/b", "s3://host:9000/bucket/prefix"})
    EXPECT_TRUE(check_mirror_address(good)) << good;
  for (const char* bad : {"", "/srv/copy", "file:///x", "ftp://a", "https://a b", "https://a\n", "https://\xd0\xb0"})
    EXPECT_CODE(check_mirror_address(bad), Code::invalid) << bad;
  EXPECT_CODE(check_mirror_address("https://" + std::string(2048, 'a')), Code::invalid);
  addresses.clear();
  EXPECT_CODE(sign_mirror_lists(lists(), custodian), Code::invalid) << "a list of nothing";
}

TEST(MirrorRole, IsVaultOrPublic) {
  EXPECT_TRUE(check_mirror_role("vault") && check_mirror_role("public"));
  EXPECT_CODE(check_mirror_role("Vault"), Code::invalid);
  EXPECT_CODE(check_mirror_role(""), Code::invalid);
}

TEST_F(MirrorLists, AreMadeFromLinesOfAFile) {
  const auto parsed = parse_mirror_addresses("# ours\nhttps://a.example\r\n\nhttps://b.example bucket paper\n");
  ASSERT_TRUE(parsed) << parsed.error().sentence();
  ASSERT_EQ(parsed->size(), 2u);
  EXPECT_EQ(parsed->at(0).address, "https://a.example");
  EXPECT_EQ(parsed->at(1).bucket, "paper");
  for (const char* bad : {"/srv/copy", "https://a.example paper", "https://a.example bucket", "https://a bucket all",
                          "https://a.example bucket Paper", "https://a.example bucket paper x"}) {
    const auto refused = parse_mirror_addresses("https://a.example\n" + std::string(bad) + "\n");
    EXPECT_CODE(refused, Code::invalid) << bad;
    EXPECT_TRUE(refused || refused.error().sentence().find("line 2") != std::string::npos);
  }
}

TEST_F(MirrorLists, AreLookedForInTheLog) {
  const auto list = *parse(sign_mirror_lists(lists(), custodian)->at(0));
  const Sha256 other = sha256(as_view("other lists"));
  EXPECT_EQ(find_in_log(list, view_with({})), ListInLog::none);
  EXPECT_EQ(find_in_log(list, view_with({other})), ListInLog::none);
  EXPECT_EQ(find_in_log(list, view_with({other, list.commitment})), ListInLog::newest);
  EXPECT_EQ(find_in_log(list, view_with({list.commitment, other})), ListInLog::older);
}

TEST_F(MirrorLists, StandInTheLogAsAnOrderOfOnePerson) {
  Order order;
  order.kind = OrderKind::mirrors;
  order.number = std::string(32, 'a');
  order.date = "2026-11-26";
  order.lists = sha256(as_view("lists"));
  const std::string text = render_order(order, archive);
  EXPECT_EQ(text.substr(text.find("lists")), "lists " + order.lists.hex() + "\n");
  const auto parsed = parse_order(text, archive);
  ASSERT_TRUE(parsed) << parsed.error().sentence();
  EXPECT_EQ(parsed->lists, order.lists);
  EXPECT_EQ(needed_for(order, charter).people, 1u);
  EXPECT_FALSE(needed_for(order, charter).trustees);
}

}  // namespace
}  // namespace muniment
