#include "archive/view.h"

#include <gtest/gtest.h>

#include "archive/archive_testing.h"
#include "base/encoding.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

/// An archive with one deposit: entries 0 charter, 1 deposit, 2 accept.
class View : public ::testing::Test {
 protected:
  void SetUp() override {
    fs.seed("case/a", as_view("x"));
    ASSERT_TRUE(take_in(doors, archive, {"case"}));
  }
  ArchiveView view() {
    auto seen = view_of(doors, archive);
    EXPECT_TRUE(seen) << seen.error().sentence();
    return std::move(*seen);
  }
  /// A receipt of some deposit of this archive; nothing lies behind it.
  std::string receipt(std::uint8_t byte) const {
    Receipt some{.archive = archive.id,
                 .contents = {},
                 .tree = {},
                 .bytes = 1,
                 .parts = 1,
                 .sums = {},
                 .header = {},
                 .sealed_contents = {}};
    some.contents.bytes.fill(byte);
    return render_receipt(some);
  }
  std::string unknown(const std::string& kind, const std::string& lines) const {
    return "muniment/" + kind + "\narchive " + archive.id.hex() + "\n" + lines;
  }
  void append_all(const std::vector<std::string>& texts) {
    std::vector<Bytes> entries;
    for (const std::string& text : texts) entries.push_back(bytes_of(text));
    const auto appended = append_entries(doors, archive, entries);
    ASSERT_TRUE(appended) << appended.error().sentence();
  }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock;
  Doors doors{fs, random, clock};
  TestArchive archive = *found_test_archive(doors, "archive");
};

TEST_F(View, ShowsDepositsAndWhoVouches) {
  const ArchiveView seen = view();
  EXPECT_EQ(seen.id, archive.id);
  EXPECT_EQ(seen.head.head.size, 3u);
  ASSERT_EQ(seen.deposits.size(), 1u);
  EXPECT_EQ(seen.deposits[0].index, 1u);
  EXPECT_TRUE(seen.is_vouched_for(2));
  EXPECT_FALSE(seen.is_vouched_for(3));
  EXPECT_TRUE(seen.is_accepted(seen.deposits[0]));
  EXPECT_TRUE(seen.objections.empty());
  EXPECT_TRUE(seen.unknown.empty());
}

/// A thief of the log key can append; nobody vouches for it.
TEST_F(View, ShowsADepositThatNobodyVouchesFor) {
  append_all({receipt(1)});
  const ArchiveView seen = view();
  ASSERT_EQ(seen.deposits.size(), 2u);
  EXPECT_TRUE(seen.is_accepted(seen.deposits[0]));
  EXPECT_FALSE(seen.is_accepted(seen.deposits[1]));
}

TEST_F(View, KeepsAndReportsUnknownKinds) {
  append_all({unknown("stamp/v1", ""), unknown("deposit/v2", std::string(64, 'a') + "  stamps/x\n")});
  const ArchiveView seen = view();
  ASSERT_EQ(seen.unknown.size(), 2u);
  EXPECT_EQ(seen.unknown[0].index, 3u);
  EXPECT_EQ(seen.unknown[0].kind, "stamp/v1");
  EXPECT_EQ(seen.unknown[1].kind, "deposit/v2");
  EXPECT_TRUE(seen.objections.empty());
}

TEST_F(View, CallsEntriesThatMeanNothingNotOurs) {
  std::string other_archive = receipt(1);
  other_archive.replace(other_archive.find("archive ") + 8, 4, "0000");
  const std::string own = view().deposits[0].id.hex();
  const std::string first =
      std::string(as_text(*read_file(fs, "archive/" + deposit_folder(view().deposits[0].id) + "/receipt", 4096)));
  append_all({"noise", "", "muniment/deposit/v1\n", other_archive, receipt(1) + "x\n", first,
              unknown("future/v1", std::string(64, 'a') + "  home/head\n"),
              unknown("future/v1", std::string(64, 'a') + "  deposits/ab/x\n"), "muniment/future/v1\nno archive\n"});
  const ArchiveView seen = view();
  EXPECT_EQ(seen.deposits.size(), 1u);
  EXPECT_TRUE(seen.unknown.empty());
  ASSERT_EQ(seen.objections.size(), 9u);
  for (std::size_t i = 0; i < 9; ++i)
    EXPECT_TRUE(seen.objections[i].starts_with("entry " + std::to_string(3 + i) + " is not ours: "))
        << seen.objections[i];
  EXPECT_NE(seen.objections[5].find("a second time"), std::string::npos) << "the same deposit, replayed";
  EXPECT_NE(seen.objections[5].find(own), std::string::npos);
}

TEST_F(View, HidesNoSecondCharter) {
  append_all({view().chain.note});
  EXPECT_EQ(view().objections.size(), 1u) << "charter/1 names no archive, so it means nothing but at entry 0";
}

TEST_F(View, RefusesAnAcceptOverOtherEntries) {
  const tlog::TreeHead before = view().head.head;
  append_all({receipt(1), receipt(2)});
  const tlog::TreeHead now = view().head.head;
  const SignerKey& custodian = archive.custodian.signer();
  // Signed for an older tree, for the right size with another root, and by somebody else.
  tlog::TreeHead other = now;
  other.root.bytes[0] ^= 1;
  append_all({make_accept(archive.id, 3, before, custodian)});
  append_all({make_accept(archive.id, 3, other, custodian)});
  tlog::TreeHead stands = view().head.head;
  append_all({make_accept(archive.id, 3, stands, signer_of("custodian-1", 9))});
  stands = view().head.head;
  append_all({make_accept(archive.id, 3, stands, signer_of("custodian-2", 9))});
  ArchiveView seen = view();
  EXPECT_EQ(seen.objections.size(), 4u);
  EXPECT_FALSE(seen.is_vouched_for(3)) << "nobody has vouched for the two";
  EXPECT_FALSE(seen.is_vouched_for(4));
  append_all({make_accept(archive.id, 4, seen.head.head, custodian)});
  seen = view();
  EXPECT_FALSE(seen.is_vouched_for(3)) << "an accept vouches for nothing before what it names";
  EXPECT_TRUE(seen.is_vouched_for(4));
  EXPECT_EQ(seen.objections.size(), 4u);
}

TEST_F(View, RefusesAnAcceptOfAnotherArchive) {
  const TestArchive other = *found_test_archive(doors, "other");
  append_all({make_accept(other.id, 0, view().head.head, archive.custodian.signer())});
  EXPECT_EQ(view().objections.size(), 1u);
}

TEST_F(View, OfAnotherArchiveThanThePinnedOneIsForged) {
  const TestArchive other = *found_test_archive(doors, "other");
  FolderStore store(fs, "archive", random);
  EXPECT_CODE(view_archive(store, IdPin::of(other.id)), Code::forged);
  EXPECT_TRUE(view_archive(store, std::nullopt));
  FolderStore nothing(fs, "nothing", random);
  EXPECT_CODE(view_archive(nothing, std::nullopt), Code::not_found);
}

TEST_F(View, FindsALostOrAlteredCharterInTheLogByItsPin) {
  FolderStore store(fs, "archive", random);
  fs.corrupt("archive/charter/1", 100);
  EXPECT_CODE(view_archive(store, std::nullopt), Code::forged);
  EXPECT_TRUE(view_archive(store, IdPin::of(archive.id)));
  ASSERT_TRUE(fs.remove("archive/charter/1"));
  EXPECT_CODE(view_archive(store, std::nullopt), Code::not_found);
  const auto seen = view_archive(store, IdPin::of(archive.id));
  ASSERT_TRUE(seen) << seen.error().sentence();
  EXPECT_EQ(seen->deposits.size(), 1u);
}

TEST_F(View, OfACharterThatIsNotEntryZeroIsForged) {
  // A thief's charter/1 over the log of the archive: its log key is another one.
  const TestArchive other = *found_test_archive(doors, "other");
  fs.seed("archive/charter/1", *read_file(fs, "other/charter/1", kCharterBytesMax));
  FolderStore store(fs, "archive", random);
  EXPECT_CODE(view_archive(store, std::nullopt), Code::forged);
  // And one that names the same log and its key, but is another text: entry 0 tells.
  Charter charter = view_archive(store, IdPin::of(archive.id))->charter;
  charter.home = std::string(32, 'f');
  const SignerKey* const signers[] = {&archive.custodian.signer()};
  fs.seed("archive/charter/1", as_view(sign_note(render_charter(charter), signers)));
  EXPECT_CODE(view_archive(store, std::nullopt), Code::forged);
}

TEST_F(View, OfALogWithAnAlteredOrMissingBundleIsCorrupt) {
  FolderStore store(fs, "archive", random);
  const std::string bundle = "archive/tile/entries/000.p/3";
  const auto size = static_cast<std::size_t>(fs.info(bundle)->size_bytes);
  for (std::size_t i = 0; i < size; i += 37) {
    fs.corrupt(bundle, i);
    const auto seen = view_archive(store, IdPin::of(archive.id));
    ASSERT_FALSE(seen) << i;
    EXPECT_TRUE(seen.error().code() == Code::corrupt || seen.error().code() == Code::forged) << i;
    fs.corrupt(bundle, i);
  }
  ASSERT_TRUE(fs.remove(bundle));
  EXPECT_CODE(view_archive(store, IdPin::of(archive.id)), Code::corrupt);
}

TEST_F(View, AtAnOlderHeadShowsWhatWasThere) {
  FolderStore store(fs, "archive", random);
  const SignedHead older = view().head;
  fs.seed("b", as_view("y"));
  ASSERT_TRUE(take_in(doors, archive, {"b"}));
  EXPECT_EQ(view().deposits.size(), 2u);
  const auto seen = view_at(store, *read_charter(store, IdPin::of(archive.id)), older);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->deposits.size(), 1u);
}

TEST_F(View, FindsADepositByTheStartOfItsId) {
  ArchiveView seen = view();
  const std::string id = seen.deposits[0].id.hex();
  EXPECT_EQ(seen.find_deposit(id)->index, 1u);
  EXPECT_EQ(seen.find_deposit(id.substr(0, 8))->index, 1u);
  EXPECT_CODE(seen.find_deposit(id.substr(0, 7)), Code::invalid);
  EXPECT_CODE(seen.find_deposit(""), Code::invalid);
  EXPECT_CODE(seen.find_deposit("00000000"), Code::not_found);
  EXPECT_CODE(seen.find_deposit(id + "0"), Code::not_found);
  LoggedDeposit twin = seen.deposits[0];
  twin.id.bytes[31] ^= 1;
  seen.deposits.push_back(twin);
  EXPECT_CODE(seen.find_deposit(id.substr(0, 8)), Code::invalid) << "two start so";
  EXPECT_TRUE(seen.find_deposit(id));
}

}  // namespace
}  // namespace muniment
