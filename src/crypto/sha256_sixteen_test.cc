#include "crypto/sha256_sixteen.h"

#include <gtest/gtest.h>

#include <vector>

#include "crypto/sha256.h"
#include "crypto/sha256_testing.h"

namespace muniment {
namespace {

/// The example in each lane in turn, at every alignment, among blocks that are all different.
TEST(Sha256Sixteen, AgreesWithTheStandardInEveryLane) {
  if (!has_room_for_sixteen()) GTEST_SKIP() << "this processor has no AVX-512, or better instructions";
  const Bytes abc = block_of_abc();
  for (std::size_t place = 0; place < 16; ++place) {
    Bytes memory(16 * 65 + 1);
    for (std::size_t i = 0; i < memory.size(); ++i) memory[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
    std::array<std::array<std::uint32_t, 8>, 16> states;
    std::array<HashLane, 16> lanes;
    for (std::size_t i = 0; i < 16; ++i) {
      states[i] = kInitial;
      lanes[i] = {states[i].data(), memory.data() + 65 * i};
    }
    std::ranges::copy(abc, memory.begin() + static_cast<std::ptrdiff_t>(65 * place));
    compress_sixteen(lanes, 1);
    for (std::size_t i = 0; i < 16; ++i) EXPECT_EQ(states[i] == kOfAbc, i == place) << i << ", " << place;
  }
}

/// Every number of streams, every length up to a few blocks, in pieces that end within blocks: as libcrypto has it.
TEST(Sha256Sixteen, AnyNumberOfStreamsAreAsEachWouldBeAlone) {
  Bytes all(20'000);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint8_t>(i * 13 + i / 200);
  for (std::size_t count = 0; count <= 40; ++count) {
    for (std::size_t seed = 0; seed < 30; ++seed) {
      std::vector<Sha256Hasher> hashers(count);
      std::vector<Bytes> given(count);
      for (std::size_t round = 0; round < 3; ++round) {
        std::vector<Sha256Hasher::Stream> streams;
        for (std::size_t i = 0; i < count; ++i) {
          const std::size_t size = (seed * 37 + i * (seed % 5) * 61 + round * 7) % 900;
          const ByteView piece = ByteView(all).subspan(i * 11 + round, size);
          append(given[i], piece);
          streams.push_back({&hashers[i], piece});
        }
        Sha256Hasher::update_all(std::move(streams));
      }
      for (std::size_t i = 0; i < count; ++i)
        ASSERT_EQ(hashers[i].finish(), sha256(given[i])) << i << " of " << count << ", seed " << seed;
    }
  }
}

TEST(Sha256Sixteen, NoBlocksChangeNothing) {
  if (!has_room_for_sixteen()) GTEST_SKIP() << "this processor has no AVX-512, or better instructions";
  auto state = kInitial;
  std::array<HashLane, 16> lanes;
  lanes.fill({state.data(), nullptr});
  compress_sixteen(lanes, 0);
  EXPECT_EQ(state, kInitial);
}

}  // namespace
}  // namespace muniment
