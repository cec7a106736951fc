#include "store/folder_store.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/posix_fs.h"
#include "testing/expect_code.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"
#include "testing/temporary_folder.h"

namespace muniment {
namespace {

constexpr const char* kRoot = "archive";

/// What lies in the store, without its staging folder.
std::map<std::string, std::string> objects_of(const MemoryFs& fs) {
  std::map<std::string, std::string> objects;
  const std::string root = std::string(kRoot) + "/";
  for (const auto& [path, bytes] : fs.files()) {
    if (path.starts_with(root + "staging/")) continue;
    objects[path.substr(root.size())] = as_text(bytes);
  }
  return objects;
}

class FolderStoreTest : public ::testing::Test {
 protected:
  std::string text(const std::string& name) {
    const auto bytes = store.get(ObjectName(name), 1000);
    return bytes ? std::string(as_text(*bytes)) : "error: " + bytes.error().sentence();
  }

  MemoryFs fs;
  FixedRandom random;
  FolderStore store{fs, kRoot, random};
};

TEST_F(FolderStoreTest, GivesBackWhatWasPut) {
  ASSERT_TRUE(store.put(ObjectName("a/b/c"), as_view("one")));
  ASSERT_TRUE(store.put(ObjectName("empty"), {}));
  EXPECT_EQ(text("a/b/c"), "one");
  EXPECT_EQ(*store.size(ObjectName("a/b/c")), 3u);
  EXPECT_EQ(*store.size(ObjectName("empty")), 0u);
  EXPECT_EQ(store.where(), kRoot);
}

TEST_F(FolderStoreTest, PutsAnObjectOnceAndForAll) {
  ASSERT_TRUE(store.put(ObjectName("a"), as_view("one")));
  EXPECT_TRUE(store.put(ObjectName("a"), as_view("one"))) << "the same bytes are done already";
  for (const char* other : {"two", "one more", "o", ""}) {
    EXPECT_CODE(store.put(ObjectName("a"), as_view(other)), Code::conflict) << other;
  }
  EXPECT_EQ(text("a"), "one");
}

TEST_F(FolderStoreTest, SaysWhyItCannotGive) {
  ASSERT_TRUE(store.put(ObjectName("a/b"), as_view("12345")));
  EXPECT_CODE(store.get(ObjectName("b"), 10), Code::not_found);
  EXPECT_CODE(store.size(ObjectName("b")), Code::not_found);
  EXPECT_CODE(store.get(ObjectName("a/b"), 4), Code::limit);
  EXPECT_CODE(store.get(ObjectName("a"), 10), Code::io);
  EXPECT_CODE(store.size(ObjectName("a")), Code::corrupt);
  EXPECT_CODE(store.put(ObjectName("a"), as_view("1")), Code::corrupt) << "a folder has the name";
}

TEST_F(FolderStoreTest, ReplacesInOneStepWhatWasThereOrNot) {
  ASSERT_TRUE(store.replace(ObjectName("checkpoint"), as_view("old")));
  ASSERT_TRUE(store.replace(ObjectName("checkpoint"), as_view("new and longer")));
  EXPECT_EQ(text("checkpoint"), "new and longer");
}

TEST_F(FolderStoreTest, ListsNamesSorted) {
  for (const char* name : {"deposits/b/1", "deposits/a/1", "deposits/c"}) {
    ASSERT_TRUE(store.put(ObjectName(name), as_view("1")));
  }
  EXPECT_EQ(*store.list(ObjectName("deposits")), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_TRUE(store.list(ObjectName("nothing"))->empty());
}

TEST_F(FolderStoreTest, RemovesAnObjectAndTheFoldersThatItLeavesEmpty) {
  ASSERT_TRUE(store.put(ObjectName("home/staged/x/tile/0/000"), as_view("1")));
  ASSERT_TRUE(store.put(ObjectName("home/head"), as_view("2")));
  ASSERT_TRUE(store.remove(ObjectName("home/staged/x/tile/0/000")));
  EXPECT_EQ(*store.list(ObjectName("home")), std::vector<std::string>{"head"});
  EXPECT_CODE(store.remove(ObjectName("home/staged/x/tile/0/000")), Code::not_found);
  EXPECT_TRUE(store.put(ObjectName("home/staged/x/tile/0/000"), as_view("1"))) << "the folders are made again";
}

TEST_F(FolderStoreTest, RemovingOneObjectForgetsNoOtherOfItsFolder) {
  ASSERT_TRUE(store.put(ObjectName("a/kept"), as_view("kept")));
  ASSERT_TRUE(store.put(ObjectName("a/gone"), as_view("gone")));
  ASSERT_TRUE(store.remove(ObjectName("a/gone")));
  ASSERT_TRUE(store.flush());
  fs.reboot(Unsynced::lost);
  EXPECT_EQ(objects_of(fs)["a/kept"], "kept");
}

TEST_F(FolderStoreTest, NeverTouchesTheStagingFolderOfAnotherWriter) {
  fs.seed("archive/staging/0123456789abcdef/0", as_view("half"));
  const auto lock = fs.lock("archive/staging/0123456789abcdef/lock");
  const auto before = fs.files();
  {
    FolderStore writer(fs, kRoot, random);
    ASSERT_TRUE(writer.put(ObjectName("a"), as_view("1")));
    EXPECT_EQ(fs.list("archive/staging")->size(), 2u) << "a writer has a folder of its own";
    ASSERT_TRUE(writer.replace(ObjectName("checkpoint"), as_view("1")));
    ASSERT_TRUE(writer.remove(ObjectName("a")));
  }
  auto after = fs.files();
  EXPECT_EQ(after.erase("archive/checkpoint"), 1u);
  EXPECT_EQ(after, before);
}

TEST_F(FolderStoreTest, LeavesNothingOfItsOwnInStaging) {
  {
    FolderStore writer(fs, kRoot, random);
    ASSERT_TRUE(writer.put(ObjectName("a"), as_view("1")));
    ASSERT_TRUE(*exists(fs, "archive/staging"));
  }
  EXPECT_FALSE(*exists(fs, "archive/staging"));
  FolderStore reader(fs, kRoot, random);
  EXPECT_TRUE(reader.get(ObjectName("a"), 10));
  EXPECT_FALSE(*exists(fs, "archive/staging")) << "reading makes no folder";
}

TEST_F(FolderStoreTest, AFullDiskLeavesNothingUnderTheNameAndTakesNoRoom) {
  ASSERT_TRUE(store.put(ObjectName("a"), as_view("12345")));
  fs.limit_bytes(12);
  EXPECT_CODE(store.put(ObjectName("b"), as_view("1234567890")), Code::io);
  EXPECT_CODE(store.replace(ObjectName("a"), as_view("1234567890")), Code::io);
  EXPECT_CODE(store.get(ObjectName("b"), 10), Code::not_found);
  EXPECT_EQ(text("a"), "12345");
  EXPECT_TRUE(store.put(ObjectName("b"), as_view("1234567"))) << "the room was given back";
}

// In groups.

TEST_F(FolderStoreTest, InGroupsItSeesItsOwnAndShowsOthersWhatIsDurable) {
  store.put_in_groups({});
  ASSERT_TRUE(store.put(ObjectName("a/one"), as_view("1")));
  ASSERT_TRUE(store.put(ObjectName("a/two"), as_view("22")));
  EXPECT_EQ(objects_of(fs).size(), 0u) << "nothing has its name before it is durable";
  EXPECT_TRUE(store.put(ObjectName("a/one"), as_view("1")));
  EXPECT_CODE(store.put(ObjectName("a/two"), as_view("2")), Code::conflict);
  EXPECT_EQ(text("a/one"), "1");
  ASSERT_TRUE(store.put(ObjectName("b"), as_view("3")));
  EXPECT_EQ(*store.size(ObjectName("b")), 1u);
  ASSERT_TRUE(store.put(ObjectName("a/c"), as_view("4")));
  EXPECT_EQ(store.list(ObjectName("a"))->size(), 3u);
  ASSERT_TRUE(store.put(ObjectName("a/d"), as_view("5")));
  ASSERT_TRUE(store.flush());
  fs.reboot(Unsynced::lost);
  EXPECT_EQ(objects_of(fs).size(), 5u);
}

TEST_F(FolderStoreTest, AfterGroupsWhatIsKeptBackWaitsForTheFlushAndWhatComesDoesNot) {
  store.put_in_groups({});
  ASSERT_TRUE(store.put(ObjectName("a"), as_view("1")));
  store.put_one_by_one();
  ASSERT_TRUE(store.put(ObjectName("b"), as_view("2")));
  EXPECT_EQ(objects_of(fs), (std::map<std::string, std::string>{{"b", "2"}}));
  ASSERT_TRUE(store.flush());
  fs.reboot(Unsynced::lost);
  EXPECT_EQ(objects_of(fs).size(), 2u);
}

TEST_F(FolderStoreTest, AGroupEndsAfterASecond) {
  constexpr std::int64_t kTenthNs = 100'000'000;
  std::int64_t now_ns = 0;
  store.put_in_groups([&] { return now_ns += kTenthNs; });
  std::size_t named = 0;
  for (int i = 0; i < 25; ++i) {
    ASSERT_TRUE(store.put(ObjectName("object-" + std::to_string(i)), as_view("1")));
    named = objects_of(fs).size();
    EXPECT_GE(named + 11, static_cast<std::size_t>(i + 1));
  }
  EXPECT_GT(named, 20u);
  EXPECT_LT(named, 25u) << "the next group has begun";
}

TEST_F(FolderStoreTest, WhatComesSlowlyWaitsForNothing) {
  constexpr std::int64_t kThirdNs = 333'000'000;
  std::int64_t now_ns = 0;
  store.put_in_groups([&] { return now_ns += kThirdNs; });
  for (std::size_t i = 0; i < 3; ++i) {
    ASSERT_TRUE(store.put(ObjectName("object-" + std::to_string(i)), as_view("1")));
    EXPECT_EQ(objects_of(fs).size(), i + 1);
  }
}

TEST_F(FolderStoreTest, InGroupsThereIsOneSyncForMany) {
  store.put_in_groups({});
  const std::uint64_t before = fs.operations();
  constexpr int kMany = 500;
  for (int i = 0; i < kMany; ++i)
    ASSERT_TRUE(store.put(ObjectName("folder-" + std::to_string(i) + "/object"), as_view("bytes")));
  ASSERT_TRUE(store.flush());
  EXPECT_LT(fs.operations() - before, 4 * kMany + 20u) << "a folder, a file, its bytes and its name each";
  fs.reboot(Unsynced::lost);
  EXPECT_EQ(objects_of(fs).size(), std::size_t{kMany});
}

TEST_F(FolderStoreTest, WhereAFileSystemCannotBeSyncedWholeEachObjectIs) {
  fs.seed_mount("archive", false);
  store.put_in_groups({});
  ASSERT_TRUE(store.put(ObjectName("a"), as_view("1")));
  EXPECT_EQ(objects_of(fs).size(), 1u);
}

TEST_F(FolderStoreTest, InGroupsOtherBytesOfAnotherWriterAreNotReplaced) {
  store.put_in_groups({});
  ASSERT_TRUE(store.put(ObjectName("same"), as_view("1")));
  FolderStore other(fs, kRoot, random);
  ASSERT_TRUE(other.put(ObjectName("same"), as_view("1")));
  EXPECT_TRUE(store.flush());
  ASSERT_TRUE(store.put(ObjectName("another"), as_view("1")));
  ASSERT_TRUE(other.put(ObjectName("another"), as_view("2")));
  EXPECT_CODE(store.flush(), Code::conflict);
  EXPECT_EQ(objects_of(fs)["another"], "2");
}

TEST(FolderStore, WorksOnARealDisk) {
  const TemporaryFolder folder;
  FixedRandom random;
  {
    FolderStore store(posix_fs(), folder.path(), random);
    ASSERT_TRUE(store.put(ObjectName("a/b"), as_view("one")));
    EXPECT_CODE(store.put(ObjectName("a/b"), as_view("two")), Code::conflict);
    ASSERT_TRUE(store.replace(ObjectName("checkpoint"), as_view("c")));
    EXPECT_EQ(as_text(*store.get(ObjectName("a/b"), 3)), "one");
  }
  EXPECT_EQ(*posix_fs().list(folder.path()), (std::vector<std::string>{"a", "checkpoint"}));
}

TEST(FolderStore, OfTwoWritersOfOneNameAtOnceOneWins) {
  const TemporaryFolder folder;
  for (int round = 0; round < 20; ++round) {
    const ObjectName name("object-" + std::to_string(round));
    bool won[2] = {false, false};
    const auto write = [&](unsigned who) {
      FixedRandom random(who + 1);
      FolderStore store(posix_fs(), folder.path(), random);
      const auto put = store.put(name, as_view(std::to_string(who)));
      EXPECT_TRUE(put || fails_with(put, Code::conflict)) << put.error().sentence();
      won[who] = put.has_value();
    };
    {
      const std::jthread one(write, 0u);
      const std::jthread two(write, 1u);
    }
    ASSERT_NE(won[0], won[1]) << round;
    FixedRandom random;
    EXPECT_EQ(as_text(*FolderStore(posix_fs(), folder.path(), random).get(name, 10)), won[0] ? "0" : "1");
  }
}

// Cut off at every operation.

using Objects = std::map<std::string, std::string>;

/// A run of a writer, and how far it got.
struct Written {
  Objects durable;  // what it was told is durable
  bool done = false;
};

/// Every kind of call. Stops at the first error, as everything above a store does.
Written write_all(Fs& fs, Random& random, bool in_groups) {
  Written run;
  FolderStore store(fs, kRoot, random);
  if (in_groups) store.put_in_groups({});
  const Objects first = {
      {"README.txt", "read me"}, {"deposits/ab/part-0000000", "12345678"}, {"deposits/ab/receipt", "r"}};
  for (const auto& [name, text] : first) {
    if (!store.put(ObjectName(name), as_view(text))) return run;
  }
  if (!store.flush()) return run;
  run.durable = first;
  if (!store.put(ObjectName("tile/0/000.p/1"), as_view("hash"))) return run;
  if (!store.replace(ObjectName("checkpoint"), as_view("one"))) return run;
  run.durable.insert({{"tile/0/000.p/1", "hash"}, {"checkpoint", "one"}});
  if (!store.put(ObjectName("home/staged/x/y"), as_view("batch"))) return run;
  if (!store.put(ObjectName("tile/0/000.p/2"), as_view("two hashes"))) return run;
  if (!store.remove(ObjectName("home/staged/x/y"))) return run;
  if (!store.replace(ObjectName("checkpoint"), as_view("two"))) return run;
  run.durable["checkpoint"] = "two";
  run.durable["tile/0/000.p/2"] = "two hashes";
  run.done = true;
  return run;
}

/// Whole or not at all, and nothing that a writer was told is durable is gone.
void expect_sound(const MemoryFs& fs, const Written& run, const std::string& when) {
  const Objects allowed = {{"README.txt", "read me"},        {"deposits/ab/part-0000000", "12345678"},
                           {"deposits/ab/receipt", "r"},     {"tile/0/000.p/1", "hash"},
                           {"tile/0/000.p/2", "two hashes"}, {"home/staged/x/y", "batch"}};
  const Objects found = objects_of(fs);
  for (const auto& [name, text] : found) {
    if (name == "checkpoint") {
      EXPECT_TRUE(text == "one" || text == "two") << when << ": half a checkpoint: " << text;
    } else {
      EXPECT_EQ(allowed.at(name), text) << when << ": half an object under the name " << name;
    }
  }
  // Whoever sees a checkpoint sees what was put before it.
  const auto checkpoint = found.find("checkpoint");
  const std::string tile = checkpoint == found.end() ? "" : checkpoint->second == "one" ? "1" : "2";
  EXPECT_TRUE(tile.empty() || found.contains("tile/0/000.p/" + tile)) << when << ": a checkpoint before its tile";
  for (const auto& [name, text] : run.durable) {
    const auto kept = found.find(name);
    ASSERT_NE(kept, found.end()) << when << ": " << name << " was reported durable and is gone";
    if (name != "checkpoint") continue;
    EXPECT_TRUE(kept->second == text || kept->second == "two") << when << ": the checkpoint went back";
  }
}

class FolderStorePowerCut : public ::testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(InGroups, FolderStorePowerCut, ::testing::Bool());

TEST_P(FolderStorePowerCut, LeavesWholeObjectsAndAllThatWasDurableAtEveryOperation) {
  FixedRandom random;
  MemoryFs whole;
  whole.seed("archive/staging/other/0", as_view("half"));
  const MemoryFs before = whole;
  ASSERT_TRUE(write_all(whole, random, GetParam()).done);
  ASSERT_GT(whole.operations(), 30u);
  for (std::uint64_t n = 1; n <= whole.operations(); ++n) {
    MemoryFs cut = before;
    cut.cut_power_at(n);
    const Written run = write_all(cut, random, GetParam());
    for (const Unsynced unsynced : kEveryUnsynced) {
      MemoryFs fs = cut;
      fs.reboot(unsynced);
      const std::string when = "cut at " + std::to_string(n) + ", mode " + std::to_string(static_cast<int>(unsynced));
      expect_sound(fs, run, when);
      EXPECT_TRUE(write_all(fs, random, GetParam()).done) << when << ": the next run completes";
      fs.reboot(Unsynced::lost);
      expect_sound(fs, {.durable = {{"checkpoint", "two"}, {"tile/0/000.p/2", "two hashes"}}, .done = true}, when);
      EXPECT_EQ(as_text(fs.files().at("archive/staging/other/0")), "half") << when;
    }
  }
}

TEST_P(FolderStorePowerCut, AFailureOfAnyOneOperationIsReportedAndTheNextRunMakesAllDurable) {
  FixedRandom random;
  MemoryFs whole;
  const Written complete = write_all(whole, random, GetParam());
  for (std::uint64_t n = 1; n <= whole.operations(); ++n) {
    MemoryFs fs;
    fs.fail_at(n, Code::io, "told to fail");
    write_all(fs, random, GetParam());
    EXPECT_TRUE(write_all(fs, random, GetParam()).done) << n;
    fs.reboot(Unsynced::lost);
    expect_sound(fs, complete, "failed at " + std::to_string(n));
  }
}

// The head.

std::optional<Bytes> value(std::string_view text) { return Bytes(text.begin(), text.end()); }

TEST(FolderHead, IsEmptyUntilItIsWritten) {
  MemoryFs fs;
  FolderHead head(fs, "archive/home/head");
  EXPECT_EQ(*head.read(), std::nullopt);
  ASSERT_TRUE(head.compare_and_swap(std::nullopt, as_view("one")));
  EXPECT_EQ(*head.read(), value("one"));
}

TEST(FolderHead, SwapsOnlyWhatIsExpected) {
  MemoryFs fs;
  FolderHead head(fs, "archive/home/head");
  EXPECT_CODE(head.compare_and_swap(value("one"), as_view("two")), Code::conflict);
  ASSERT_TRUE(head.compare_and_swap(std::nullopt, as_view("one")));
  EXPECT_CODE(head.compare_and_swap(std::nullopt, as_view("two")), Code::conflict);
  EXPECT_CODE(head.compare_and_swap(value("on"), as_view("two")), Code::conflict);
  EXPECT_EQ(*head.read(), value("one"));
  EXPECT_TRUE(head.compare_and_swap(value("one"), as_view("two")));
  EXPECT_EQ(*head.read(), value("two"));
}

TEST(FolderHead, AWriterAtWorkKeepsTheOthersOut) {
  MemoryFs fs;
  FolderHead head(fs, "archive/home/head");
  ASSERT_TRUE(head.compare_and_swap(std::nullopt, as_view("one")));
  {
    const auto other = fs.lock("archive/home/head.lock");
    EXPECT_CODE(head.compare_and_swap(value("one"), as_view("two")), Code::conflict);
    EXPECT_EQ(*head.read(), value("one")) << "a reader waits for nobody";
  }
  EXPECT_TRUE(head.compare_and_swap(value("one"), as_view("two")));
}

TEST(FolderHead, LosesNoSwapWhenManyWritersContend) {
  const TemporaryFolder folder;
  const std::string path = join(folder.path(), "head");
  constexpr int kWriters = 4;
  constexpr int kSwapsEach = 25;
  const auto count_up = [&] {
    FolderHead head(posix_fs(), path);
    for (int swaps = 0; swaps < kSwapsEach;) {
      const auto current = head.read();
      ASSERT_TRUE(current) << current.error().sentence();
      // The value is as long as the number of swaps, so that a lost one shows.
      Bytes next = current->value_or(Bytes{});
      next.push_back('+');
      const auto swapped = head.compare_and_swap(*current, next);
      if (swapped) {
        ++swaps;
      } else {
        ASSERT_TRUE(fails_with(swapped, Code::conflict));
      }
    }
  };
  {
    std::vector<std::jthread> writers;
    for (int i = 0; i < kWriters; ++i) writers.emplace_back(count_up);
  }
  EXPECT_EQ((*FolderHead(posix_fs(), path).read())->size(), std::size_t{kWriters * kSwapsEach});
}

TEST(FolderHeadPowerCut, LeavesTheOldOrTheNewHeadAtEveryOperation) {
  for (const bool first : {true, false}) {
    MemoryFs before;
    const std::optional<Bytes> old = first ? std::nullopt : value("old");
    if (old) {
      ASSERT_TRUE(FolderHead(before, "home/head").compare_and_swap(std::nullopt, *old));
    }
    MemoryFs whole = before;
    ASSERT_TRUE(FolderHead(whole, "home/head").compare_and_swap(old, as_view("new")));
    for (std::uint64_t n = before.operations() + 1; n <= whole.operations() + 1; ++n) {
      MemoryFs cut = before;
      cut.cut_power_at(n);
      const auto swapped = FolderHead(cut, "home/head").compare_and_swap(old, as_view("new"));
      EXPECT_EQ(swapped.has_value(), n > whole.operations());
      for (const Unsynced unsynced : kEveryUnsynced) {
        MemoryFs fs = cut;
        fs.reboot(unsynced);
        FolderHead head(fs, "home/head");
        const auto found = head.read();
        ASSERT_TRUE(found) << n;
        EXPECT_TRUE(*found == old || *found == value("new")) << "torn at " << n;
        EXPECT_TRUE(!swapped || *found == value("new")) << "reported success, then forgot";
        EXPECT_TRUE(head.compare_and_swap(*found, as_view("next"))) << "the next run goes on";
      }
    }
  }
}

TEST(FolderHead, WhatWasOnceReadSurvivesAPowerCut) {
  MemoryFs before;
  ASSERT_TRUE(FolderHead(before, "home/head").compare_and_swap(std::nullopt, as_view("old")));
  MemoryFs whole = before;
  ASSERT_TRUE(FolderHead(whole, "home/head").compare_and_swap(value("old"), as_view("new")));
  for (std::uint64_t n = before.operations() + 1; n <= whole.operations(); ++n) {
    MemoryFs fs = before;
    fs.fail_at(n, Code::io, "told to fail");
    EXPECT_CODE(FolderHead(fs, "home/head").compare_and_swap(value("old"), as_view("new")), Code::io);
    const auto seen = FolderHead(fs, "home/head").read();
    ASSERT_TRUE(seen);
    fs.reboot(Unsynced::lost);
    EXPECT_EQ(*FolderHead(fs, "home/head").read(), *seen) << "the log is built on it: failed at " << n;
  }
}

}  // namespace
}  // namespace muniment
