#include "archive/extract.h"

#include <gtest/gtest.h>

#include "archive/archive_testing.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

ContentsFile file_of(const std::string& path, const std::string& name = "data/in-the-bag") {
  ContentsFile file;
  file.path = path;
  file.name = name;
  file.modified_ns = 1'700'000'000'000'000'001;
  return file;
}

class Extracting : public ::testing::Test {
 protected:
  /// Extracts empty files with these facts, whatever they are; no deposit is behind them.
  Result<void> extract(const std::vector<ContentsFile>& files, const std::vector<ContentsOther>& others = {}) {
    TRY_ASSIGN(const auto extractor, FolderExtractor::begin(doors, "target"));
    Contents contents;
    for (const ContentsFile& file : files) {
      TRY(extractor->begin_file(file));
      TRY(extractor->data(as_view(file.name)));
      TRY(extractor->end_file(file));
    }
    contents.others = others;
    return extractor->finish(contents);
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
  EXPECT_FALSE(*exists(fs, "target/staging"));
}

TEST_F(Extracting, OfPathsThatClimbFallsBackToTheNameInTheBag) {
  const std::string nul("a\0b", 3);
  for (const std::string& path :
       {std::string("../x"), std::string("/etc/passwd"), std::string("a/../../x"), std::string(".."),
        std::string("a//b"), std::string("a/./b"), std::string("./a"), std::string("a/"), std::string(), nul}) {
    EXPECT_EQ(safe_path(file_of(path)), "in-the-bag") << path;
  }
  for (const char* path : {"a", "a/b", "..a", "a..", "...", ".hidden", "-rf", "a\nb", "\xff"})
    EXPECT_EQ(safe_path(file_of(path)), path);
  ASSERT_TRUE(extract({file_of("../../outside")}, {{"folder", "../outside-folder", ""}, {"folder", "/absolute", ""}}));
  EXPECT_EQ(paths(), Paths{"target/in-the-bag"});
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

TEST_F(Extracting, OfTwoFilesForOnePlaceMovesNothing) {
  // The fall-back of the one is the true path of the other; or one is the folder of the other.
  EXPECT_CODE(extract({file_of("../x", "data/y"), file_of("y", "data/z")}), Code::conflict);
  EXPECT_EQ(paths(), Paths{});
  EXPECT_CODE(extract({file_of("a"), file_of("a/b")}), Code::conflict);
  EXPECT_CODE(extract({file_of("a/b/c"), file_of("a/b"), file_of("z")}), Code::conflict);
  EXPECT_EQ(paths(), Paths{});
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
    EXPECT_CODE(open_deposit(source_in_folder(fs, "d"), receipt, key, **extractor), Code::corrupt);
    for (const std::string& path : paths())
      EXPECT_TRUE(path.starts_with("d/") || path.starts_with("target/staging/")) << path;
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
      TRY_ASSIGN(const Contents contents, open_deposit(source_in_folder(disk, "d"), receipt, key, *extractor));
      return extractor->finish(contents);
    }();
    if (extracted) break;
    ASSERT_TRUE(fails_with(extracted, Code::io)) << failing;
    for (const auto& [path, bytes] : disk.files()) {
      if (path.starts_with("d/")) continue;
      // Only when moving had begun can a file stand there, and then it is a whole one.
      EXPECT_EQ(bytes.size(), path.find("staging") == std::string::npos ? 10'000u : bytes.size()) << path;
    }
    ASSERT_LT(failing, 200u);
  }
}

TEST_F(Extracting, LeavesTheStagingOfAnotherRunAlone) {
  fs.seed("target/staging/0123/lock", {});
  fs.seed("target/staging/0123/7", as_view("another run's"));
  ASSERT_TRUE(extract({file_of("a")}));
  EXPECT_EQ(paths(), (Paths{"target/a", "target/staging/0123/7", "target/staging/0123/lock"}));
}

TEST_F(Extracting, OfAFolderCalledStagingWorks) {
  ASSERT_TRUE(extract({file_of("staging/lock"), file_of("staging/a")}));
  EXPECT_EQ(paths(), (Paths{"target/staging/a", "target/staging/lock"}));
}

}  // namespace
}  // namespace muniment
