#include "archive/invitation.h"

#include <gtest/gtest.h>

#include "archive/agreed_part.h"
#include "archive/archive_testing.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

constexpr const char* kOak = "https://oak.example/archive";

class AnInvitation : public ::testing::Test {
 protected:
  FoundCharter charters() {
    FolderStore store(fs, archive.root, random);
    return *read_charter(store, IdPin::of(archive.id));
  }
  Invitation invitation() {
    Invitation made;
    made.archive = archive.id;
    made.role = "vault";
    made.expires = "2026-06-01";
    made.from = {kOak, "http://onion.onion"};
    made.tokens.push_back({Token::Right::read,
                           SecretBytes::copy_of(as_view(std::string_view("abcdefghijklmnopqrstuvwxyz0123456789"))),
                           kOak});
    made.parts = {*make_agreed_part({.archive = archive.id, .bytes_max = 1000}, archive.custodian.signer())};
    return made;
  }
  std::string text() { return *make_invitation(invitation(), archive.custodian.signer()); }
  Result<Invitation> parse_changed(const std::string& what, const std::string& with) {
    std::string inner = parse_note(text())->text;
    EXPECT_NE(inner.find(what), std::string::npos) << what;
    inner.replace(inner.find(what), what.size(), with);
    const SignerKey* const signers[] = {&archive.custodian.signer()};
    return parse_invitation(sign_note(inner, signers));
  }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock;
  Doors doors{fs, random, clock};
  TestArchive archive = *found_test_archive(doors, "archive");
};

TEST_F(AnInvitation, SaysWhereToPullFromAndHowMuchMayBeHeld) {
  const auto parsed = parse_invitation(text());
  ASSERT_TRUE(parsed) << parsed.error().sentence();
  EXPECT_EQ(parsed->archive, archive.id);
  EXPECT_EQ(parsed->role, "vault");
  EXPECT_TRUE(parsed->may_hold_all);
  EXPECT_EQ(parsed->from, (std::vector<std::string>{kOak, "http://onion.onion"}));
  ASSERT_NE(token_for(parsed->tokens, Token::Right::read, kOak), nullptr);
  EXPECT_EQ(parsed->parts.size(), 1u);
  EXPECT_TRUE(check_invitation(text(), charters()));
}

TEST_F(AnInvitation, AlteredInAnyByteIsRefused) {
  const std::string good = text();
  const FoundCharter found = charters();
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string changed = good;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(check_invitation(changed, found)) << i;
  }
}

TEST_F(AnInvitation, SignedByNobodyOfTheArchiveOrForAnotherOneIsForged) {
  const SignerKey stranger = signer_of("custodian-1", 0x77);
  EXPECT_CODE(check_invitation(*make_invitation(invitation(), stranger), charters()), Code::forged);
  Invitation other = invitation();
  other.archive = sha256(as_view("another"));
  EXPECT_CODE(check_invitation(*make_invitation(other, archive.custodian.signer()), charters()), Code::forged);
  Invitation with_part = invitation();
  with_part.parts = {*make_agreed_part({.archive = archive.id, .bytes_max = 9}, stranger)};
  EXPECT_CODE(check_invitation(*make_invitation(with_part, archive.custodian.signer()), charters()), Code::forged);
}

TEST_F(AnInvitation, IsNotMadeOfWhatItCannotSay) {
  const auto refused = [&](auto change) {
    Invitation wrong = invitation();
    change(wrong);
    return make_invitation(wrong, archive.custodian.signer());
  };
  EXPECT_CODE(refused([](Invitation& i) { i.from.clear(); }), Code::invalid);
  EXPECT_CODE(refused([](Invitation& i) { i.from = {"/media/usb"}; }), Code::invalid);
  EXPECT_CODE(refused([](Invitation& i) { i.role = "both"; }), Code::invalid);
  EXPECT_CODE(refused([](Invitation& i) { i.from.resize(kInvitationAddressesMax + 1, kOak); }), Code::invalid);
  EXPECT_CODE(refused([](Invitation& i) { i.parts.clear(), i.may_hold_all = false; }), Code::invalid);
  EXPECT_CODE(refused([](Invitation& i) { i.tokens.front().address = "https://pine.example"; }), Code::invalid);
}

TEST_F(AnInvitation, WrittenInAnotherWayIsCorrupt) {
  EXPECT_CODE(parse_changed("invitation/v1", "invitation/v2"), Code::corrupt);
  EXPECT_CODE(parse_changed("hold all", "hold everything"), Code::corrupt);
  EXPECT_CODE(parse_changed("words ", "words academic "), Code::corrupt);
  EXPECT_CODE(parse_changed("expires 2026-06-01", "expires 2026-06-31"), Code::corrupt);
  EXPECT_CODE(parse_changed("read ", "deposit "), Code::corrupt);
  EXPECT_CODE(parse_changed("from http://onion.onion\n", "from http://onion.onion\nfrom ftp://x\n"), Code::corrupt);
  EXPECT_CODE(parse_invitation(text() + std::string(kInvitationBytesMax, 'x')), Code::limit);
}

TEST_F(AnInvitation, IsGoodUntilTheDayOnItBegins) {
  const auto midnight = *parse_date("2026-06-01");
  EXPECT_TRUE(check_not_expired(invitation(), midnight - 1));
  EXPECT_CODE(check_not_expired(invitation(), midnight), Code::denied);
}

}  // namespace
}  // namespace muniment
