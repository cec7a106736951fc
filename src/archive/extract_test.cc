#include "archive/extract.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "archive/archive_testing.h"
#include "base/encoding.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

/// An empty file; its name in the bag is made of letters only, and another one for each path.
ContentsFile file_of(const std::string& path) {
  ContentsFile file;
  file.path = path;
  file.name = "data/of-" + sha256(as_view(path)).hex();
  file.modified_ns = 1'700'000'000'000'000'001;
  return file;
}

std::string bag_name(const std::string& path) { return "of-" + sha256(as_view(path)).hex(); }

Contents contents_of(std::vector<ContentsFile> files, std::vector<ContentsOther> others = {}) {
  Contents contents;
  contents.files = std::move(files);
  contents.others = std::move(others);
  return contents;
}

class Extracting : public ::testing::Test {
 protected:
  /// Extracts empty files with these facts, whatever they are; no deposit is behind them.
  Result<void> extract(const std::vector<ContentsFile>& files, const std::vector<ContentsOther>& others = {}) {
    TRY_ASSIGN(const auto extractor, FolderExtractor::begin(doors, "target"));
    for (const ContentsFile& file : files) {
      TRY(extractor->begin_file(file));
      TRY(extractor->data(as_view(file.name)));
      TRY(extractor->end_file(file));
    }
    return extractor->finish(contents_of(files, others));
  }
  std::vector<std::string> paths() const {
    std::vector<std::string> found;
    for (const auto& [path, bytes] : fs.files()) found.push_back(path);
    return found;
  }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock;
  Doors doors{fs, random, clock};
  age::X25519Identity key = age::X25519Identity::make(random);
};

using Paths = std::vector<std::string>;

TEST_F(Extracting, WritesFilesUnderTheirTruePathsWithTheirTimes) {
  ASSERT_TRUE(
      extract({file_of("case/a"), file_of("case/deep/b")}, {{"folder", "case/empty", ""}, {"link", "case/l", "a"}}));
  EXPECT_EQ(paths(), (Paths{"target/case/a", "target/case/deep/b"})) << "no link was made, no staging is left";
  EXPECT_EQ(fs.info("target/case/a")->modified_ns, 1'700'000'000'000'000'001);
  EXPECT_EQ(fs.info("target/case/empty")->type, FileType::folder);
  EXPECT_FALSE(*exists(fs, "target/.muniment-opening"));
}

TEST_F(Extracting, OfPathsThatClimbFallsBackToTheNameInTheBag) {
  const std::string nul("a\0b", 3);
  for (const std::string& path :
       {std::string("../x"), std::string("/etc/passwd"), std::string("a/../../x"), std::string(".."),
        std::string("a//b"), std::string("a/./b"), std::string("./a"), std::string("a/"), std::string(), nul}) {
    EXPECT_EQ(safe_path(file_of(path), true_paths_fit(contents_of({file_of(path)}))), bag_name(path)) << path;
  }
  for (const char* path : {"a", "a/b", "..a", "a..", "...", ".hidden", "-rf", "a\nb", "\xff"})
    EXPECT_EQ(safe_path(file_of(path), true_paths_fit(contents_of({file_of(path)}))), path);
  ASSERT_TRUE(extract({file_of("../../outside")}, {{"folder", "../outside-folder", ""}, {"folder", "/absolute", ""}}));
  EXPECT_EQ(paths(), Paths{"target/" + bag_name("../../outside")});
  EXPECT_FALSE(*exists(fs, "outside-folder"));
  EXPECT_FALSE(*exists(fs, "/absolute"));
}

TEST_F(Extracting, RefusesToOverwriteAndMovesNothing) {
  fs.seed("target/case/b", as_view("mine"));
  EXPECT_CODE(extract({file_of("case/a"), file_of("case/b"), file_of("case/c")}), Code::conflict);
  EXPECT_EQ(paths(), Paths{"target/case/b"});
  EXPECT_EQ(*read_file(fs, "target/case/b", 100), bytes_of("mine"));
  fs.seed_link("target/dangling", "nowhere");
  EXPECT_CODE(extract({file_of("dangling")}), Code::conflict) << "a link that leads nowhere is something, too";
}

TEST_F(Extracting, WhereAFileStandsInTheWayOfAFolderMovesNothing) {
  fs.seed("target/case", as_view("mine"));
  EXPECT_CODE(extract({file_of("a"), file_of("case/b"), file_of("z")}), Code::conflict);
  EXPECT_FALSE(extract({file_of("a"), file_of("case/deep/b"), file_of("z")}));
  EXPECT_EQ(paths(), Paths{"target/case"});
}

TEST_F(Extracting, WherePathsCannotAllStandGivesEveryFileItsNameInTheBag) {
  const std::string long_name(256, 'x');
  for (const std::vector<std::string>& clash : std::vector<std::vector<std::string>>{
           {"../x", "y"}, {"a", "a/b"}, {"a/b/c", "a/b", "z"}, {long_name, "z"}, {"case/" + long_name + "/z", "y"}}) {
    MemoryFs disk;
    const Doors own{disk, random, clock};
    const auto extractor = FolderExtractor::begin(own, "target");
    ASSERT_TRUE(extractor);
    std::vector<ContentsFile> files;
    Paths wanted;
    for (const std::string& path : clash) {
      files.push_back(file_of(path));
      wanted.push_back("target/" + bag_name(path));
      ASSERT_TRUE((*extractor)->begin_file(files.back()));
      ASSERT_TRUE((*extractor)->end_file(files.back()));
    }
    ASSERT_TRUE((*extractor)->finish(contents_of(files))) << clash[0];
    std::ranges::sort(wanted);
    Paths found;
    for (const auto& [path, bytes] : disk.files()) {
      if (!path.starts_with("target/.muniment")) found.push_back(path);
    }
    EXPECT_EQ(found, wanted);
  }
}

TEST_F(Extracting, WritesNothingBeforeEveryCheckHasPassed) {
  // The last thing that is wrong: padding behind the end of the tar.
  Forgery forgery = forge(random, {{"a", bytes_of("x")}, {"b", bytes_of("y")}});
  forgery.tar.back() = 1;
  const Receipt receipt = write_forgery(doors, "d", forgery, key.recipient());
  const Paths before = paths();
  {
    const auto extractor = FolderExtractor::begin(doors, "target");
    ASSERT_TRUE(extractor);
    EXPECT_CODE(open_deposit(source_in_folder(fs, "d"), receipt, first_seal(receipt), key, **extractor), Code::corrupt);
    for (const std::string& path : paths())
      EXPECT_TRUE(path.starts_with("d/") || path.starts_with("target/.muniment-opening/")) << path;
  }
  EXPECT_EQ(paths(), before) << "and what was staged is gone";
}

TEST_F(Extracting, OnAFullDiskLeavesNothing) {
  const Receipt receipt =
      write_forgery(doors, "d", forge(random, {{"a", noise(10'000)}, {"b", noise(10'000)}}), key.recipient());
  const Paths before = paths();
  const std::uint64_t start = fs.operations();
  for (std::uint64_t failing = 1;; ++failing) {
    MemoryFs disk = fs;
    const Doors failing_doors{disk, random, clock};
    disk.fail_at(start + failing, Code::io, "No space left on device");
    const auto extracted = [&]() -> Result<void> {
      TRY_ASSIGN(const auto extractor, FolderExtractor::begin(failing_doors, "target"));
      TRY_ASSIGN(const Contents contents,
                 open_deposit(source_in_folder(disk, "d"), receipt, first_seal(receipt), key, *extractor));
      return extractor->finish(contents);
    }();
    if (extracted) break;
    ASSERT_TRUE(fails_with(extracted, Code::io)) << failing;
    for (const auto& [path, bytes] : disk.files()) {
      if (path.starts_with("d/")) continue;
      // Only when moving had begun can a file stand there, and then it is a whole one.
      EXPECT_EQ(bytes.size(), path.find(".muniment-opening") == std::string::npos ? 10'000u : bytes.size()) << path;
    }
    ASSERT_LT(failing, 200u);
  }
}

TEST_F(Extracting, LeavesTheWorkplaceOfAnotherRunAloneAndNamesIt) {
  fs.seed("target/.muniment-opening/0123/lock", {});
  fs.seed("target/.muniment-opening/0123/7", as_view("another run's"));
  ASSERT_TRUE(extract({file_of("a")}));
  EXPECT_EQ(paths(), (Paths{"target/.muniment-opening/0123/7", "target/.muniment-opening/0123/lock", "target/a"}));
  EXPECT_EQ(*find_unfinished_openings(fs, "target"), Paths{"target/.muniment-opening/0123"});
}

TEST_F(Extracting, OfAFolderOrAFileCalledStagingWorks) {
  ASSERT_TRUE(extract({file_of("staging/lock"), file_of("staging/a")}));
  EXPECT_EQ(paths(), (Paths{"target/staging/a", "target/staging/lock"}));
  ASSERT_TRUE(extract({file_of("other/staging")}));
}

}  // namespace
}  // namespace muniment
