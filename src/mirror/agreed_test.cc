// Copies that hold a part of the archive, by agreement.
#include <gtest/gtest.h>

#include "mirror/audit.h"
#include "mirror/copies_testing.h"
#include "mirror/copy.h"
#include "testing/expect_code.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

class AgreedCopy : public ::testing::Test {
 protected:
  AgreedCopy() { ids = office.deposit(3); }

  std::string agree(AgreedPart part) {
    part.archive = office.charter().id;
    return *make_agreed_part(part, custodian_key(1));
  }
  Result<CopyResult> copy(const std::string& agreed_part = "", std::vector<Store*> sources = {}) {
    if (sources.empty()) sources = {&office.store()};
    return copy_archive(sources, office.charter(), office.head(), mirror, {.agreed_part = agreed_part});
  }
  AuditedCopy audit() { return audit_copies(*survey_copies({&mirror, &office.store()}, office.pin()), {})->at(0); }
  bool has(std::size_t i, const std::string& name) {
    return mirror.size(ObjectName(deposit_folder(ids[i]) + "/" + name)).has_value();
  }

  FixedRandom random;
  MemoryFs fs;
  Office office{fs, random};
  std::vector<Sha256> ids;
  MemoryFs mirror_fs;
  FolderStore mirror{mirror_fs, "mirror", random};
};

const std::string kKeyring = "keyring/1/evidence/custodian-1.age";

TEST_F(AgreedCopy, HoldsWhatWasAgreedAndTheLog) {
  const auto copied = copy(agree({.to = 3}));
  ASSERT_TRUE(copied) << copied.error().sentence();
  EXPECT_TRUE(copied->is_part && copied->lost.empty());
  for (const std::size_t i : {0u, 1u, 2u}) {
    EXPECT_TRUE(has(i, "receipt") && has(i, "SHA256SUMS")) << "every copy can list all of the archive";
    EXPECT_EQ(has(i, "part-0000000"), i < 2) << i;
    EXPECT_EQ(has(i, "header-0"), i < 2) << i;
  }
  const AuditedCopy audited = audit();
  EXPECT_EQ(audited.state, CopyState::agreed_part);
  EXPECT_EQ(audited.agreed->percent(), 66u);
  EXPECT_NE(audited.sentence.find("holds its agreed part (66 %)"), std::string::npos) << audited.sentence;
}

TEST_F(AgreedCopy, WithoutSealsHasNothingThatOpens) {
  ASSERT_TRUE(copy(agree({.with_seals = false})));
  for (const auto& [name, bytes] : objects_in(mirror_fs, "mirror")) {
    EXPECT_EQ(name.find("header-"), std::string::npos) << name;
    EXPECT_EQ(name.find("contents-"), std::string::npos) << name;
    EXPECT_FALSE(name.starts_with("keyring/")) << name;
  }
  EXPECT_TRUE(has(2, "part-0000000"));
  EXPECT_EQ(audit().state, CopyState::agreed_part);
}

TEST_F(AgreedCopy, IsDamagedWhereItLacksWhatItAgreedTo) {
  ASSERT_TRUE(copy(agree({.to = 3})));
  ASSERT_TRUE(mirror_fs.remove(join("mirror", deposit_folder(ids[0]) + "/part-0000000")));
  EXPECT_EQ(audit().state, CopyState::damaged);
  EXPECT_NE(audit().sentence.find("Of the archive it holds its agreed part"), std::string::npos) << audit().sentence;
}

TEST_F(AgreedCopy, KeepsToItWhenItIsBroughtUpToDate) {
  ASSERT_TRUE(copy(agree({.to = 3})));
  ids.push_back(office.deposit(1)[0]);
  const auto more = copy();
  ASSERT_TRUE(more) << more.error().sentence();
  EXPECT_TRUE(more->is_part);
  EXPECT_TRUE(has(3, "receipt"));
  EXPECT_FALSE(has(3, "part-0000000") || has(2, "part-0000000"));
  EXPECT_EQ(audit().state, CopyState::agreed_part);
}

TEST_F(AgreedCopy, TakesAnotherListInPlaceOfTheFirst) {
  ASSERT_TRUE(copy(agree({.to = 3})));
  ASSERT_TRUE(copy(agree({.from = 3})));
  EXPECT_TRUE(has(2, "part-0000000") && has(0, "part-0000000")) << "what it holds beyond it stays";
  ASSERT_TRUE(mirror.remove(ObjectName("agreed-part")));
  EXPECT_FALSE(copy()->is_part);
  EXPECT_EQ(audit().state, CopyState::whole);
}

TEST_F(AgreedCopy, TakesNoListThatNoCustodianSigned) {
  AgreedPart part{.archive = office.charter().id};
  EXPECT_CODE(copy(*make_agreed_part(part, custodian_key(2))), Code::forged);
  EXPECT_TRUE(objects_in(mirror_fs, "mirror").empty()) << "nothing was begun";
  mirror_fs.seed("mirror/agreed-part", as_view("scribbles\n"));
  EXPECT_CODE(copy(), Code::corrupt);
  EXPECT_FALSE(mirror.size(ObjectName("checkpoint")));
}

TEST_F(AgreedCopy, ThatSaysItHoldsLessThanItWasToIsNotBelieved) {
  ASSERT_TRUE(copy());
  mirror_fs.seed("mirror/agreed-part", as_view(*make_agreed_part({.archive = office.charter().id}, custodian_key(2))));
  EXPECT_EQ(audit().state, CopyState::damaged);
}

TEST_F(AgreedCopy, IsASourceAmongOthersAndNotBlamedForWhatItLacks) {
  ASSERT_TRUE(copy(agree({.to = 2})));
  MemoryFs other_fs;
  FolderStore other(other_fs, "other", random);
  const auto copied = copy_archive({&mirror, &office.store()}, office.charter(), office.head(), other);
  ASSERT_TRUE(copied) << copied.error().sentence();
  EXPECT_TRUE(copied->bad.empty()) << copied->bad[0].finding.object;
  EXPECT_EQ(difference(objects_in(other_fs, "other"), office.objects()), "");

  MemoryFs alone_fs;
  FolderStore alone(alone_fs, "alone", random);
  const auto lacking = copy_archive({&mirror}, office.charter(), office.head(), alone);
  ASSERT_TRUE(lacking);
  EXPECT_EQ(lacking->lost.size(), 6u) << "parts and seals of two deposits: all that this source does not hold";
}

}  // namespace
}  // namespace muniment
