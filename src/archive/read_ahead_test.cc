#include "archive/read_ahead.h"

#include <gtest/gtest.h>

#include "archive/archive_testing.h"
#include "base/posix_fs.h"
#include "testing/memory_fs.h"
#include "testing/temporary_folder.h"

namespace muniment {
namespace {

std::vector<SourceItem> items_in(Fs& fs, const std::string& path) {
  std::vector<SourceItem> items;
  SourceWalk walk(fs, path);
  while (auto item = walk.next()) items.push_back(*std::move(item));
  return items;
}

/// What was taken, and the bytes of what is whole, copied before the next call.
struct Taken {
  std::string path;
  bool is_whole = false;
  Bytes bytes;
};

class ReadAheadTest : public ::testing::TestWithParam<Worker::Mode> {
 protected:
  std::vector<Taken> take_all(Fs& fs, const std::vector<SourceItem>& items) {
    std::vector<Taken> all;
    ReadAhead ahead(fs, GetParam());
    const auto take = [&] {
      const ReadItem& read = ahead.take();
      Taken taken{.path = read.item.true_path, .is_whole = read.whole.has_value(), .bytes = {}};
      if (read.whole) {
        taken.bytes.assign(read.whole->bytes.begin(), read.whole->bytes.end());
        EXPECT_EQ(read.whole->digest, sha256(taken.bytes)) << taken.path;
        EXPECT_EQ(read.whole->info.size_bytes, taken.bytes.size());
        EXPECT_EQ(read.whole->info.modified_ns, read.item.info.modified_ns);
      }
      all.push_back(std::move(taken));
    };
    for (const SourceItem& item : items) {
      ahead.give(item);
      while (ahead.is_full()) take();
    }
    while (!ahead.empty()) take();
    return all;
  }
};
INSTANTIATE_TEST_SUITE_P(Modes, ReadAheadTest, ::testing::Values(Worker::Mode::at_once, Worker::Mode::by_thread));

/// Many batches, of every size around the border, on a real disk.
TEST_P(ReadAheadTest, GivesEverythingInItsOrder) {
  TemporaryFolder folder;
  const std::string source = join(folder.path(), "source");
  ASSERT_TRUE(posix_fs().make_folder(source));
  const Bytes data = noise(2 * ReadAhead::kSmallBytes);
  std::vector<std::size_t> sizes;
  for (std::size_t i = 0; i < 700; ++i) {
    constexpr std::size_t kBorder = ReadAhead::kSmallBytes;
    sizes.push_back(i % 50 == 0   ? kBorder - 1
                    : i % 51 == 0 ? kBorder
                    : i % 52 == 0 ? kBorder + 1
                    : i % 53 == 0 ? 0
                                  : i * 17);
    const std::string name = std::to_string(1000 + i);
    ASSERT_TRUE(write_new(posix_fs(), join(source, name), ByteView(data).subspan(i % 100, sizes[i])));
  }
  const auto taken = take_all(posix_fs(), items_in(posix_fs(), source));
  ASSERT_EQ(taken.size(), sizes.size());
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    EXPECT_EQ(taken[i].path, "source/" + std::to_string(1000 + i));
    EXPECT_EQ(taken[i].is_whole, sizes[i] < ReadAhead::kSmallBytes) << i;
    if (!taken[i].is_whole) continue;
    EXPECT_TRUE(equal(taken[i].bytes, ByteView(data).subspan(i % 100, sizes[i]))) << i;
  }
}

/// What changes under its hands is not whole: what became of it is found out by who opens it in its turn.
TEST_P(ReadAheadTest, LeavesWhatIsNotAsItShouldBe) {
  MemoryFs fs;
  for (const char* name : {"changed", "cut", "gone", "good", "grown", "unreadable"})
    fs.seed(join("s", name), noise(5000));
  fs.seed_link("s/link", "good");
  fs.seed_special("s/socket", FileType::socket);
  const auto items = items_in(fs, "s");
  ASSERT_TRUE(fs.remove("s/gone"));
  fs.on_read("s/changed", [&](std::uint64_t) { return fs.set_modified("s/changed", 77); });
  fs.on_read("s/cut", [&](std::uint64_t) -> Result<void> {
    fs.seed("s/cut", noise(100));
    return {};
  });
  fs.on_read("s/grown", [&](std::uint64_t) -> Result<void> {
    fs.seed("s/grown", noise(500'000));
    return {};
  });
  fs.on_read("s/unreadable", [](std::uint64_t) -> Result<void> { return Error(Code::io, "Input/output error"); });
  const auto taken = take_all(fs, items);
  ASSERT_EQ(taken.size(), items.size());
  for (const Taken& one : taken) EXPECT_EQ(one.is_whole, one.path == "s/good") << one.path;
}

/// A file that became larger than it was when it was looked at takes no memory of the others.
TEST_P(ReadAheadTest, WhatHasGrownBeforeItsTurnTakesNoRoom) {
  MemoryFs fs;
  fs.seed("s/a", noise(100));
  fs.seed("s/b", noise(200));
  const auto items = items_in(fs, "s");
  fs.seed("s/a", noise(70'000));
  const auto taken = take_all(fs, items);
  ASSERT_EQ(taken.size(), 2u);
  EXPECT_FALSE(taken[0].is_whole);
  EXPECT_TRUE(taken[1].is_whole);
}

TEST_P(ReadAheadTest, CanBeLeftInTheMiddle) {
  MemoryFs fs;
  for (int i = 0; i < 200; ++i) fs.seed("s/" + std::to_string(i), noise(50));
  const auto items = items_in(fs, "s");
  ReadAhead ahead(fs, GetParam());
  for (std::size_t i = 0; i < 40; ++i) ahead.give(items[i]);
  EXPECT_EQ(ahead.take().item.true_path, items[0].true_path);
}

}  // namespace
}  // namespace muniment
