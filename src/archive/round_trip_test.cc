// From files on a real disk through a deposit and back: every name that Linux allows, byte for byte.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "archive/archive_testing.h"
#include "archive/extract.h"
#include "base/encoding.h"
#include "base/posix_fs.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/temporary_folder.h"

namespace muniment {
namespace {

class RoundTrip : public ::testing::Test {
 protected:
  std::string at(const std::string& path) const { return folder.path() + "/" + path; }

  void write(const std::string& path, std::string_view text) {
    const auto made = make_folders(fs, at(parent_of(path)));
    ASSERT_TRUE(made) << made.error().sentence();
    const auto written = write_new(fs, at(path), as_view(text));
    ASSERT_TRUE(written) << written.error().sentence();
  }

  /// Every regular file below a folder, by its path in it.
  std::map<std::string, Bytes> files_below(const std::string& path) {
    std::map<std::string, Bytes> found;
    SourceWalk walk(fs, at(path));
    while (const auto item = walk.next()) {
      if (item->kind == SourceItem::Kind::file) found[item->true_path] = *read_file(fs, item->fs_path, 1u << 20);
    }
    return found;
  }

  /// Seals "case" and opens it into "opened".
  void seal_and_open() {
    const auto report = seal_into(doors, at("case"), at("out"), target);
    ASSERT_TRUE(report) << report.error().sentence();
    EXPECT_TRUE(report->not_whole.empty());
    ASSERT_EQ(report->deposits.size(), 1u);
    const auto extractor = FolderExtractor::begin(doors, at("opened"));
    const DepositSource source = source_in_folder(fs, report->deposits[0].folder);
    auto opened =
        open_deposit(source, report->deposits[0].receipt, first_seal(report->deposits[0].receipt), key, **extractor);
    ASSERT_TRUE(opened) << opened.error().sentence();
    const auto finished = (*extractor)->finish(*opened);
    ASSERT_TRUE(finished) << finished.error().sentence();
    contents = std::move(*opened);
  }

  TemporaryFolder folder;
  Fs& fs = posix_fs();
  FixedRandom random;
  FixedClock clock;
  Doors doors{fs, random, clock};
  age::X25519Identity key = age::X25519Identity::make(random);
  SealTarget target{.archive = {}, .compartment = "evidence", .recipient = key.recipient().text()};
  Contents contents;
};

/// format-review 11, P2 and P10.
TEST_F(RoundTrip, KeepsEveryNameByteForByte) {
  const std::vector<std::string> names = {
      "\xd0\xb9.txt",          // й, composed
      "\xd0\xb8\xcc\x86.txt",  // и and a breve: the same to the eye, another file
      "100%.txt",
      "%0A.txt",
      "line\nfeed",
      "carriage\rreturn",
      "back\\slash",
      "tab\there",
      "escape\x1b[2J",
      "not UTF-8 \xff\xfe",
      "\x80",
      "Case",
      "case",
      "CASE",
      "stra\xc3\x9f"
      "e",  // ß and ss fold to the same
      "STRASSE",
      " leading space",
      "trailing space ",
      "-rf",
      "--checkpoint-action=exec=sh",
      ".hidden",
      "...",
      "con",
      "a:b",
      "*",
      "\"quoted\"",
      "$(reboot)",
      "\xe2\x80\xae"
      "txt.exe",       // right to left
      "\xe2\x80\xa8",  // line separator
      std::string(255, 'n'),
      std::string(251, 'N') + ".jpg",
      "\xd1\x8f" + std::string(253, 'm'),
      std::string(254, 'x') + "\xff",
      "looks repaired~0123456789abcdef.txt",
  };
  for (const std::string& name : names) write("case/" + name, "file " + name);
  write("case/\xff folder/\n/a%b", "deep");
  seal_and_open();
  EXPECT_EQ(files_below("opened/case"), files_below("case"));
  EXPECT_EQ(files_below("opened/case").size(), names.size() + 1);
}

TEST_F(RoundTrip, NamesInTheBagSuitEveryTarAndFileSystem) {
  for (const char* name : {"a%b", "line\nfeed", "\xff", "Case", "case", "\xd0\xb8\xcc\x86"})
    write(std::string("case/") + name, name);
  seal_and_open();
  std::set<std::string> folded;
  for (const ContentsFile& file : contents.files) {
    EXPECT_TRUE(bag::is_plain_path(file.name)) << printable(file.name);
    EXPECT_TRUE(is_utf8(file.name));
    EXPECT_TRUE(folded.insert(bag::fold_case(file.name)).second) << printable(file.name);
  }
  EXPECT_EQ(folded.size(), 6u);
}

TEST_F(RoundTrip, KeepsPathsAsLongAsLinuxHasThem) {
  // Below the 4,096 of Linux with the temporary folder in front; beyond 3,800 bytes the name in the bag is shortened.
  std::string path = "case";
  while (path.size() < 3700) path += "/" + std::string(99, static_cast<char>('a' + path.size() % 26));
  write(path + "/file", "far down");
  path += "/" + std::string(3800 - path.size() - 1, 'z');
  write(path, "at 3,800");
  EXPECT_EQ(path.size(), 3800u);
  seal_and_open();
  EXPECT_EQ(files_below("opened/case"), files_below("case"));
  EXPECT_EQ(files_below("case").at(path), bytes_of("at 3,800"));
}

TEST_F(RoundTrip, KeepsTimesLinksAndEmptyFolders) {
  write("case/a", "x");
  ASSERT_TRUE(fs.set_modified(at("case/a"), 1'234'567'890'123'456'789));
  write("case/old", "y");
  ASSERT_TRUE(fs.set_modified(at("case/old"), -1'000'000'001));
  ASSERT_TRUE(make_folders(fs, at("case/empty")));
  ASSERT_EQ(::symlink("../../etc/passwd", at("case/link").c_str()), 0);
  seal_and_open();
  EXPECT_EQ(fs.info(at("opened/case/a"))->modified_ns, 1'234'567'890'123'456'789);
  EXPECT_EQ(fs.info(at("opened/case/old"))->modified_ns, -1'000'000'001);
  EXPECT_EQ(fs.info(at("opened/case/empty"))->type, FileType::folder);
  EXPECT_FALSE(*exists(fs, at("opened/case/link"))) << "a link is stated and not made";
  ASSERT_EQ(contents.others.size(), 2u);
  EXPECT_EQ(contents.others[1].detail, "../../etc/passwd");
}

TEST_F(RoundTrip, ReadsASparseFileAsTheZerosThatItHas) {
  write("case/sparse", "start");
  ASSERT_EQ(::truncate(at("case/sparse").c_str(), 900'000), 0);
  seal_and_open();
  Bytes expected = bytes_of("start");
  expected.resize(900'000);
  EXPECT_EQ(files_below("opened/case").at("case/sparse"), expected);
}

}  // namespace
}  // namespace muniment
