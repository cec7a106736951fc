#include "crypto/sha256_sixteen.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/bytes.h"
#include "crypto/sha256.h"

namespace muniment {
namespace {

// FIPS 180-4 section 5.3.3, and the only block of its example "abc" with the hash of it.
constexpr std::array<std::uint32_t, 8> kStart = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                                 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
constexpr std::array<std::uint32_t, 8> kHashOfAbc = {0xba7816bf, 0x8f01cfea, 0x414140de, 0x5dae2223,
                                                     0xb00361a3, 0x96177a9c, 0xb410ff61, 0xf20015ad};

Bytes padded_abc() {
  Bytes block(64);
  block[0] = 'a';
  block[1] = 'b';
  block[2] = 'c';
  block[3] = 0x80;
  block[63] = 24;
  return block;
}

/// The example in each lane in turn, at every alignment, among blocks that are all different.
TEST(Sha256Sixteen, AgreesWithTheStandardInEveryLane) {
  if (!has_room_for_sixteen()) GTEST_SKIP() << "this processor has no AVX-512, or better instructions";
  const Bytes abc = padded_abc();
  for (std::size_t place = 0; place < 16; ++place) {
    Bytes memory(16 * 65 + 1);
    for (std::size_t i = 0; i < memory.size(); ++i) memory[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
    std::array<std::array<std::uint32_t, 8>, 16> states;
    std::array<HashLane, 16> lanes;
    for (std::size_t i = 0; i < 16; ++i) {
      states[i] = kStart;
      lanes[i] = {states[i].data(), memory.data() + 65 * i};
    }
    std::ranges::copy(abc, memory.begin() + static_cast<std::ptrdiff_t>(65 * place));
    compress_sixteen(lanes, 1);
    for (std::size_t i = 0; i < 16; ++i) EXPECT_EQ(states[i] == kHashOfAbc, i == place) << i << ", " << place;
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
  auto state = kStart;
  std::array<HashLane, 16> lanes;
  lanes.fill({state.data(), nullptr});
  compress_sixteen(lanes, 0);
  EXPECT_EQ(state, kStart);
}

}  // namespace
}  // namespace muniment
