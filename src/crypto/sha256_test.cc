#include "crypto/sha256.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdio>
#include <utility>

#include "crypto/sha256_pair.h"

namespace muniment {
namespace {

// FIPS 180-4's examples.
constexpr auto kOfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr auto kOfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(Sha256, AgreesWithTheStandard) {
  EXPECT_EQ(sha256({}).hex(), kOfNothing);
  EXPECT_EQ(sha256(as_view("abc")).hex(), kOfAbc);
}

TEST(Sha256, IsReadFromItsOwnText) {
  const auto parsed = parse_sha256(kOfAbc);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed, sha256(as_view("abc")));
  EXPECT_EQ(parsed->view().size(), 32u);
}

TEST(Sha256, RefusesTextThatIsNotADigest) {
  const std::string good = kOfAbc;
  for (const std::string& text :
       {std::string(), good.substr(2), good + "00", "BA" + good.substr(2), "g0" + good.substr(2)}) {
    const auto parsed = parse_sha256(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code(), Code::corrupt) << text;
  }
}

TEST(Sha256Hasher, StartsAnewAfterFinish) {
  Sha256Hasher hasher;
  hasher.update(as_view("a"));
  hasher.update(as_view("bc"));
  EXPECT_EQ(hasher.finish().hex(), kOfAbc);
  EXPECT_EQ(hasher.finish().hex(), kOfNothing);
  hasher.update(as_view("abc"));
  EXPECT_EQ(hasher.finish().hex(), kOfAbc);
}

TEST(Sha256Hasher, KeepsItsStateWhenMoved) {
  Sha256Hasher first;
  first.update(as_view("ab"));
  Sha256Hasher second = std::move(first);
  second.update(as_view("c"));
  Sha256Hasher third;
  third = std::move(second);
  EXPECT_EQ(third.finish().hex(), kOfAbc);
}

/// Every length of both messages to three blocks and more, every place of a stream within its block, and every
/// alignment: as libcrypto says it of each alone.
TEST(Sha256Hasher, TwoStreamsTogetherAreTheTwoAlone) {
  if (!has_sha_instructions()) std::puts("This processor has no SHA instructions: both ways are libcrypto's here.");
  Bytes noise(1024);
  for (std::size_t i = 0; i < noise.size(); ++i) noise[i] = static_cast<std::uint8_t>(i * 167 + i / 7);
  const ByteView all(noise);
  Sha256Hasher a;
  Sha256Hasher b;
  const auto check = [&](std::size_t place_a, std::size_t size_a, std::size_t place_b, std::size_t size_b,
                         std::size_t shift) {
    a.update(all.first(place_a));
    b.update(all.first(place_b));
    Sha256Hasher::update_both(a, all.subspan(place_a, size_a), b, all.subspan(place_b + shift, size_b));
    Bytes second(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(place_b));
    append(second, all.subspan(place_b + shift, size_b));
    ASSERT_EQ(a.finish(), sha256(all.first(place_a + size_a))) << place_a << " " << size_a << " " << place_b;
    ASSERT_EQ(b.finish(), sha256(second)) << place_b << " " << size_b << " " << shift;
  };
  for (std::size_t size_a = 0; size_a <= 200; ++size_a) {
    for (std::size_t size_b = 0; size_b <= 200; ++size_b) check(0, size_a, 0, size_b, 0);
  }
  for (std::size_t place = 0; place < 64; ++place) {
    for (std::size_t shift = 0; shift < 64; ++shift) check(place, 300 - place, 63 - place, 257 + shift, shift);
  }
}

TEST(Sha256Hasher, TwoLongStreamsKeepTheirCounts) {
  const Bytes piece(std::size_t{16} << 20, 7);
  Sha256Hasher a;
  Sha256Hasher b;
  Sha256Hasher alone;
  for (int i = 0; i < 33; ++i) {  // more than 2^32 bits
    Sha256Hasher::update_both(a, piece, b, piece);
    alone.update(piece);
  }
  const Sha256 expected = alone.finish();
  EXPECT_EQ(a.finish(), expected);
  EXPECT_EQ(b.finish(), expected);
}

RC_GTEST_PROP(Sha256Hasher, DoesNotSeeHowTheBytesWereCut, (const Bytes& a, const Bytes& b)) {
  Bytes whole = a;
  append(whole, b);
  Sha256Hasher hasher;
  hasher.update(a);
  hasher.update(b);
  RC_ASSERT(hasher.finish() == sha256(whole));
}

}  // namespace
}  // namespace muniment
