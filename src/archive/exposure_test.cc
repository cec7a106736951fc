#include "archive/exposure.h"

#include <gtest/gtest.h>

#include "age/armor.h"
#include "archive/archive_testing.h"
#include "base/words.h"
#include "testing/expect_code.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

using Found = std::vector<std::pair<std::string, std::string>>;

class AnExposure : public ::testing::Test {
 protected:
  void put(const std::string& path, std::string_view text) { fs.seed(path, as_view(text)); }

  ExposureReport look(const std::vector<std::string>& roots = {"/home/me"}, ExposureLimits limits = {}) {
    auto report = look_for_exposure(fs, roots, limits);
    EXPECT_TRUE(report) << report.error().sentence();
    return report ? std::move(*report) : ExposureReport{};
  }

  /// Kind and path of everything found, in its order.
  Found found(const std::vector<std::string>& roots = {"/home/me"}) {
    Found result;
    for (const Exposure& exposure : look(roots).found)
      result.emplace_back(std::string(name_of(exposure.kind)), exposure.path);
    return result;
  }

  std::string key_text() {
    const HolderKeys keys = HolderKeys::make("custodian-1", random);
    return std::string(keys.text().expose_text());
  }

  Bytes under_passphrase(std::string_view text) {
    const age::ScryptRecipient recipient(SecretBytes::copy_of(as_view("passphrase")), 1);
    const age::Recipient* const recipients[] = {&recipient};
    return *age::seal_bytes(as_view(text), recipients, random);
  }

  static std::string share(std::size_t words) {
    std::string text;
    for (std::size_t i = 0; i < words; ++i)
      text += std::string(word_at(static_cast<std::uint16_t>(i * 97 % kWordCount))) + " ";
    return text;
  }

  MemoryFs fs;
  FixedRandom random{1};
};

TEST_F(AnExposure, OfAKeyWithoutAPassphrase) {
  const std::string text = key_text();
  put("/home/me/holder.txt", text);
  const std::size_t at = text.find("AGE-SECRET-KEY-1");
  put("/home/me/age.txt", "# created: today\r\n" + text.substr(at, text.find('\n', at) - at) + "\r\n");
  const std::size_t signing = text.find("# signing key: ");
  put("/home/me/signing.txt", text.substr(signing, text.find('\n', signing) - signing));
  EXPECT_EQ(found(), (Found{{"open key", "/home/me/age.txt"},
                            {"open key", "/home/me/holder.txt"},
                            {"open key", "/home/me/signing.txt"}}));
}

TEST_F(AnExposure, OfAnExampleOfAKeyIsNone) {
  std::string altered = key_text();
  altered[altered.find("AGE-SECRET-KEY-1") + 20] ^= 1;
  altered[altered.find("MUNIMENT-ED25519-1") + 25] ^= 1;
  put("/home/me/altered", altered);
  put("/home/me/example", "AGE-SECRET-KEY-1…\nAGE-SECRET-KEY-1\nAGE-SECRET-KEY-\n");
  EXPECT_EQ(found(), Found{});
}

TEST_F(AnExposure, OfAKeyUnderAPassphrase) {
  const Bytes file = under_passphrase(key_text());
  fs.seed("/home/me/binary", file);
  put("/home/me/armoured", "\n" + age::render_armor(file));
  EXPECT_EQ(found(), (Found{{"locked key", "/home/me/armoured"}, {"locked key", "/home/me/binary"}}));
}

TEST_F(AnExposure, OfAFileSealedToAKeyIsNone) {
  const auto identity = age::X25519Identity::make(random);
  const age::X25519Recipient recipient = identity.recipient();
  const age::Recipient* const recipients[] = {&recipient};
  const Bytes file = *age::seal_bytes(as_view("text"), recipients, random);
  fs.seed("/home/me/binary", file);
  put("/home/me/armoured", age::render_armor(file));
  put("/home/me/cut", "-----BEGIN AGE ENCRYPTED FILE-----");
  EXPECT_EQ(found(), Found{});
}

TEST_F(AnExposure, OfOpenedEvidence) {
  const std::string contents = R"({"kind":"deposit","format":"muniment/contents/v1","bag":"bag-1"})"
                               "\n";
  put("/home/me/out/bag-1/metadata/contents.jsonl", contents);
  put("/home/me/out/bag-1/data/statement", "words");
  put("/home/me/loose.jsonl", contents);
  put("/home/me/opened/.muniment-opening/0123456789abcdef/0", "words");
  put("/home/me/opened/.muniment-opening/0123456789abcdef/1", "words");
  fs.seed_folder("/home/me/empty/.muniment-opening");
  EXPECT_EQ(found(), (Found{{"opened evidence", "/home/me"},
                            {"opened evidence", "/home/me/opened/.muniment-opening"},
                            {"opened evidence", "/home/me/out/bag-1"}}));
  EXPECT_EQ(look().found[1].count, 2u);
}

TEST_F(AnExposure, OfAPrivateFolderInPublicMemory) {
  for (const char* root : {"/dev/shm", "/run/user/1000", "/var/tmp"})
    fs.seed_mount(root, std::string_view(root) != "/var/tmp");
  fs.seed_mode("/run/user/1000", 0700);
  for (const char* folder : {"/dev/shm/opened", "/run/user/1000/pulse", "/var/tmp/opened"}) {
    put(std::string(folder) + "/case/a", "a");
    put(std::string(folder) + "/case/b", "b");
    fs.seed_mode(folder, 0700);
  }
  put("/dev/shm/public/c", "c");
  fs.seed_folder("/dev/shm/hollow");
  fs.seed_mode("/dev/shm/hollow", 0700);
  const std::vector<std::string> roots{"/dev/shm", "/run/user/1000", "/var/tmp"};
  EXPECT_EQ(found(roots), (Found{{"private memory", "/dev/shm/opened"}}));
  EXPECT_EQ(look(roots).found[0].count, 2u);
}

TEST_F(AnExposure, OfWordsInARowAsOnAShare) {
  put("/home/me/19", share(19));
  put("/home/me/20", share(20));
  put("/home/me/33", "My share:\n" + share(33) + "\nKeep it.");
  put("/home/me/list", share(kWordCount));
  put("/home/me/14 different", share(14) + share(14));
  put("/home/me/15 different", share(15) + share(15));
  std::string numbered;
  for (std::size_t i = 0; i < 20; ++i)
    numbered += std::to_string(i + 1) + ". " + std::string(word_at(static_cast<std::uint16_t>(i))) + "\r\n";
  numbered[3] = 'A';
  put("/home/me/numbered", numbered);
  put("/home/me/broken", share(15) + "zzz " + share(15));
  put("/home/me/bytes", std::string(1, '\0') + share(20));
  EXPECT_EQ(found(), (Found{{"share", "/home/me/15 different"},
                            {"share", "/home/me/20"},
                            {"share", "/home/me/33"},
                            {"share", "/home/me/numbered"}}));
}

TEST_F(AnExposure, OfSealedDepositsAndWhatCutOffRunsLeft) {
  put("/home/me/sealed/aa/receipt", "muniment/deposit/v1\narchive …");
  put("/home/me/sealed/bb/receipt", "muniment/deposit/v1\narchive …");
  put("/home/me/other/receipt", "a receipt for bread\n");
  put("/home/me/sealed/staging/0123456789abcdef/lock", "");
  put("/home/me/sealed/staging/0123456789abcdef/header-0", "");
  put("/home/me/play/staging/scene/lock", "");
  put("/home/me/play/staging/0123456789abcde0/scene", "");
  put("/home/me/card.txt", "muniment/card/v1\narchive …");
  put("/home/me/sends.txt", "muniment/card/v2\narchive …");
  put("/home/me/sealed/watched/record", "muniment/watched/v1\nsalt …");
  put("/home/me/invitation.txt", "muniment/invitation/v1\narchive …");
  ExposureReport report = look();
  ASSERT_EQ(report.found.size(), 6u);
  EXPECT_EQ(report.found[0].kind, Exposed::invitation);
  report.found.erase(report.found.begin());
  EXPECT_EQ(report.found[0].kind, Exposed::sending_card);
  EXPECT_EQ(report.found[1].kind, Exposed::sealed);
  EXPECT_EQ(report.found[1].path, "/home/me/sealed");
  EXPECT_EQ(report.found[1].count, 2u);
  EXPECT_EQ(report.found[2].kind, Exposed::unfinished);
  EXPECT_EQ(report.found[2].path, "/home/me/sealed/staging");
  EXPECT_EQ(report.found[2].count, 1u);
  EXPECT_EQ(report.found[3].kind, Exposed::watched);
  EXPECT_EQ(report.found[4].kind, Exposed::card);
}

TEST_F(AnExposure, OfWhatAPageOfACardLeaves) {
  const std::string front = "deposit-0123456789abcdef/header-0";
  const std::string carried = front + std::string(512 - front.size(), '\0') + "age-encryption.org/v1\n-> X25519";
  put("/home/me/Downloads/sealed-2026-01-01-0123abcd.tar", carried);
  put("/home/me/Downloads/photos.tar", std::string(front).append(479, '\0') + "something else");
  put("/home/me/card.html",
      "<!DOCTYPE html>\n<html>\n<head>\n<meta name=\"generator\" content=\"muniment card\">\n<title>x</title>");
  put("/home/me/other.html", "<!DOCTYPE html>\n<title>muniment card</title>");
  const ExposureReport report = look();
  ASSERT_EQ(report.found.size(), 2u);
  EXPECT_EQ(report.found[0].kind, Exposed::sealed);
  EXPECT_EQ(report.found[0].path, "/home/me/Downloads/sealed-2026-01-01-0123abcd.tar");
  EXPECT_EQ(report.found[1].kind, Exposed::card);
  EXPECT_EQ(report.found[1].path, "/home/me/card.html");
}

TEST_F(AnExposure, OfAnArchiveIsOneAndOfItsHomeNamesTheCopies) {
  for (const char* root : {"/home/me/copy", "/home/me/home"}) {
    put(std::string(root) + "/charter/1", "muniment/charter/v1\nversion 1\n");
    put(std::string(root) + "/deposits/aa/aabb/receipt", "muniment/deposit/v1\n");
    put(std::string(root) + "/incoming/cc/receipt", "muniment/deposit/v1\n");
  }
  put("/home/me/home/home/log-key-0a1b2c3d-custodian-1.age", "sealed");
  put("/home/me/home/home/mirrors", "{\"where\":\"/media/usb1\"}\n{\"where\":\"/media/usb2\"}\n");
  put("/home/me/home/key.txt", key_text());
  put("/home/me/not/charter/1", "The Magna Carta\n");
  const ExposureReport report = look();
  ASSERT_EQ(report.found.size(), 5u);
  EXPECT_EQ(report.found[0].path, "/home/me/home/key.txt") << "a key beside the archive's own folders";
  EXPECT_EQ(report.found[1].kind, Exposed::home);
  EXPECT_EQ(report.found[1].count, 2u);
  EXPECT_EQ(report.found[2].kind, Exposed::archive);
  EXPECT_EQ(report.found[2].path, "/home/me/copy");
  EXPECT_EQ(report.found[3].path, "/home/me/copy/incoming");
  EXPECT_EQ(report.found[4].path, "/home/me/home/incoming");
}

TEST_F(AnExposure, OfACatalogueSaysHowMuchWasDeposited) {
  put("/home/me/archive/charter/1", "muniment/charter/v1\nversion 1\n");
  put("/home/me/archive/home/log-key-0a1b2c3d-custodian-1.age", "sealed");
  put("/home/me/archive/home/catalogue-0123456789abcdef.age", std::string(20 * 50, 'x'));
  put("/home/me/state/home/catalogue-0123456789abcdef.age", std::string(20 * 7, 'x'));
  put("/home/me/catalogue-of-pictures.age", "x");
  const ExposureReport report = look();
  ASSERT_EQ(report.found.size(), 3u);
  EXPECT_EQ(report.found[0].kind, Exposed::home);
  EXPECT_EQ(report.found[1].kind, Exposed::catalogue);
  EXPECT_EQ(report.found[1].path, "/home/me/archive/home/catalogue-0123456789abcdef.age");
  EXPECT_EQ(report.found[1].count, 50u);
  EXPECT_EQ(report.found[2].path, "/home/me/state/home/catalogue-0123456789abcdef.age");
  EXPECT_EQ(report.found[2].count, 7u);
}

TEST_F(AnExposure, OfAShellsHistoryCountsLines) {
  put("/home/me/.bash_history", "ls\nmuniment seal --card card.txt -o sealed \"Interview 3\"\ncd\nmuniment exposure\n");
  put("/home/me/.zsh_history", "ls\n");
  put("/home/me/notes", "muniment\n");
  const ExposureReport report = look();
  ASSERT_EQ(report.found.size(), 1u);
  EXPECT_EQ(report.found[0].path, "/home/me/.bash_history");
  EXPECT_EQ(report.found[0].count, 2u);
}

TEST_F(AnExposure, OfTheSystemIsSwapInTheClearAndKeptCoreDumps) {
  fs.seed_folder("/home/me");
  put("/proc/swaps", "Filename Type\n/dev/sda3 partition\n/dev/zram0 partition\n");
  put("/proc/sys/kernel/core_pattern", "|/usr/lib/systemd/systemd-coredump %P\n");
  EXPECT_EQ(found(), (Found{{"swap", "/dev/sda3"}, {"core dumps", "|/usr/lib/systemd/systemd-coredump %P"}}));
  for (const char* kept_nowhere : {"core\n", "|/bin/false\n", "\n", ""}) {
    put("/proc/sys/kernel/core_pattern", kept_nowhere);
    EXPECT_EQ(found(), (Found{{"swap", "/dev/sda3"}})) << kept_nowhere;
  }
}

TEST_F(AnExposure, IsListedWorstFirst) {
  fs.seed_folder("/home/me");
  put("/home/me/a", "muniment/card/v1\n");
  put("/home/me/b", share(20));
  fs.seed("/home/me/c", under_passphrase("key"));
  put("/home/me/d", key_text());
  put("/proc/swaps", "Filename Type\n/dev/sda3 partition\n");
  EXPECT_EQ(found(), (Found{{"open key", "/home/me/d"},
                            {"locked key", "/home/me/c"},
                            {"share", "/home/me/b"},
                            {"swap", "/dev/sda3"},
                            {"card", "/home/me/a"}}));
}

TEST_F(AnExposure, FollowsNoLinkAndLeavesOtherFileSystemsAloneUnlessNamed) {
  put("/elsewhere/key", key_text());
  fs.seed_mount("/home/me/mounted", false);
  put("/home/me/mounted/key", key_text());
  fs.seed_link("/home/me/folder", "/elsewhere");
  fs.seed_link("/home/me/file", "/elsewhere/key");
  EXPECT_EQ(found(), Found{});
  EXPECT_EQ(found({"/home/me", "/home/me/mounted"}), (Found{{"open key", "/home/me/mounted/key"}}));
  EXPECT_EQ(found({"/elsewhere/key"}), (Found{{"open key", "/elsewhere/key"}})) << "a file may be named";
}

TEST_F(AnExposure, LooksAtEachFolderOnceThoughOneRootLiesInAnother) {
  put("/home/me/shell/.bash_history", "muniment\n");
  const ExposureReport report = look({"/home/me", "/home/me/shell", "/home/me"});
  ASSERT_EQ(report.found.size(), 1u);
  EXPECT_EQ(report.found[0].count, 1u);
  EXPECT_EQ(report.files, 1u);
}

TEST_F(AnExposure, SaysWhereALimitEndedIt) {
  put("/home/me/a/b/c/key", key_text());
  ExposureReport report = look({"/home/me"}, {.names_max = 500, .depth_max = 3});
  EXPECT_EQ(report.not_reached, std::vector<std::string>{"/home/me/a/b/c"});
  EXPECT_TRUE(report.found.empty());
  EXPECT_TRUE(look({"/home/me"}, {.names_max = 500, .depth_max = 4}).not_reached.empty());
  report = look({"/home/me"}, {.names_max = 3, .depth_max = 32});
  EXPECT_EQ(report.not_reached, std::vector<std::string>{"/home/me"});
  EXPECT_TRUE(look({"/home/me"}, {.names_max = 4, .depth_max = 32}).not_reached.empty());
}

TEST_F(AnExposure, OfWhatCannotBeReadIsNotPassedOver) {
  put("/home/me/broken", "text");
  put("/home/me/key", key_text());
  fs.on_read("/home/me/broken", [](std::uint64_t) -> Result<void> { return Error(Code::io, "bad sector"); });
  const ExposureReport report = look();
  EXPECT_EQ(report.unreadable, std::vector<std::string>{"/home/me/broken"});
  EXPECT_EQ(report.found.size(), 1u);
  EXPECT_CODE(look_for_exposure(fs, {"/nowhere"}), Code::not_found);
}

TEST_F(AnExposure, TellsWhatItHasRead) {
  put("/home/me/a", std::string(100, 'a'));
  put("/home/me/b", std::string(kExposureStartBytes + 1, 'b'));
  std::uint64_t bytes = 0;
  ASSERT_TRUE(look_for_exposure(fs, {"/home/me"}, {}, [&](std::uint64_t more) { bytes += more; }));
  EXPECT_EQ(bytes, 100 + kExposureStartBytes);
}

TEST_F(AnExposure, WritesNothing) {
  put("/home/me/sealed/staging/0123456789abcdef/lock", "");
  put("/home/me/key", key_text());
  const std::uint64_t before = fs.operations();
  look();
  EXPECT_EQ(fs.operations(), before);
}

}  // namespace
}  // namespace muniment
