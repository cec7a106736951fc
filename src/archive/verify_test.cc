#include "archive/verify.h"

#include <gtest/gtest.h>

#include "archive/archive_testing.h"
#include "base/posix_fs.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"
#include "testing/temporary_folder.h"

namespace muniment {
namespace {

/// An archive of two deposits, one of them in two parts.
class Verifying : public ::testing::Test {
 protected:
  void SetUp() override {
    fs.seed("case/a", noise(17u << 20));
    fs.seed("b", as_view("words"));
    ASSERT_TRUE(take_in(doors, archive, {"case", "b"}));
    ASSERT_EQ(findings(), Findings{});
  }
  using Findings = std::map<std::string, std::string>;
  Findings findings() {
    FolderStore store(fs, "archive", random);
    const auto report = verify_copy(store, IdPin::of(archive.id));
    if (!report) return {{"error", report.error().sentence()}};
    Findings found;
    for (const Finding& finding : report->findings) found.emplace(finding.object, finding.what);
    return found;
  }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock;
  Doors doors{fs, random, clock};
  TestArchive archive = *found_test_archive(doors, "archive");
};

TEST_F(Verifying, CountsWhatItLookedAt) {
  FolderStore store(fs, "archive", random);
  std::uint64_t told = 0;
  const auto report = verify_copy(store, std::nullopt, {.on_bytes = [&](std::uint64_t bytes) { told += bytes; }});
  ASSERT_TRUE(report);
  // Charter, README, reader and keyring; twice receipt, sums, header and contents; three parts; one tile.
  EXPECT_EQ(report->objects, 4u + 2 * 4 + 3 + 1);
  EXPECT_GT(report->bytes, 17u << 20);
  EXPECT_EQ(told, report->bytes);
}

TEST_F(Verifying, SeveralThreadsFindTheSameAsOne) {
  fs.corrupt("archive/README.txt", 5);
  for (const auto& [path, bytes] : fs.files()) {
    if (path.find("/part-") != std::string::npos) fs.corrupt(path, bytes.size() / 2);
  }
  const TemporaryFolder folder;
  const std::string root = join(folder.path(), "archive");
  for (const auto& [path, bytes] : fs.files()) {
    if (!path.starts_with("archive/")) continue;
    const std::string copied = join(folder.path(), path);
    ASSERT_TRUE(make_folders(posix_fs(), parent_of(copied)) && create_durably(posix_fs(), copied, bytes));
  }
  FolderStore alone(posix_fs(), root, random), one(posix_fs(), root, random), two(posix_fs(), root, random);
  const auto expected = verify_copy(alone, std::nullopt);
  const auto report = verify_copy(alone, std::nullopt, {.lanes = {&one, &two}});
  ASSERT_TRUE(expected && report);
  EXPECT_EQ(expected->findings.size(), 4u);
  ASSERT_EQ(report->findings.size(), expected->findings.size());
  for (std::size_t i = 0; i < report->findings.size(); ++i)
    EXPECT_EQ(report->findings[i].object, expected->findings[i].object);
  EXPECT_EQ(report->objects, expected->objects);
  EXPECT_EQ(report->bytes, expected->bytes);
}

/// Every file of a copy but its private ones: lost, cut or flipped, it is found under its name.
TEST_F(Verifying, FindsAnyObjectThatIsAlteredCutOrLost) {
  const MemoryFs whole = fs;
  for (const auto& [path, bytes] : fs.files()) {
    if (!path.starts_with("archive/") || path.starts_with("archive/home/") || path == "archive/checkpoint") continue;
    const std::string name = path.substr(std::string_view("archive/").size());
    if (name == "tile/entries/000.p/1" || name == "tile/0/000.p/1") continue;  // of an older head: not of this one
    fs.corrupt(path, bytes.size() / 2);
    const Findings flipped = findings();
    fs = whole;
    fs.truncate(path, bytes.size() - 1);
    const Findings cut = findings();
    fs = whole;
    MUNIMENT_CHECK(fs.remove(path));
    const Findings lost = findings();
    fs = whole;
    if (name.starts_with("tile/entries/")) {  // without entries there is nothing to go by
      for (const Findings* found : {&flipped, &cut, &lost}) EXPECT_TRUE(found->contains("error")) << path;
      continue;
    }
    EXPECT_EQ(flipped.contains(name) && flipped.at(name) == "has been altered or cut", true) << path;
    EXPECT_EQ(cut.contains(name) && cut.at(name) == "has been altered or cut", true) << path;
    EXPECT_EQ(lost.contains(name) && lost.at(name) == "is missing", true) << path;
  }
  EXPECT_EQ(findings(), Findings{});
}

TEST_F(Verifying, WithoutItsSumsSaysThatPartsCannotBeChecked) {
  FolderStore store(fs, "archive", random);
  const std::string folder = deposit_folder(view_of(doors, archive)->deposits[0].id) + "/";
  ASSERT_TRUE(fs.remove("archive/" + folder + "SHA256SUMS"));
  EXPECT_EQ(findings(), (Findings{{folder + "SHA256SUMS", "is missing"},
                                  {folder + "part-*", "cannot be checked, since SHA256SUMS is not whole"}}));
}

TEST_F(Verifying, SaysThatAnObjectIsLongerThanItWas) {
  const std::string folder = deposit_folder(view_of(doors, archive)->deposits[0].id) + "/";
  for (const std::string& name : {folder + "part-0000000", folder + "receipt"}) {
    Bytes longer = *read_file(fs, "archive/" + name, 100u << 20);
    longer.push_back('x');
    fs.seed("archive/" + name, longer);
    EXPECT_EQ(findings().at(name), "is longer than it was");
    longer.pop_back();
    fs.seed("archive/" + name, longer);
  }
}

/// An unknown kind is kept and checked; what a custodian vouches for counts, what a thief of the log key could have
/// written is told apart, so that nobody can make every copy damaged for ever.
TEST_F(Verifying, ChecksObjectsOfUnknownKinds) {
  const std::string entry =
      "muniment/future/v1\narchive " + archive.id.hex() + "\n" + sha256(as_view("x")).hex() + "  stamps/x\n";
  ASSERT_TRUE(append_entries(doors, archive, {bytes_of(entry)}));
  FolderStore store(fs, "archive", random);
  const auto report = verify_copy(store, std::nullopt);
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->findings.empty());
  ASSERT_EQ(report->not_vouched_for.size(), 1u);
  EXPECT_EQ(report->not_vouched_for[0].object, "stamps/x");
  EXPECT_EQ(report->view.unknown.size(), 1u);

  const tlog::TreeHead head = report->view.head.head;
  ASSERT_TRUE(append_entries(doors, archive, {bytes_of(make_accept(archive.id, 3, head, archive.custodian.signer()))}));
  EXPECT_EQ(findings(), (Findings{{"stamps/x", "is missing"}}));
  fs.seed("archive/stamps/x", as_view("y"));
  EXPECT_EQ(findings(), (Findings{{"stamps/x", "has been altered or cut"}}));
  fs.seed("archive/stamps/x", as_view("x"));
  EXPECT_EQ(findings(), Findings{});
}

TEST_F(Verifying, NamesWhatLiesThereAndIsNotLogged) {
  fs.seed("archive/deposits/ab/" + std::string(64, 'a') + "/receipt", as_view("x"));
  fs.seed("archive/deposits/.hidden/x", as_view("x"));
  FolderStore store(fs, "archive", random);
  const auto report = verify_copy(store, std::nullopt);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->unlogged, std::vector<std::string>{"deposits/ab/" + std::string(64, 'a')});
  EXPECT_TRUE(report->findings.empty());
}

TEST_F(Verifying, ReadsAnObjectThatCannotBeReadAsAFinding) {
  const std::string part = deposit_folder(view_of(doors, archive)->deposits[0].id) + "/part-0000000";
  fs.on_read("archive/" + part,
             [](std::uint64_t) { return Result<void>(Error(Code::io, "cannot read: Input/output error")); });
  EXPECT_EQ(findings(), (Findings{{part, "could not be read: cannot read: Input/output error"}}));
}

TEST_F(Verifying, IsDoneAgainstThePinnedId) {
  const TestArchive other = *found_test_archive(doors, "other");
  FolderStore store(fs, "archive", random);
  EXPECT_CODE(verify_copy(store, IdPin::of(other.id)), Code::forged);
}

TEST_F(Verifying, OfACheckpointOfAnotherLogOrAlteredIsRefused) {
  const TestArchive other = *found_test_archive(doors, "other");
  const Bytes own = *read_file(fs, "archive/checkpoint", 10'000);
  FolderStore store(fs, "archive", random);
  fs.seed("archive/checkpoint", *read_file(fs, "other/checkpoint", 10'000));
  EXPECT_CODE(verify_copy(store, std::nullopt), Code::forged);
  for (std::size_t i = 0; i < own.size(); ++i) {
    fs.seed("archive/checkpoint", own);
    fs.corrupt("archive/checkpoint", i);
    const auto report = verify_copy(store, std::nullopt);
    ASSERT_FALSE(report) << "byte " << i;
    EXPECT_TRUE(report.error().code() == Code::forged || report.error().code() == Code::corrupt) << i;
  }
  ASSERT_TRUE(fs.remove("archive/checkpoint"));
  EXPECT_CODE(verify_copy(store, std::nullopt), Code::not_found);
}

}  // namespace
}  // namespace muniment
