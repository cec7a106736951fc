#include "age/file.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "age/armor.h"
#include "base/encoding.h"
#include "testing/fixed_random.h"

namespace muniment::age {
namespace {

// age's test file "x25519".
constexpr std::string_view kIdentity = "AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0";
constexpr std::string_view kHeader =
    "age-encryption.org/v1\n"
    "-> X25519 TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOCc\n"
    "hjabGXwSLQ9c3S6Lw2i+S2Tu2fiwQHHslbBN6B41FLE\n"
    "--- WyJp9F/9FOZh7gJdheq2WIJcwHgYc8NIVh3ddwhrcNg\n";
constexpr std::string_view kNonce = "eecf62c7ce91b433274e68d4f2f9134c";
constexpr std::string_view kChunk = "b74c5bfef7beaa52c8f0bc0e992c1e8331fb66";

Bytes known_file() {
  Bytes file(kHeader.begin(), kHeader.end());
  append(file, *from_hex(kNonce));
  append(file, *from_hex(kChunk));
  return file;
}

ScryptRecipient by_passphrase(std::string_view text) { return ScryptRecipient(SecretBytes::copy_of(as_view(text)), 4); }

/// Three people of the same kind, one of whom looks on.
struct People {
  FixedRandom random;
  X25519Identity ada = X25519Identity::make(random);
  X25519Identity ben = X25519Identity::make(random);
  X25519Identity eve = X25519Identity::make(random);
  X25519Recipient to_ada = ada.recipient();
  X25519Recipient to_ben = ben.recipient();
};

Code code_of(ByteView file, std::vector<const Identity*> identities) {
  const auto opened = open_bytes(file, identities);
  EXPECT_FALSE(opened);
  return opened ? Code::invalid : opened.error().code();
}

TEST(OpenHeader, AgreesWithAge) {
  const auto identity = parse_identity(kIdentity);
  ASSERT_TRUE(identity);
  const std::vector<const Identity*> identities = {identity->get()};
  const Bytes file = known_file();
  const auto header = open_header(file, identities);
  ASSERT_TRUE(header) << header.error().sentence();
  EXPECT_EQ(header->size_bytes, kHeader.size() + kPayloadNonceBytes);
  EXPECT_EQ(to_hex(header->payload_key.expose()), "6b6c189a7af0e7b1dba932c87080d8926b2de53fbf9eac516394701223669022");
  const auto plain = open_bytes(file, identities);
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->expose_text(), "age");
}

TEST(OpenHeader, TriesIdentitiesInOrder) {
  People people;
  const auto known = parse_identity(kIdentity);
  ASSERT_TRUE(known);
  const Bytes file = known_file();
  const std::vector<const Identity*> with_others = {&people.ada, known->get(), &people.ben};
  EXPECT_TRUE(open_header(file, with_others));
  const std::vector<const Identity*> without = {&people.ada, &people.ben};
  EXPECT_EQ(open_header(file, without).error().code(), Code::denied);
  EXPECT_EQ(open_header(file, {}).error().code(), Code::denied);
}

TEST(OpenHeader, SaysWhatIsWrong) {
  const auto identity = parse_identity(kIdentity);
  ASSERT_TRUE(identity);
  const std::vector<const Identity*> identities = {identity->get()};
  const Bytes file = known_file();
  const auto code = [&](ByteView bytes) { return open_header(bytes, identities).error().code(); };

  EXPECT_EQ(code(ByteView(file).first(kHeader.size())), Code::corrupt);       // no nonce
  EXPECT_EQ(code(ByteView(file).first(kHeader.size() + 15)), Code::corrupt);  // half of it
  EXPECT_EQ(code(ByteView(file).first(kHeader.size() - 1)), Code::corrupt);
  EXPECT_EQ(open_header(file, identities, {.bytes_max = 50}).error().code(), Code::limit);
  std::string wrong_mac(kHeader);
  wrong_mac[wrong_mac.size() - 3] = 'A';
  wrong_mac += std::string(16, '\0');
  EXPECT_EQ(code(as_view(wrong_mac)), Code::forged);
  std::string more(kHeader);
  more.insert(more.find("---"), "-> grease\n\n");  // a stanza that nobody authenticated
  more += std::string(16, '\0');
  EXPECT_EQ(code(as_view(more)), Code::forged);
}

// The header is kept apart from the payload in an archive; nothing of the payload is needed to open it.
TEST(SealHeader, OpensWithoutItsPayload) {
  People people;
  const std::vector<const Recipient*> recipients = {&people.to_ada, &people.to_ben};
  const auto sealed = seal_header(recipients, people.random);
  ASSERT_TRUE(sealed);
  for (const Identity* identity : {&people.ada, &people.ben}) {
    const std::vector<const Identity*> identities = {identity};
    const auto opened = open_header(sealed->bytes, identities);
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->size_bytes, sealed->bytes.size());
    EXPECT_TRUE(equal(opened->payload_key.expose(), sealed->payload_key.expose()));
  }
}

TEST(SealHeader, NeverRepeatsAKey) {
  People people;
  const std::vector<const Recipient*> recipients = {&people.to_ada};
  const auto first = seal_header(recipients, people.random);
  const auto second = seal_header(recipients, people.random);
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(equal(first->payload_key.expose(), second->payload_key.expose()));
}

TEST(SealHeader, RefusesRecipientsThatMayNotShareAFile) {
  People people;
  const ScryptRecipient passphrase = by_passphrase("one");
  const ScryptRecipient other = by_passphrase("two");
  const auto code = [&](std::vector<const Recipient*> recipients) {
    return seal_header(recipients, people.random).error().code();
  };
  EXPECT_EQ(code({}), Code::invalid);
  EXPECT_EQ(code({&people.to_ada, &passphrase}), Code::invalid);
  EXPECT_EQ(code({&passphrase, &people.to_ada}), Code::invalid);
  EXPECT_EQ(code({&passphrase, &other}), Code::invalid);
  const X25519Recipient low_order{X25519Public{}};
  EXPECT_EQ(code({&people.to_ada, &low_order}), Code::corrupt);
}

TEST(SealBytes, OpensForEachRecipientAndNobodyElse) {
  People people;
  const std::vector<const Recipient*> recipients = {&people.to_ada, &people.to_ben};
  for (const std::size_t size : {0u, 1u, 65536u, 65537u, 200000u}) {
    const Bytes plain(size, 0x5a);
    const auto file = seal_bytes(plain, recipients, people.random);
    ASSERT_TRUE(file);
    for (const Identity* identity : {&people.ada, &people.ben}) {
      const std::vector<const Identity*> identities = {identity};
      const auto opened = open_bytes(*file, identities);
      ASSERT_TRUE(opened) << size;
      EXPECT_TRUE(equal(opened->expose(), plain));
      const auto from_armor = open_bytes(as_view(render_armor(*file)), identities);
      ASSERT_TRUE(from_armor) << size;
      EXPECT_TRUE(equal(from_armor->expose(), plain));
    }
    EXPECT_EQ(code_of(*file, {&people.eve}), Code::denied);
  }
}

TEST(SealBytes, TakesAPassphrase) {
  FixedRandom random;
  const ScryptRecipient recipient = by_passphrase("correct horse");
  const std::vector<const Recipient*> recipients = {&recipient};
  const auto file = seal_bytes(as_view("a key"), recipients, random);
  ASSERT_TRUE(file);
  const ScryptIdentity right(SecretBytes::copy_of(as_view("correct horse")));
  const ScryptIdentity wrong(SecretBytes::copy_of(as_view("correct mule")));
  const std::vector<const Identity*> identities = {&right};
  const auto opened = open_bytes(*file, identities);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->expose_text(), "a key");
  EXPECT_EQ(code_of(*file, {&wrong}), Code::denied);
}

TEST(OpenBytes, SaysWhetherAFileIsCutOrAltered) {
  People people;
  const std::vector<const Recipient*> recipients = {&people.to_ada};
  Bytes file = *seal_bytes(Bytes(2 * kChunkBytes), recipients, people.random);
  EXPECT_EQ(code_of(ByteView(file).first(file.size() - kSealedChunkBytes), {&people.ada}), Code::corrupt);
  EXPECT_EQ(code_of(ByteView(file).first(file.size() - 1), {&people.ada}), Code::forged);
  file.push_back(0);
  EXPECT_EQ(code_of(file, {&people.ada}), Code::forged);
  EXPECT_EQ(code_of(as_view("-----BEGIN AGE ENCRYPTED FILE-----\n"), {&people.ada}), Code::corrupt);
  EXPECT_EQ(code_of(as_view("BagIt-Version: 1.0\n"), {&people.ada}), Code::corrupt);
  EXPECT_EQ(code_of({}, {&people.ada}), Code::corrupt);
}

RC_GTEST_PROP(SealBytes, LeavesNoBitUnauthenticated, (const Bytes& plain)) {
  People people;
  const std::vector<const Recipient*> recipients = {&people.to_ada, &people.to_ben};
  const std::vector<const Identity*> identities = {&people.ada};
  Bytes file = *seal_bytes(plain, recipients, people.random);
  const auto bit = *rc::gen::inRange<std::size_t>(0, file.size() * 8);
  file[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
  RC_ASSERT(!open_bytes(file, identities));
}

TEST(ResealHeader, OpensTheSamePayloadForSomebodyElse) {
  People people;
  const Recipient* const to_ada[] = {&people.to_ada};
  const Recipient* const to_ben[] = {&people.to_ben};
  const Identity* const ada[] = {&people.ada};
  const Identity* const ben[] = {&people.ben};
  const Bytes plain(100'000, 7);
  const Bytes file = *seal_bytes(plain, to_ada, people.random);
  const std::size_t front = open_header(file, ada)->size_bytes;
  const auto header = reseal_header(file, ada, to_ben, people.random);
  ASSERT_TRUE(header);
  EXPECT_TRUE(equal(ByteView(*header).last(kPayloadNonceBytes),
                    ByteView(file).subspan(front - kPayloadNonceBytes).first(kPayloadNonceBytes)));
  EXPECT_FALSE(equal(*header, ByteView(file).first(front)));
  Bytes resealed = *header;
  append(resealed, ByteView(file).subspan(front));
  const auto opened = open_bytes(resealed, ben);
  ASSERT_TRUE(opened) << opened.error().sentence();
  EXPECT_TRUE(equal(opened->expose(), plain));
  EXPECT_EQ(code_of(resealed, {&people.ada}), Code::denied);
  EXPECT_TRUE(open_bytes(file, ada)) << "the old header opens as before";
}

TEST(ResealHeader, RefusesWhatItCannotOpenAndNobody) {
  People people;
  const Recipient* const to_ada[] = {&people.to_ada};
  const Identity* const ada[] = {&people.ada};
  const Identity* const eve[] = {&people.eve};
  Bytes file = *seal_bytes({}, to_ada, people.random);
  EXPECT_EQ(reseal_header(file, eve, to_ada, people.random).error().code(), Code::denied);
  EXPECT_EQ(reseal_header(file, ada, {}, people.random).error().code(), Code::invalid);
  file[30] ^= 1;
  EXPECT_FALSE(reseal_header(file, ada, to_ada, people.random));
}

}  // namespace
}  // namespace muniment::age
