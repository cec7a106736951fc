#include "crypto/digest.h"

#include <gtest/gtest.h>

#include <utility>

namespace muniment {
namespace {

std::string digest_of_abc(std::string_view algorithm) {
  auto digester = Digester::open(algorithm);
  if (!digester) return digester.error().sentence();
  digester->update(as_view("a"));
  digester->update(as_view("bc"));
  return digester->finish_hex();
}

// RFC 1321 and FIPS 180-4: the examples for "abc".
TEST(Digester, AgreesWithTheStandards) {
  EXPECT_EQ(digest_of_abc("md5"), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(digest_of_abc("sha1"), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(digest_of_abc("sha224"), "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7");
  EXPECT_EQ(digest_of_abc("sha256"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(digest_of_abc("sha384"),
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
            "8086072ba1e7cc2358baeca134c825a7");
  EXPECT_EQ(digest_of_abc("sha512"),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

TEST(Digester, RefusesOtherNames) {
  for (const std::string_view name : {"", "SHA256", "sha-256", "sha3-256", "md4", "sha256 "}) {
    const auto digester = Digester::open(name);
    ASSERT_FALSE(digester) << name;
    EXPECT_EQ(digester.error().code(), Code::unsupported) << name;
  }
}

TEST(Digester, KeepsItsStateWhenMoved) {
  auto first = Digester::open("md5");
  auto second = Digester::open("sha1");
  ASSERT_TRUE(first && second);
  first->update(as_view("abc"));
  *second = std::move(*first);
  EXPECT_EQ(second->finish_hex(), "900150983cd24fb0d6963f7d28e17f72");
}

}  // namespace
}  // namespace muniment
