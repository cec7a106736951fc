#include "archive/seal_kind.h"

#include <gtest/gtest.h>

#include "archive/orders_testing.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

/// A header of stanzas of these types, which nobody opens: the kind is told without a key, and without ML-KEM.
Bytes header_of(const std::vector<std::string>& types) {
  std::vector<age::Stanza> stanzas;
  for (const std::string& type : types) stanzas.push_back({{type, "argument"}, Bytes(32)});
  return bytes_of(age::render_header(stanzas, age::FileKey()));
}

TEST(HeadersOfSeals, AreHybridWhenHybridKeysAloneOpenThem) {
  EXPECT_TRUE(*is_hybrid_header(header_of({"mlkem768x25519"})));
  EXPECT_TRUE(*is_hybrid_header(header_of({"mlkem768x25519", "mlkem768x25519"})));
  EXPECT_FALSE(*is_hybrid_header(header_of({"X25519"})));
  EXPECT_FALSE(*is_hybrid_header(header_of({"mlkem768x25519", "X25519"}))) << "as weak as the weaker one";
  EXPECT_CODE(is_hybrid_header(as_view("junk")), Code::corrupt);
}

class KindsOfSeals : public ::testing::Test {
 protected:
  void put(std::uint64_t number, const std::string& type) {
    fs.seed("archive/" + deposit_folder(deposit.id) + "/" + header_name(number), header_of({type}));
  }
  /// The log names seals up to this one, from `oldest` on.
  SealKind kind(std::uint64_t newest, std::uint64_t oldest = 0) {
    deposit.seals.clear();
    for (std::uint64_t number = 1; number <= newest; ++number) deposit.seals.push_back({number, {}, {}});
    deposit.oldest_seal = oldest;
    return find_seal_kind(store, deposit);
  }

  MemoryFs fs;
  FixedRandom random;
  FolderStore store{fs, "archive", random};
  LoggedDeposit deposit;
};

TEST_F(KindsOfSeals, AreThoseOfTheOnlyOne) {
  put(0, "X25519");
  EXPECT_EQ(kind(0), SealKind::classic);
  put(0, "mlkem768x25519");
  EXPECT_EQ(kind(0), SealKind::hybrid);
}

TEST_F(KindsOfSeals, TellThatAnOlderOneWasClassic) {
  put(0, "X25519");
  put(1, "mlkem768x25519");
  EXPECT_EQ(kind(1), SealKind::hybrid_since);
  put(2, "mlkem768x25519");
  EXPECT_EQ(kind(2), SealKind::hybrid_since);
  put(0, "mlkem768x25519");
  EXPECT_EQ(kind(2), SealKind::hybrid);
  put(2, "X25519");
  EXPECT_EQ(kind(2), SealKind::classic) << "a later one may be weaker";
}

TEST_F(KindsOfSeals, AreUnknownWhereTheHeaderIsNotHereOrWasDropped) {
  EXPECT_EQ(kind(0), SealKind::unknown);
  put(1, "mlkem768x25519");
  EXPECT_EQ(kind(1), SealKind::unknown) << "the older one is not here";
  EXPECT_EQ(kind(1, 1), SealKind::unknown) << "the older one was dropped";
  EXPECT_EQ(kind(2, 1), SealKind::unknown) << "the newest one is not here";
  put(2, "X25519");
  EXPECT_EQ(kind(2, 1), SealKind::classic);
  put(1, "X25519");
  put(2, "mlkem768x25519");
  EXPECT_EQ(kind(2), SealKind::hybrid_since) << "one classic seal is enough, whatever the others were";
  EXPECT_EQ(kind(2, 1), SealKind::hybrid_since);
}

}  // namespace
}  // namespace muniment
