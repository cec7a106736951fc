#include "mirror/cosign.h"

#include <gtest/gtest.h>

#include "mirror/copies_testing.h"
#include "mirror/copy.h"
#include "mirror/survey.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

CosignerSigner cosigner_of(std::uint8_t byte) {
  Secret<32> seed;
  std::ranges::fill(seed.expose_mut(), byte);
  return {"mirror-" + std::to_string(byte), std::move(seed)};
}

/// An office and three mirrors that cosign, of which two must have.
class CosignedArchive : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const CosignerSigner& each : cosigners) {
      policy.witnesses.push_back({each.verifier().name, each.verifier(), ""});
    }
    policy.groups = {{"two", 2, {"mirror-1", "mirror-2", "mirror-3"}}};
    policy.quorum = "two";
    office.deposit(2);
  }

  static std::string place(std::size_t cosigner) { return "mirror-" + std::to_string(cosigner + 1); }
  void bring(const std::string& from, std::size_t cosigner) { copy_files(fs, from, fs, place(cosigner)); }
  /// A mirror looks at a copy and cosigns it.
  Result<std::string> cosign(std::size_t cosigner, const std::string& root, std::uint64_t looked_at = 0) {
    FolderStore copy(fs, root, random);
    TRY_ASSIGN(const ArchiveView view, view_archive(copy, office.pin()));
    FolderHead state(fs, "state-" + std::to_string(cosigner) + "/checkpoint");
    return cosign_copy(copy, view, state, cosigners[cosigner], clock, looked_at);
  }
  HeadQuorum quorum_at(const std::string& root) {
    FolderStore copy(fs, root, random);
    return *find_quorum(*read_head(copy, office.charter().charter.log()), policy);
  }
  std::size_t collect() {
    std::vector<std::unique_ptr<FolderStore>> mirrors;
    std::vector<Store*> all;
    for (std::size_t i = 0; i < cosigners.size(); ++i) {
      mirrors.push_back(std::make_unique<FolderStore>(fs, place(i), random));
      all.push_back(mirrors.back().get());
    }
    return *collect_cosignatures(office.store(), office.head(), policy, all);
  }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock{1'700'000'000};
  Office office{fs, random};
  std::vector<CosignerSigner> cosigners = [] {
    std::vector<CosignerSigner> all;
    for (std::uint8_t i = 1; i <= 3; ++i) all.push_back(cosigner_of(i));
    return all;
  }();
  tlog::Policy policy;
};

TEST_F(CosignedArchive, CountsWhenAQuorumHasSaidSo) {
  for (std::size_t i = 0; i < 3; ++i) bring("office", i);
  ASSERT_TRUE(cosign(0, place(0)));
  EXPECT_EQ(collect(), 1u);
  EXPECT_FALSE(quorum_at("office").is_met());
  EXPECT_EQ(quorum_at("office").missing, (std::vector<std::string>{"mirror-2", "mirror-3"}));
  clock.advance_s(60);
  ASSERT_TRUE(cosign(2, place(2)));
  EXPECT_EQ(collect(), 1u);
  EXPECT_EQ(collect(), 0u);
  const HeadQuorum quorum = quorum_at("office");
  EXPECT_EQ(quorum.as_of, 1'700'000'000u) << "the slower of the two";
  EXPECT_EQ(quorum.cosigned.size(), 2u);
  EXPECT_EQ(complaints_about_copy(fs, random, "office", office.pin()), "");
  office.deposit(1);
  EXPECT_FALSE(quorum_at("office").is_met()) << "a new head is cosigned anew";
}

TEST_F(CosignedArchive, IsCosignedOnlyWherePeopleVouchForEveryEntry) {
  office.append({entry_of("muniment/test/v1\narchive " + office.charter().id.hex() + "\nthe thief's\n")});
  const std::uint64_t size = office.head().head.size;
  bring("office", 0);
  const auto refused = cosign(0, place(0));
  ASSERT_TRUE(fails_with(refused, Code::denied));
  EXPECT_NE(refused.error().sentence().find("entry " + std::to_string(size - 1)), std::string::npos)
      << refused.error().sentence();
  EXPECT_FALSE(*exists(fs, "state-0/checkpoint"));
  EXPECT_TRUE(cosign(0, place(0), size)) << "after somebody has asked the custodians";
}

/// Whoever has the log key can show each mirror another log. One of the three mirrors is his.
TEST_F(CosignedArchive, ForkedOrRewrittenNeverCollectsAQuorum) {
  copy_files(fs, "office", fs, "thief", Copying::head_too);
  office.deposit(1);
  for (std::size_t i = 0; i < 2; ++i) {
    bring("office", i);
    ASSERT_TRUE(cosign(i, place(i)));
  }
  // The thief vouches for nothing, and writes as many entries and more.
  for (int more = 1; more <= 3; ++more) {
    append_at(fs, random, "thief",
              {entry_of("muniment/test/v1\narchive " + office.charter().id.hex() + "\nthe thief's " +
                        std::to_string(more) + "\n")});
    const std::uint64_t size = 100;  // the mirrors' people were deceived, too
    for (std::size_t i = 0; i < 2; ++i) {
      const auto refused = cosign(i, "thief", size);
      EXPECT_TRUE(!refused && refused.error().code() == Code::forged) << more << ", mirror " << i + 1;
    }
  }
  ASSERT_TRUE(cosign(2, "thief", 100)) << "the one that colludes";
  EXPECT_FALSE(quorum_at("thief").is_met());
  bring("office", 2);
  EXPECT_FALSE(cosign(2, place(2))) << "and by its own state it cannot go back";
  EXPECT_TRUE(quorum_at("mirror-1").cosigned.size() == 1);
  EXPECT_EQ(collect(), 2u);
  EXPECT_TRUE(quorum_at("office").is_met());
}

TEST_F(CosignedArchive, ThatGoesBackInTimeIsRefused) {
  copy_files(fs, "office", fs, "old");
  office.deposit(1);
  bring("office", 0);
  ASSERT_TRUE(cosign(0, place(0)));
  const auto refused = cosign(0, "old");
  ASSERT_TRUE(fails_with(refused, Code::forged));
  EXPECT_NE(refused.error().sentence().find("back in time"), std::string::npos);
  EXPECT_EQ(quorum_at("old").cosigned.size(), 0u);
}

TEST_F(CosignedArchive, TakesNothingOverWhileSomebodyDepositsNorUnderAHeadThatHasMovedOn) {
  const SignedHead before = office.head();
  const std::string shown = before.note;
  fs.seed("office/home/place", as_view("home"));
  {
    const auto lock = office.store().lock(ObjectName("home/lock"));
    ASSERT_TRUE(lock);
    EXPECT_CODE(add_to_checkpoint(office.store(), before, policy, {shown}), Code::conflict);
  }
  ASSERT_TRUE(add_to_checkpoint(office.store(), before, policy, {shown}));
  office.deposit(1);
  EXPECT_CODE(add_to_checkpoint(office.store(), before, policy, {shown}), Code::conflict);
  EXPECT_NE(office.head().note, shown) << "the newer head stays";
}

TEST_F(CosignedArchive, KeepsItsCosignaturesWhenItIsCopied) {
  for (std::size_t i = 0; i < 2; ++i) {
    bring("office", i);
    ASSERT_TRUE(cosign(i, place(i)));
  }
  FoundCharter charter = office.charter();
  charter.charter.policy = policy;
  FolderStore first(fs, place(0), random);
  FolderStore second(fs, place(1), random);
  FolderStore target(fs, "new", random);
  const SignedHead head = *read_head(first, charter.charter.log());
  ASSERT_TRUE(copy_archive({&first, &second}, charter, head, target, {}));
  EXPECT_EQ(quorum_at("new").cosigned.size(), 2u) << "what the sources have, each its own";
  ASSERT_TRUE(copy_archive({&second}, charter, head, target, {}));
  EXPECT_EQ(quorum_at("new").cosigned.size(), 2u) << "what is there already is not lost";
}

TEST_F(CosignedArchive, TakesNoLineThatDoesNotVerify) {
  bring("office", 0);
  ASSERT_TRUE(cosign(0, place(0)));
  const Bytes note = *read_file(fs, "mirror-1/checkpoint", 4096);
  Bytes damaged = note;
  damaged[damaged.size() - 6] ^= 1;
  fs.seed("mirror-1/checkpoint", damaged);
  EXPECT_EQ(collect(), 0u);
  fs.seed("mirror-1/checkpoint", note);
  EXPECT_EQ(collect(), 1u);
}

}  // namespace
}  // namespace muniment
