#include "archive/objects.h"

#include <gtest/gtest.h>

#include "archive/archive_testing.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

class Objects : public ::testing::Test {
 protected:
  /// "name" of every object, entry by entry; what an entry itself is, too.
  std::vector<std::string> names() {
    std::vector<std::string> found;
    FolderStore store(fs, "archive", random);
    const auto view = view_archive(store, std::nullopt);
    const auto visited = visit_objects(store, *view, [&](const EntryObjects& entry) -> Result<void> {
      if (entry.own) found.push_back(entry.own->name.text());
      for (const LoggedObject& object : entry.objects) found.push_back(object.name.text());
      return {};
    });
    EXPECT_TRUE(visited);
    return found;
  }
  void append_unknown(const std::string& lines) {
    ASSERT_TRUE(
        append_entries(doors, archive, {bytes_of("muniment/future/v1\narchive " + archive.id.hex() + "\n" + lines)}));
  }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock;
  Doors doors{fs, random, clock};
  TestArchive archive = *found_test_archive(doors, "archive");
};

using Names = std::vector<std::string>;
const Names kCharters = {"charter/1", "README.txt", "reader/read_archive.py", "keyring/1/evidence/custodian-1.age"};

Names charters_and(const Names& more) {
  Names all = kCharters;
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

TEST_F(Objects, OfANewArchiveAreTheCharterAndWhatItNames) { EXPECT_EQ(names(), kCharters); }

TEST_F(Objects, OfADepositLieInItsFolder) {
  fs.seed("a", as_view("x"));
  const auto report = take_in(doors, archive, {"a"});
  const std::string folder = deposit_folder(report->taken[0].id) + "/";
  EXPECT_EQ(names(),
            charters_and({folder + "receipt", folder + "SHA256SUMS", folder + "header-0", folder + "contents-0.age"}));
}

TEST_F(Objects, OfUnknownKindsAreVisited) {
  append_unknown(std::string(64, 'a') + "  stamps/3/x.tsr\n");
  EXPECT_EQ(names(), charters_and({"stamps/3/x.tsr"}));
}

/// format-review 15: a later entry cannot give README.txt another digest.
TEST_F(Objects, NamedTwiceHoldTheirFirstDigest) {
  append_unknown(std::string(64, 'a') + "  README.txt\n" + std::string(64, 'a') + "  stamps/x\n");
  append_unknown(std::string(64, 'b') + "  stamps/x\n");
  append_unknown(std::string(64, 'a') + "  stamps/x\n");
  EXPECT_EQ(names(), charters_and({"stamps/x", "stamps/x"})) << "the same digest again is no contradiction";
}

TEST_F(Objects, OfEntriesThatAreNotOursAreLeftOut) {
  append_unknown(std::string(64, 'a') + "  home/head\n");
  append_unknown(std::string(64, 'a') + "  stamps/good\n" + std::string(64, 'a') + "  tile/0/000\n");
  ASSERT_TRUE(append_entries(doors, archive,
                             {bytes_of("noise"), bytes_of("muniment/future/v1\narchive " + std::string(64, '0') + "\n" +
                                                          std::string(64, 'a') + "  stamps/other\n")}));
  EXPECT_EQ(names(), kCharters);
}

TEST_F(Objects, StopAtTheVisitorsError) {
  FolderStore store(fs, "archive", random);
  const auto view = view_archive(store, std::nullopt);
  EXPECT_CODE(visit_objects(store, *view, [](const EntryObjects&) { return Result<void>(Error(Code::io, "full")); }),
              Code::io);
}

}  // namespace
}  // namespace muniment
