#include "archive/part_writer.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "archive/archive_testing.h"
#include "archive/receipt.h"
#include "base/posix_fs.h"
#include "testing/expect_code.h"
#include "testing/temporary_folder.h"

namespace muniment {
namespace {

struct Way {
  Worker::Mode mode;
  bool leaves_hashing;
};

class PartWriterTest : public ::testing::TestWithParam<Way> {
 protected:
  std::string at(const std::string& name) const { return join(folder.path(), name); }
  TemporaryFolder folder;
};
INSTANTIATE_TEST_SUITE_P(Ways, PartWriterTest,
                         ::testing::Values(Way{Worker::Mode::at_once, true}, Way{Worker::Mode::at_once, false},
                                           Way{Worker::Mode::by_thread, true}, Way{Worker::Mode::by_thread, false}));

/// Every size around the borders of pieces and parts, given in pieces of every kind.
TEST_P(PartWriterTest, CutsAndHashesAtEveryBorder) {
  const Bytes all = noise(2 * kPartBytes + (3 << 20) + 7);
  int number = 0;
  for (const std::uint64_t size :
       {std::uint64_t{1}, std::uint64_t{1} << 20, (std::uint64_t{1} << 20) + 1, kPartBytes - 1, kPartBytes,
        kPartBytes + 1, 2 * kPartBytes, std::uint64_t{all.size()}}) {
    for (const std::size_t piece : {std::size_t{65552}, std::size_t{(1 << 20) - 1}, all.size()}) {
      const std::string place = at(std::to_string(number++));
      ASSERT_TRUE(posix_fs().make_folder(place));
      PartWriter writer(posix_fs(), place, GetParam().mode, GetParam().leaves_hashing);
      ByteView left = ByteView(all).first(size);
      while (!left.empty()) {
        const ByteView given = left.first(std::min(piece, left.size()));
        ASSERT_TRUE(writer.write(given));
        left = left.subspan(given.size());
      }
      ASSERT_TRUE(writer.finish());
      EXPECT_EQ(writer.size_bytes(), size);
      ASSERT_EQ(writer.parts().size(), (size + kPartBytes - 1) / kPartBytes);
      for (std::size_t i = 0; i < writer.parts().size(); ++i) {
        const std::uint64_t begin = i * kPartBytes;
        const ByteView expected = ByteView(all).subspan(begin, std::min<std::uint64_t>(kPartBytes, size - begin));
        const auto written = read_file(posix_fs(), join(place, part_name(i)), kPartBytes);
        ASSERT_TRUE(written);
        EXPECT_TRUE(equal(*written, expected)) << size << " in pieces of " << piece << ", part " << i;
        EXPECT_EQ(writer.parts()[i], sha256(expected));
      }
      ASSERT_TRUE(remove_tree(posix_fs(), place));
    }
  }
}

/// A disk on which no second part can be made.
class OnePartFs final : public ForwardingFs {
 public:
  using ForwardingFs::ForwardingFs;
  Result<std::unique_ptr<OutputFile>> create(const std::string& path) override {
    if (path.ends_with(part_name(1))) return Error(Code::io, "No space left on device");
    return ForwardingFs::create(path);
  }
};

TEST_P(PartWriterTest, TellsWhatTheDiskSaysBeforeItSaysThatItIsDone) {
  OnePartFs fs(posix_fs());
  PartWriter writer(fs, folder.path(), GetParam().mode, GetParam().leaves_hashing);
  const Bytes piece(1 << 20, 7);
  auto written = Result<void>();
  for (int i = 0; i < 40 && written; ++i) written = writer.write(piece);
  if (written) written = writer.finish();
  EXPECT_CODE(written, Code::io);
  EXPECT_CODE(writer.finish(), Code::io);
}

/// One thread writes and another hashes something of its own, as reading and sealing do: whoever hashed a piece, both
/// digests are right and the pieces are in order.
TEST_P(PartWriterTest, AnotherThreadHashesBesideItsOwn) {
  const Bytes all = noise(3 * kPartBytes + 12'345);
  PartWriter writer(posix_fs(), folder.path(), GetParam().mode, GetParam().leaves_hashing);
  Sha256Hasher other;
  Bytes others;
  std::jthread beside([&] {
    for (std::size_t i = 0; i < 40; ++i) {
      const ByteView data = ByteView(all).subspan(i * 1000, i % 5 == 4 ? 100 : 1 << 20);
      append(others, data);
      EXPECT_TRUE(writer.hash_beside(other, data));
    }
  });
  for (std::size_t i = 0; i < all.size(); i += 65'552)
    ASSERT_TRUE(writer.write(ByteView(all).subspan(i, std::min<std::size_t>(65'552, all.size() - i))));
  beside.join();
  ASSERT_TRUE(writer.finish());
  EXPECT_EQ(other.finish(), sha256(others));
  ASSERT_EQ(writer.parts().size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) {
    const ByteView expected =
        ByteView(all).subspan(i * kPartBytes, std::min<std::size_t>(kPartBytes, all.size() - i * kPartBytes));
    EXPECT_EQ(writer.parts()[i], sha256(expected));
    EXPECT_EQ(*read_file(posix_fs(), at(part_name(i)), kPartBytes), Bytes(expected.begin(), expected.end()));
  }
}

TEST_P(PartWriterTest, CanBeLeftInTheMiddle) {
  PartWriter writer(posix_fs(), folder.path(), GetParam().mode, GetParam().leaves_hashing);
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(writer.write(Bytes(1 << 20, 7)));
}

}  // namespace
}  // namespace muniment
