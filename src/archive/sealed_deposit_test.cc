#include "archive/sealed_deposit.h"

#include <gtest/gtest.h>

#include "archive/archive_testing.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

/// A sealed deposit of two parts in "out/<id>".
class SealedFolder : public ::testing::Test {
 protected:
  void SetUp() override {
    fs.seed("case/a", noise(17u << 20));
    fs.seed("case/b", as_view("words"));
    const auto report = seal_into(doors, "case", "out", target);
    ASSERT_TRUE(report);
    deposit = report->deposits[0];
    ASSERT_EQ(deposit.receipt.parts, 2u);
  }
  std::string at(const std::string& name) const { return join(deposit.folder, name); }
  Result<void> visit() {
    visited.clear();
    return visit_deposit(source_in_folder(fs, deposit.folder), deposit.receipt,
                         [&](const std::string& name, ByteView bytes) -> Result<void> {
                           visited.emplace_back(name, bytes.size());
                           return {};
                         });
  }
  /// The sentence of the refusal, which names the object.
  std::string refusal() {
    const auto result = visit();
    EXPECT_TRUE(fails_with(result, Code::corrupt));
    return result ? "" : result.error().sentence();
  }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock;
  Doors doors{fs, random, clock};
  age::X25519Identity key = age::X25519Identity::make(random);
  SealTarget target{.archive = {}, .compartment = "evidence", .recipient = key.recipient().text()};
  SealedDeposit deposit;
  std::vector<std::pair<std::string, std::size_t>> visited;
};

TEST_F(SealedFolder, IsVisitedWholeAndInOrder) {
  ASSERT_TRUE(visit());
  ASSERT_EQ(visited.size(), 5u);
  EXPECT_EQ(visited[0].first, "header-0");
  EXPECT_EQ(visited[1].first, "contents-0.age");
  EXPECT_EQ(visited[2].first, "SHA256SUMS");
  EXPECT_EQ(visited[3], (std::pair<std::string, std::size_t>("part-0000000", kPartBytes)));
  EXPECT_EQ(visited[4].first, "part-0000001");
}

TEST_F(SealedFolder, WithAnObjectMissingTruncatedLongerOrFlippedIsRefusedByName) {
  const MemoryFs whole = fs;
  for (const char* name : {"header-0", "contents-0.age", "SHA256SUMS", "part-0000000", "part-0000001"}) {
    const std::size_t size = static_cast<std::size_t>(fs.info(at(name))->size_bytes);
    fs.corrupt(at(name), size / 2);
    EXPECT_EQ(refusal(), std::string(name) + " has been altered or cut");
    fs.corrupt(at(name), size / 2);
    ASSERT_TRUE(visit());
    fs.corrupt(at(name), size - 1);
    EXPECT_EQ(refusal(), std::string(name) + " has been altered or cut");
    fs = whole;
    fs.truncate(at(name), size - 1);
    EXPECT_EQ(refusal(), std::string(name) + " has been altered or cut");
    fs.truncate(at(name), 0);
    EXPECT_EQ(refusal(), std::string(name) + " has been altered or cut");
    fs = whole;
    Bytes longer = *read_file(fs, at(name), kPartBytes);
    longer.push_back(0);
    fs.seed(at(name), longer);
    EXPECT_TRUE(refusal().starts_with(name));
    fs = whole;
    ASSERT_TRUE(fs.remove(at(name)));
    EXPECT_EQ(refusal(), std::string(name) + " is missing");
    fs = whole;
  }
}

TEST_F(SealedFolder, WithPartsSwappedOrFromAnotherDepositIsRefused) {
  const Bytes first = *read_file(fs, at("part-0000000"), kPartBytes);
  const Bytes second = *read_file(fs, at("part-0000001"), kPartBytes);
  fs.seed(at("part-0000000"), second);
  fs.seed(at("part-0000001"), first);
  EXPECT_EQ(refusal(), "part-0000000 has been altered or cut");
  fs.seed(at("part-0000000"), first);
  fs.seed(at("part-0000001"), second);
  const auto other = seal_into(doors, "case", "out", target);
  ASSERT_TRUE(other);
  for (const char* name : {"part-0000001", "header-0", "contents-0.age", "SHA256SUMS"}) {
    const Bytes own = *read_file(fs, at(name), kPartBytes);
    fs.seed(at(name), *read_file(fs, join(other->deposits[0].folder, name), kPartBytes));
    EXPECT_EQ(refusal(), std::string(name) + " has been altered or cut");
    fs.seed(at(name), own);
  }
  EXPECT_TRUE(visit());
}

TEST_F(SealedFolder, WhoseSumsListSomethingElseIsRefused) {
  // A receipt made to fit a list that is not one: nothing outside the deposit's own names is ever read.
  const std::string hostile = std::string(64, 'a') + "  ../../../etc/passwd\n";
  fs.seed(at("SHA256SUMS"), as_view(hostile));
  deposit.receipt.sums = sha256(as_view(hostile));
  deposit.receipt.parts = 1;
  deposit.receipt.bytes = 1;
  EXPECT_CODE(visit(), Code::corrupt);
}

TEST_F(SealedFolder, StopsAtTheVisitorsError) {
  const auto stopped =
      visit_deposit(source_in_folder(fs, deposit.folder), deposit.receipt,
                    [](const std::string&, ByteView) { return Result<void>(Error(Code::io, "full")); });
  EXPECT_CODE(stopped, Code::io);
}

TEST_F(SealedFolder, IsKnownByItsReceipt) {
  EXPECT_TRUE(is_sealed_deposit(fs, deposit.folder));
  EXPECT_FALSE(is_sealed_deposit(fs, "case"));
  EXPECT_FALSE(is_sealed_deposit(fs, "nothing"));
  fs.seed("till/receipt", as_view("1 bread, 2 milk\n"));
  EXPECT_FALSE(is_sealed_deposit(fs, "till"));
  fs.seed("long/receipt", noise(kReceiptBytesMax + 1));
  EXPECT_FALSE(is_sealed_deposit(fs, "long"));
  fs.seed_folder("odd/receipt");
  EXPECT_FALSE(is_sealed_deposit(fs, "odd")) << "a folder of that name is no receipt";
}

TEST_F(SealedFolder, GivesItsReceiptAndId) {
  const auto found = read_receipt(fs, deposit.folder);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, deposit.id);
  EXPECT_EQ(found->receipt, deposit.receipt);
  EXPECT_CODE(read_receipt(fs, "case"), Code::not_found);
  fs.truncate(at("receipt"), 100);
  const auto cut = read_receipt(fs, deposit.folder);
  ASSERT_TRUE(fails_with(cut, Code::corrupt));
  EXPECT_NE(cut.error().sentence().find(deposit.folder), std::string::npos) << "says which receipt";
}

TEST_F(SealedFolder, ReadsTheSameFromAStore) {
  ASSERT_TRUE(make_folders(fs, parent_of(join("root", deposit_folder(deposit.id)))));
  ASSERT_TRUE(fs.rename(deposit.folder, join("root", deposit_folder(deposit.id))));
  FolderStore store(fs, "root", random);
  EXPECT_TRUE(visit_deposit(source_in_store(store, deposit.id), deposit.receipt,
                            [](const std::string&, ByteView) { return Result<void>(); }));
  EXPECT_CODE(get_checked(source_in_store(store, Sha256{}), "header-0", Sha256{}, 100), Code::corrupt);
}

TEST_F(SealedFolder, ThatCannotBeReadIsNotCalledAltered) {
  fs.on_read(at("part-0000001"),
             [](std::uint64_t) { return Result<void>(Error(Code::io, "cannot read: Input/output error")); });
  EXPECT_CODE(visit(), Code::io);
}

}  // namespace
}  // namespace muniment
