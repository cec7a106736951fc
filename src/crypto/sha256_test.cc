#include "crypto/sha256.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <utility>

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
