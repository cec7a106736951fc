#include "archive/mirror_notice.h"

#include <gtest/gtest.h>

#include "archive/archive_testing.h"
#include "testing/expect_code.h"

namespace muniment {
namespace {

const Sha256 kNoticedArchive = sha256(as_view(std::string_view("an archive of nobody")));

MirrorNotice notice_of(bool has_left) {
  return {.archive = kNoticedArchive,
          .has_left = has_left,
          .date = "2026-11-26",
          .role = "vault",
          .address = "http://oak.onion",
          .bytes_max = 500,
          .read_token = has_left ? SecretBytes()
                                 : SecretBytes::copy_of(as_view(std::string_view("abcdefghijklmnopqrstuvwxyz012345"))),
          .key = {}};
}
std::string notice_text_of(const MirrorNotice& notice) {
  return std::string(make_mirror_notice(notice, signer_of("mirror-oak", 0x22))->expose_text());
}

TEST(MirrorNotice, SaysWhatAMirrorHoldsAndHowItIsRead) {
  const auto parsed = parse_mirror_notice(notice_text_of(notice_of(false)), kNoticedArchive);
  ASSERT_TRUE(parsed) << parsed.error().sentence();
  EXPECT_FALSE(parsed->has_left);
  EXPECT_EQ(parsed->address, "http://oak.onion");
  EXPECT_EQ(parsed->bytes_max, 500u);
  EXPECT_EQ(parsed->read_token.expose_text(), "abcdefghijklmnopqrstuvwxyz012345");
  EXPECT_EQ(parsed->key, signer_of("mirror-oak", 0x22).verifier());
  EXPECT_TRUE(parse_mirror_notice(notice_text_of(notice_of(true)), kNoticedArchive)->has_left);
}

TEST(MirrorNotice, AlteredInAnyByteIsRefused) {
  const std::string good = notice_text_of(notice_of(false));
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string changed = good;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(parse_mirror_notice(changed, kNoticedArchive)) << i;
  }
}

TEST(MirrorNotice, OfAnotherArchiveIsForged) {
  EXPECT_CODE(parse_mirror_notice(notice_text_of(notice_of(true)), sha256(as_view("another"))), Code::forged);
}

TEST(MirrorNotice, IsNotMadeOfWhatItCannotSay) {
  const SignerKey key = signer_of("mirror-oak", 0x22);
  MirrorNotice wrong = notice_of(true);
  wrong.address = "/media/usb";
  EXPECT_CODE(make_mirror_notice(wrong, key), Code::invalid);
  wrong = notice_of(true);
  wrong.role = "both";
  EXPECT_CODE(make_mirror_notice(wrong, key), Code::invalid);
}

}  // namespace
}  // namespace muniment
