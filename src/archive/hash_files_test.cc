#include "archive/hash_files.h"

#include <gtest/gtest.h>

#include "archive/archive_testing.h"
#include "testing/expect_code.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

class HashFilesTest : public ::testing::Test {
 protected:
  std::unique_ptr<InputFile> file_of(ByteView bytes) {
    const std::string path = "file-" + std::to_string(count_++);
    MUNIMENT_CHECK(write_new(fs, path, bytes).has_value());
    return std::move(fs.open(path).value());
  }

  MemoryFs fs;
  int count_ = 0;
};

/// Lengths around the pieces in which they are read, the one longer than the other and the other way round.
TEST_F(HashFilesTest, EachIsAsItWouldBeAlone) {
  const Bytes all = noise(3 * 262'144);
  const std::array<std::size_t, 7> sizes = {0, 1, 63, 262'143, 262'144, 262'145, 3 * 262'144};
  for (const std::size_t first : sizes) {
    for (const std::size_t second : sizes) {
      const ByteView a = ByteView(all).first(first);
      const ByteView b = ByteView(all).last(second);
      const auto file_a = file_of(a);
      const auto file_b = file_of(b);
      std::uint64_t told = 0;
      const auto digests = hash_files(std::array<FileToHash, 2>{{{file_a.get(), first}, {file_b.get(), second}}},
                                      [&](std::uint64_t bytes) { told += bytes; });
      ASSERT_TRUE(digests[0]);
      ASSERT_TRUE(digests[1]);
      EXPECT_EQ(*digests[0], sha256(a)) << first << " beside " << second;
      EXPECT_EQ(*digests[1], sha256(b)) << second << " beside " << first;
      EXPECT_EQ(told, first + second);
    }
  }
}

TEST_F(HashFilesTest, OneThatIsTooLongIsToldAndTheOtherIsHashed) {
  const Bytes all = noise(600'000);
  const auto long_one = file_of(all);
  const auto other = file_of(all);
  const auto digests = hash_files(
      std::array<FileToHash, 2>{{{long_one.get(), all.size() - 1}, {other.get(), all.size()}}}, [](std::uint64_t) {});
  EXPECT_CODE(digests[0], Code::limit);
  ASSERT_TRUE(digests[1]);
  EXPECT_EQ(*digests[1], sha256(all));
}

/// More than fit at once, each of another length, one that is too long and one that is nothing among them.
TEST_F(HashFilesTest, ManyAreAsEachWouldBeAlone) {
  const Bytes all = noise(200'000);
  for (const std::size_t count : {0u, 1u, 3u, 7u, 8u, 15u, 16u, 17u, 33u, 40u}) {
    std::vector<std::unique_ptr<InputFile>> files;
    std::vector<FileToHash> to_hash;
    const auto size_of = [&](std::size_t i) { return (i * 31'337 + count) % all.size(); };
    for (std::size_t i = 0; i < count; ++i) {
      files.push_back(file_of(ByteView(all).last(size_of(i))));
      to_hash.push_back({i == 5 ? nullptr : files.back().get(), size_of(i) - (i == 6 ? 1 : 0)});
    }
    const auto digests = hash_files(to_hash, [](std::uint64_t) {});
    ASSERT_EQ(digests.size(), count);
    for (std::size_t i = 0; i < count; ++i) {
      if (i == 5) continue;
      if (i == 6) {
        EXPECT_CODE(digests[i], Code::limit);
        continue;
      }
      ASSERT_TRUE(digests[i]);
      EXPECT_EQ(*digests[i], sha256(ByteView(all).last(size_of(i)))) << i << " of " << count;
    }
  }
}

TEST_F(HashFilesTest, OneMayBeAlone) {
  const auto file = file_of(as_view("alone"));
  const auto digests = hash_files(std::array<FileToHash, 2>{{{file.get(), 5}, {}}}, [](std::uint64_t) {});
  ASSERT_EQ(digests.size(), 2u);
  ASSERT_TRUE(digests[0]);
  EXPECT_EQ(*digests[0], sha256(as_view("alone")));
}

}  // namespace
}  // namespace muniment
