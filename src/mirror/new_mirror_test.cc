// The folder of a new mirror, cut off at every operation.
#include "mirror/new_mirror.h"

#include <gtest/gtest.h>

#include "archive/mirror_notice.h"
#include "base/encoding.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

const MirrorFolder kFolder{"mirror"};

class NewMirrorTest : public ::testing::Test {
 protected:
  Result<MirrorSettings> write(MemoryFs& disk, Access access = Access::onion) {
    MirrorSettings settings{.archive = archive, .joined = "2026-11-26", .access = access, .from = {"http://a.onion"}};
    if (access == Access::port) settings.listen = "127.0.0.1:8080";
    NewMirror mirror{.settings = settings, .tokens = tokens, .agreed_part = "a part\n"};
    mirror.address_of = [](const HolderKeys& keys) { return "http://" + keys.pseudonym() + ".onion"; };
    return write_new_mirror({disk, random, clock}, kFolder, mirror);
  }

  /// What is told to be there is whole: the key opens, the notice is signed by it, the tokens are those that it names.
  void expect_whole(MemoryFs& disk, const std::string& when) {
    const auto settings = read_mirror_settings(disk, kFolder);
    ASSERT_TRUE(settings) << when << ": " << settings.error().sentence();
    const auto keys = read_mirror_keys(disk, kFolder);
    ASSERT_TRUE(keys) << when << ": " << keys.error().sentence();
    EXPECT_EQ(settings->address, "http://" + keys->pseudonym() + ".onion") << when;
    const auto text = read_file(disk, kFolder.notice(), kMirrorNoticeBytesMax);
    ASSERT_TRUE(text) << when;
    const auto notice = parse_mirror_notice(as_text(*text), archive);
    ASSERT_TRUE(notice) << when << ": " << notice.error().sentence();
    EXPECT_EQ(notice->key, keys->signer().verifier()) << when;
    const auto own = parse_tokens(as_text(*read_file(disk, kFolder.visitor_tokens(), 1000)));
    ASSERT_TRUE(own && own->size() == 1) << when;
    EXPECT_EQ(own->front().text.expose_text(), notice->read_token.expose_text()) << when;
    EXPECT_EQ(parse_tokens(as_text(*read_file(disk, kFolder.source_tokens(), 1000)))->size(), 1u) << when;
    EXPECT_EQ(as_text(*read_file(disk, kFolder.agreed_part(), 1000)), "a part\n") << when;
  }

  static std::vector<Token> one_token() {
    return *parse_tokens("read abcdefghijklmnopqrstuvwxyz012345 http://a.onion\n");
  }

  FixedRandom random;
  FixedClock clock;
  Sha256 archive = sha256(as_view("an archive"));
  std::vector<Token> tokens = one_token();
};

TEST_F(NewMirrorTest, IsWholeOnceItsSettingsAreThereHoweverThePowerGoes) {
  MemoryFs whole;
  ASSERT_TRUE(write(whole));
  expect_whole(whole, "at the end");
  for (std::uint64_t cut = 1; cut <= whole.operations(); ++cut) {
    for (const Unsynced unsynced : kEveryUnsynced) {
      MemoryFs disk;
      disk.cut_power_at(cut);
      const bool is_said_done = write(disk).has_value();
      disk.reboot(unsynced);
      const std::string when = "cut at " + std::to_string(cut);
      const auto there = exists(disk, kFolder.settings());
      EXPECT_TRUE(!is_said_done || (there && *there)) << when;
      if (there && *there) expect_whole(disk, when);
      ASSERT_TRUE(write(disk)) << when << ": it can be done again";
      expect_whole(disk, when + ", done again");
    }
  }
}

TEST_F(NewMirrorTest, ToWhichNobodyComesHasNoTokenForVisitors) {
  MemoryFs fs;
  ASSERT_TRUE(write(fs, Access::none));
  EXPECT_TRUE(read_file(fs, kFolder.visitor_tokens(), 1000)->empty());
  const auto notice = parse_mirror_notice(as_text(*read_file(fs, kFolder.notice(), kMirrorNoticeBytesMax)), archive);
  ASSERT_TRUE(notice);
  EXPECT_TRUE(notice->read_token.empty());
}

}  // namespace
}  // namespace muniment
