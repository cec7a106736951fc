#include "mirror/arrivals.h"

#include <gtest/gtest.h>

#include "mirror/copies_testing.h"
#include "testing/expect_code.h"
#include "testing/faulty_store.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

/// The archive as a home that has not logged `later` yet, and a mirror to whose incoming/ that one was sent.
class ArrivalsTest : public ::testing::Test {
 protected:
  ArrivalsTest() {
    office.deposit(1);
    copy_files(fs, office.root(), fs, "home");
    later = office.deposit(1).front();
    for (const auto& [name, bytes] : objects_in(fs, office.root())) {
      const std::string folder = deposit_folder(later) + "/";
      if (name.starts_with(folder)) send("mirror", later.hex() + "/" + name.substr(folder.size()), bytes);
    }
  }
  void send(const std::string& root, const std::string& name, const Bytes& bytes) {
    const std::string path = root + "/incoming/" + name;
    MUNIMENT_CHECK(make_folders(fs, parent_of(path)) && create_durably(fs, path, bytes));
  }
  Result<FetchedArrivals> fetch(Store& from) {
    FolderStore home(fs, "home", random);
    return fetch_arrivals(doors, from, "home", *view_archive(home, office.pin()), {});
  }
  std::string incoming(const std::string& file) { return "incoming/" + later.hex() + "/" + file; }

  FixedRandom random;
  FixedClock clock;
  MemoryFs fs;
  Doors doors{fs, random, clock};
  Office office{fs, random};
  FolderStore mirror{fs, "mirror", random};
  Sha256 later;
};

TEST_F(ArrivalsTest, ComeWholeAndOnce) {
  const auto fetched = fetch(mirror);
  ASSERT_TRUE(fetched) << fetched.error().sentence();
  EXPECT_EQ(fetched->fetched, std::vector{later});
  for (const char* name : {"receipt", "SHA256SUMS", "header-0", "contents-0.age", "part-0000000"})
    EXPECT_EQ(objects_in(fs, "home")[incoming(name)], objects_in(fs, "mirror")[incoming(name)]) << name;
  EXPECT_EQ(fetch(mirror)->here, 1u);
}

TEST_F(ArrivalsTest, GoOnFromEveryObjectAtWhichTheMirrorWasLost) {
  for (std::uint64_t cut = 2; cut <= 6; ++cut) {
    ASSERT_TRUE(remove_tree(fs, "home/incoming") || cut == 2);
    FaultyStore broken(mirror);
    broken.refuse_from(cut);
    EXPECT_CODE(fetch(broken), Code::unavailable) << cut;
    EXPECT_FALSE(objects_in(fs, "home").contains(incoming("receipt")));
    FaultyStore again(mirror);
    EXPECT_EQ(fetch(again)->fetched, std::vector{later}) << cut;
    EXPECT_EQ(again.operations(), 2 + 4 - (cut - 3 > 4 ? 0 : cut - 3)) << "what came before is not asked for again";
  }
}

TEST_F(ArrivalsTest, ThatAreDamagedAreNamedAndDoNotCount) {
  ASSERT_TRUE(mirror.replace(ObjectName(incoming("part-0000000")), as_view("noise")));
  send("mirror", "other/receipt", {1, 2, 3});
  const auto fetched = fetch(mirror);
  ASSERT_TRUE(fetched);
  EXPECT_TRUE(fetched->fetched.empty());
  EXPECT_EQ(fetched->refused.size(), 2u);
  EXPECT_FALSE(objects_in(fs, "home").contains(incoming("receipt")));
}

TEST_F(ArrivalsTest, LeaveTheMirrorOnceItsOwnCopyHasThem) {
  ASSERT_TRUE(make_folders(fs, "mirror/incoming/half"));
  copy_files(fs, "home", fs, "mirror");
  EXPECT_EQ(*clear_arrivals(fs, mirror, "mirror", office.charter().id), 0u) << "the log does not name it yet";
  copy_files(fs, office.root(), fs, "newer");
  ASSERT_TRUE(fs.rename("mirror/incoming", "newer/incoming"));
  FolderStore newer(fs, "newer", random);
  ASSERT_TRUE(fs.rename("newer/" + deposit_folder(later) + "/part-0000000", "newer/part"));
  EXPECT_EQ(*clear_arrivals(fs, newer, "newer", office.charter().id), 0u) << "it is not whole in the copy";
  ASSERT_TRUE(fs.rename("newer/part", "newer/" + deposit_folder(later) + "/part-0000000"));
  EXPECT_EQ(*clear_arrivals(fs, newer, "newer", office.charter().id), 1u);
  EXPECT_EQ(*fs.list("newer/incoming"), std::vector<std::string>{"half"});
}

}  // namespace
}  // namespace muniment
