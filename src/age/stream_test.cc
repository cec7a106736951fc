#include "age/stream.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <vector>

namespace muniment::age {
namespace {

Secret<32> some_key(std::uint8_t first = 1) {
  Secret<32> key;
  key.expose_mut()[0] = first;
  return key;
}

/// Bytes that differ from chunk to chunk.
Bytes some_plain(std::size_t size) {
  Bytes plain(size);
  for (std::size_t i = 0; i < size; ++i) plain[i] = static_cast<std::uint8_t>(i ^ (i >> 8) ^ (i >> 16));
  return plain;
}

ByteSink into(Bytes& bytes) {
  return [&bytes](ByteView piece) -> Result<void> {
    append(bytes, piece);
    return {};
  };
}

/// Writes `bytes` in pieces of `piece` bytes and finishes.
template <typename Stream>
Result<void> feed(Stream& stream, ByteView bytes, std::size_t piece) {
  for (; !bytes.empty(); bytes = bytes.subspan(std::min(piece, bytes.size()))) {
    TRY(stream.write(bytes.first(std::min(piece, bytes.size()))));
  }
  return stream.finish();
}

Bytes seal(ByteView plain, std::size_t piece = SIZE_MAX) {
  Bytes sealed;
  StreamSealer sealer(some_key(), into(sealed));
  EXPECT_TRUE(feed(sealer, plain, piece));
  return sealed;
}

struct Opened {
  Result<void> result;
  Bytes plain;
};

Opened open(ByteView sealed, std::size_t piece = SIZE_MAX) {
  Opened opened;
  StreamOpener opener(some_key(), into(opened.plain));
  opened.result = feed(opener, sealed, piece);
  return opened;
}

/// A chunk as the standard has it, made without StreamSealer.
Bytes chunk(ByteView plain, std::uint8_t counter, bool last) {
  Nonce nonce{};
  nonce[10] = counter;
  nonce[11] = last ? 1 : 0;
  Bytes sealed(plain.size() + kTagBytes);
  ChaCha20Poly1305(some_key()).seal(nonce, plain, sealed);
  return sealed;
}

const std::vector<std::size_t> kSizes = {0, 1, 65535, 65536, 65537, 131071, 131072, 131073, 196608, 196609, 1000000};
const std::vector<std::size_t> kPieces = {1000, 65535, 65536, 65537, 65552, 65553, 200000, SIZE_MAX};

TEST(Stream, OpensWhatItSealedHoweverItIsCut) {
  for (const std::size_t size : kSizes) {
    const Bytes plain = some_plain(size);
    const Bytes whole = seal(plain);
    EXPECT_EQ(whole.size(), sealed_size(size));
    for (const std::size_t piece : kPieces) {
      EXPECT_EQ(seal(plain, piece), whole) << size << " in pieces of " << piece;
      const Opened opened = open(whole, piece);
      ASSERT_TRUE(opened.result) << size << " in pieces of " << piece << ": " << opened.result.error().sentence();
      EXPECT_EQ(opened.plain, plain);
    }
  }
}

TEST(Stream, HasTheChunksOfTheStandard) {
  const Bytes plain = some_plain(2 * kChunkBytes);
  Bytes expected = chunk(ByteView(plain).first(kChunkBytes), 0, false);
  append(expected, chunk(ByteView(plain).last(kChunkBytes), 1, true));
  EXPECT_EQ(seal(plain), expected);
  EXPECT_EQ(seal({}), chunk({}, 0, true));
}

// 300 chunks: the counter runs over its lowest byte.
TEST(Stream, CountsBeyondOneByte) {
  const Bytes plain = some_plain(300 * kChunkBytes);
  const Bytes sealed = seal(plain);
  Nonce nonce{};
  nonce[9] = 1;
  Bytes opened(kChunkBytes);
  ASSERT_TRUE(ChaCha20Poly1305(some_key())
                  .open(nonce, ByteView(sealed).subspan(256 * kSealedChunkBytes, kSealedChunkBytes), opened));
  EXPECT_TRUE(equal(opened, ByteView(plain).subspan(256 * kChunkBytes, kChunkBytes)));
  EXPECT_EQ(open(sealed).plain, plain);
}

TEST(StreamSealer, GivesOneChunkAtATime) {
  std::vector<std::size_t> sizes;
  StreamSealer sealer(some_key(), [&sizes](ByteView piece) -> Result<void> {
    sizes.push_back(piece.size());
    return {};
  });
  ASSERT_TRUE(feed(sealer, some_plain(150000), 7000));
  EXPECT_EQ(sizes, (std::vector<std::size_t>{65552, 65552, 150000 - 2 * 65536 + 16}));
}

TEST(StreamOpener, SaysWhereItWasCut) {
  const Bytes sealed = seal(some_plain(200000));
  for (const std::size_t size : {std::size_t{0}, std::size_t{15}, kSealedChunkBytes, 2 * kSealedChunkBytes + 3}) {
    const Opened opened = open(ByteView(sealed).first(size));
    ASSERT_FALSE(opened.result) << size;
    EXPECT_EQ(opened.result.error().code(), Code::corrupt) << size;
    EXPECT_EQ(opened.plain.size(), size / kSealedChunkBytes * kChunkBytes);
  }
  for (const std::size_t size : {std::size_t{16}, kSealedChunkBytes - 1, kSealedChunkBytes + 16, sealed.size() - 1}) {
    const Opened opened = open(ByteView(sealed).first(size));
    ASSERT_FALSE(opened.result) << size;
    EXPECT_EQ(opened.result.error().code(), Code::forged) << size;
  }
}

TEST(StreamOpener, RefusesBytesAfterTheLastChunk) {
  for (const std::size_t size : {std::size_t{100}, kChunkBytes, 2 * kChunkBytes}) {
    for (const std::size_t extra : {std::size_t{1}, kSealedChunkBytes}) {
      Bytes sealed = seal(some_plain(size));
      sealed.resize(sealed.size() + extra);
      for (const std::size_t piece : {std::size_t{1000}, kSealedChunkBytes, SIZE_MAX}) {
        const Opened opened = open(sealed, piece);
        ASSERT_FALSE(opened.result) << size << " and " << extra;
        EXPECT_EQ(opened.result.error().code(), Code::forged);
      }
    }
  }
}

TEST(StreamOpener, RefusesAnEmptyLastChunkAfterOthers) {
  Bytes sealed = chunk(some_plain(kChunkBytes), 0, false);
  append(sealed, chunk({}, 1, true));
  const Opened opened = open(sealed);
  ASSERT_FALSE(opened.result);
  EXPECT_EQ(opened.result.error().code(), Code::corrupt);
}

TEST(StreamOpener, RefusesChunksOutOfOrder) {
  const Bytes sealed = seal(some_plain(3 * kChunkBytes));
  Bytes swapped(sealed.begin() + kSealedChunkBytes, sealed.begin() + 2 * kSealedChunkBytes);
  append(swapped, ByteView(sealed).first(kSealedChunkBytes));
  append(swapped, ByteView(sealed).last(kSealedChunkBytes));
  const Opened opened = open(swapped);
  ASSERT_FALSE(opened.result);
  EXPECT_EQ(opened.result.error().code(), Code::forged);
  EXPECT_TRUE(opened.plain.empty());
}

TEST(StreamOpener, ReleasesOnlyWhatIsAuthentic) {
  const Bytes plain = some_plain(300000);
  Bytes sealed = seal(plain);
  sealed[2 * kSealedChunkBytes + 5] ^= 1;
  for (const std::size_t piece : kPieces) {
    const Opened opened = open(sealed, piece);
    ASSERT_FALSE(opened.result);
    EXPECT_EQ(opened.result.error().code(), Code::forged);
    EXPECT_NE(opened.result.error().sentence().find("chunk 2 "), std::string::npos);
    EXPECT_TRUE(equal(opened.plain, ByteView(plain).first(2 * kChunkBytes)));
  }
}

TEST(StreamOpener, NeverSucceedsAfterAnError) {
  Bytes sealed = seal(some_plain(kChunkBytes));
  sealed.push_back(0);
  Bytes plain;
  StreamOpener opener(some_key(), into(plain));
  ASSERT_FALSE(opener.write(sealed));
  EXPECT_FALSE(opener.write(sealed));
  EXPECT_FALSE(opener.finish());
}

TEST(Stream, PassesOnTheErrorOfItsSink) {
  const ByteSink full_disk = [](ByteView) -> Result<void> { return Error(Code::io, "the disk is full"); };
  const ByteSink suspicious = [](ByteView) -> Result<void> { return Error(Code::forged, "another file"); };
  const Bytes plain = some_plain(3 * kChunkBytes);
  StreamSealer sealer(some_key(), full_disk);
  EXPECT_EQ(sealer.write(plain).error().code(), Code::io);
  StreamOpener opener(some_key(), full_disk);
  EXPECT_EQ(opener.write(seal(plain)).error().code(), Code::io);
  // An error that looks like that of a wrong tag is still the sink's.
  StreamOpener other(some_key(), suspicious);
  EXPECT_EQ(other.write(seal(plain)).error().sentence(), "another file");
}

TEST(StreamOpener, RefusesAnotherKey) {
  Bytes plain;
  StreamOpener opener(some_key(2), into(plain));
  const auto result = feed(opener, seal(some_plain(10)), SIZE_MAX);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), Code::forged);
}

RC_GTEST_PROP(StreamOpener, NoticesAnyFlippedBit, ()) {
  const Bytes plain = some_plain(*rc::gen::inRange<std::size_t>(0, 140000));
  Bytes sealed = seal(plain);
  const auto bit = *rc::gen::inRange<std::size_t>(0, sealed.size() * 8);
  sealed[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
  const Opened opened = open(sealed);
  RC_ASSERT(!opened.result);
  RC_ASSERT(opened.result.error().code() == Code::forged);
  RC_ASSERT(equal(opened.plain, ByteView(plain).first(opened.plain.size())));
}

}  // namespace
}  // namespace muniment::age
