#include "archive/agreed_part.h"

#include <gtest/gtest.h>

#include "archive/archive_testing.h"
#include "archive/verify.h"
#include "testing/expect_code.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

Sha256 id(char c) { return sha256(as_view(std::string(1, c))); }

class AgreedPartTest : public ::testing::Test {
 protected:
  AgreedPartTest() { charter.custodians = {{.recipient = "", .key = custodian.verifier()}}; }

  Result<AgreedPart> parse_signed(const std::string& text, const SignerKey& by) {
    const SignerKey* const signers[] = {&by};
    return parse_agreed_part(sign_note(text, signers), archive, charter);
  }

  SignerKey custodian = signer_of("custodian-1", 0x11);
  Sha256 archive = id('a');
  Charter charter;
};

std::vector<Sha256> sorted(std::vector<Sha256> ids) {
  std::sort(ids.begin(), ids.end());
  return ids;
}

TEST_F(AgreedPartTest, IsReadAsItWasSigned) {
  const AgreedPart part{.archive = archive,
                        .from = 3,
                        .to = 90,
                        .bytes_max = 5000,
                        .with_seals = false,
                        .deposits = sorted({id('x'), id('y')})};
  const auto read = parse_agreed_part(*make_agreed_part(part, custodian), archive, charter);
  ASSERT_TRUE(read) << read.error().sentence();
  EXPECT_EQ(read->from, 3u);
  EXPECT_EQ(read->to, 90u);
  EXPECT_EQ(read->bytes_max, 5000u);
  EXPECT_FALSE(read->with_seals);
  EXPECT_EQ(read->deposits, part.deposits);

  const auto all = parse_agreed_part(*make_agreed_part({.archive = archive}, custodian), archive, charter);
  ASSERT_TRUE(all);
  EXPECT_FALSE(all->to || all->bytes_max);
  EXPECT_TRUE(all->with_seals);
}

TEST_F(AgreedPartTest, CountsOnlyFromACustodianOfThisArchive) {
  const std::string text = parse_note(*make_agreed_part({.archive = archive}, custodian))->text;
  EXPECT_TRUE(parse_signed(text, custodian));
  EXPECT_CODE(parse_signed(text, signer_of("custodian-1", 0x12)), Code::forged);
  EXPECT_CODE(parse_signed(text, signer_of("mirror-1", 0x11)), Code::forged);
  EXPECT_CODE(parse_agreed_part(*make_agreed_part({.archive = id('b')}, custodian), archive, charter), Code::forged);
}

TEST_F(AgreedPartTest, IsRefusedInAnyOtherForm) {
  const std::string text = parse_note(*make_agreed_part({.archive = archive}, custodian))->text;
  const auto with = [&](const std::string& what, const std::string& other) {
    std::string changed = text;
    changed.replace(changed.find(what), what.size(), other);
    return parse_signed(changed, custodian);
  };
  EXPECT_CODE(with("v1", "v2"), Code::corrupt);
  EXPECT_CODE(with("entries 0 end", "entries 0"), Code::corrupt);
  EXPECT_CODE(with("entries 0 end", "entries 00 end"), Code::corrupt);
  EXPECT_CODE(with("bytes any", "bytes some"), Code::corrupt);
  EXPECT_CODE(with("seals yes", "seals maybe"), Code::corrupt) << "neither yes nor no";
  EXPECT_CODE(parse_signed(text + "deposit " + id('x').hex() + "\ndeposit " + id('x').hex() + "\n", custodian),
              Code::corrupt)
      << "twice";
  EXPECT_CODE(parse_signed(text + "case 7\n", custodian), Code::corrupt);
}

TEST_F(AgreedPartTest, OfNothingIsNotSigned) {
  EXPECT_CODE(make_agreed_part({.archive = archive, .from = 5, .to = 5}, custodian), Code::invalid);
  AgreedPart unsorted{.archive = archive, .deposits = sorted({id('x'), id('y')})};
  std::swap(unsorted.deposits[0], unsorted.deposits[1]);
  EXPECT_CODE(make_agreed_part(unsorted, custodian), Code::invalid);
  AgreedPart long_list{.archive = archive};
  for (int i = 0; i < 70000; ++i) long_list.deposits.push_back(sha256(as_view(std::to_string(i))));
  long_list.deposits = sorted(long_list.deposits);
  EXPECT_CODE(make_agreed_part(long_list, custodian), Code::invalid);
}

TEST_F(AgreedPartTest, SelectsByRangeByListAndAsLongAsTheyFit) {
  const AgreedPart range{.archive = archive, .from = 2, .to = 4};
  AgreedDeposits in_range(&range);
  EXPECT_FALSE(in_range.holds(1, id('a'), 10));
  EXPECT_TRUE(in_range.holds(2, id('b'), 10));
  EXPECT_TRUE(in_range.holds(3, id('c'), 10));
  EXPECT_FALSE(in_range.holds(4, id('d'), 10));

  const AgreedPart listed{.archive = archive, .deposits = {id('c')}};
  AgreedDeposits in_list(&listed);
  EXPECT_FALSE(in_list.holds(1, id('b'), 10));
  EXPECT_TRUE(in_list.holds(2, id('c'), 10));

  const AgreedPart quota{.archive = archive, .bytes_max = 25};
  AgreedDeposits fitting(&quota);
  EXPECT_TRUE(fitting.holds(1, id('a'), 10));
  EXPECT_FALSE(fitting.holds(2, id('b'), 16)) << "one that does not fit is passed over";
  EXPECT_FALSE(fitting.holds(3, id('c'), UINT64_MAX));
  EXPECT_TRUE(fitting.holds(4, id('d'), 15));
  EXPECT_FALSE(fitting.holds(5, id('e'), 1));

  AgreedDeposits all(nullptr);
  EXPECT_TRUE(all.holds(1, id('a'), UINT64_MAX));
}

TEST_F(AgreedPartTest, OfAStoreThatHasNoneIsNone) {
  MemoryFs fs;
  FixedRandom random;
  FolderStore store(fs, "copy", random);
  const auto none = find_agreed_part(store, archive, charter);
  ASSERT_TRUE(none);
  EXPECT_FALSE(*none);
  fs.seed("copy/agreed-part", as_view("scribbles\n"));
  EXPECT_CODE(find_agreed_part(store, archive, charter), Code::corrupt);
}

TEST(AgreedShareTest, IsRoundedDown) {
  EXPECT_EQ((AgreedShare{.held = 999, .all = 1000}.percent()), 99u);
  EXPECT_EQ((AgreedShare{.held = 0, .all = 0}.percent()), 0u);
  EXPECT_EQ((AgreedShare{.held = 61, .all = 100}.text()), "its agreed part (61 %)");
  EXPECT_EQ((AgreedShare{.held = 61, .all = 100, .with_seals = false}.text()),
            "its agreed part (61 %, without what opens deposits)");
}

}  // namespace
}  // namespace muniment
