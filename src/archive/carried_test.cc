// One file of sealed deposits: what is taken for one, and what is refused in it.
#include "archive/carried.h"

#include <gtest/gtest.h>

#include <map>

#include "archive/archive_testing.h"
#include "archive/intake.h"
#include "archive/receipt.h"
#include "base/encoding.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

using Files = std::vector<std::pair<std::string, Bytes>>;

Bytes tar_of(const Files& files) {
  Bytes tar;
  bag::TarWriter writer([&](ByteView bytes) {
    append(tar, bytes);
    return Result<void>();
  });
  for (const auto& [name, bytes] : files) {
    MUNIMENT_CHECK(writer.begin_file(name, bytes.size(), 0) && writer.write(bytes) && writer.end_file());
  }
  MUNIMENT_CHECK(writer.finish(writer.finished_size()));
  return tar;
}

class Carried : public ::testing::Test {
 protected:
  void SetUp() override {
    fs.seed("case/a", as_view("first"));
    fs.seed("case/b", Bytes(20'000'000, 7));  // two parts
  }
  /// The objects of a sealed deposit of "case", below a folder of another name, receipt last.
  Files sealed(const std::string& folder) {
    const auto report = seal_into(doors, "case", "sealed", target_of(*view_of(doors, archive)));
    MUNIMENT_CHECK(report && report->deposits.size() == 1);
    Files files;
    for (const char* name : {"header-0", "part-0000000", "part-0000001", "contents-0.age", "SHA256SUMS", "receipt"})
      files.emplace_back(folder + "/" + name, *read_file(fs, join(report->deposits[0].folder, name), kPartBytes));
    return files;
  }
  IntakeReport take(const std::string& path) {
    auto report = take_in(doors, archive, {path});
    EXPECT_TRUE(report) << report.error().sentence();
    EXPECT_EQ(*exists(fs, "archive/staging"), false);
    return report ? std::move(*report) : IntakeReport{};
  }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock;
  Doors doors{fs, random, clock};
  TestArchive archive = *found_test_archive(doors, "archive");
};

TEST_F(Carried, IsTakenInLikeItsFolders) {
  Files all = sealed("deposit-1");
  for (auto& file : sealed("deposit-2")) all.push_back(std::move(file));
  fs.seed("all.tar", tar_of(all));
  ASSERT_TRUE(is_carried_file(fs, "all.tar"));
  const IntakeReport report = take("all.tar");
  EXPECT_TRUE(report.refused.empty());
  ASSERT_EQ(report.taken.size(), 2u);
  EXPECT_TRUE(report.taken[0].from.starts_with("all.tar/deposit-"));
  const auto opened = open_logged(doors, archive, report.taken[1].id);
  ASSERT_TRUE(opened) << opened.error().sentence();
  EXPECT_EQ(opened->files.at("case/a"), bytes_of("first"));
  EXPECT_EQ(take("all.tar").already.size(), 2u) << "taken in once more, nothing happens";
  EXPECT_TRUE(*exists(fs, "all.tar")) << "it stays where it was";
}

TEST_F(Carried, LyingInAFolderIsNoEvidence) {
  fs.seed("stick/one.tar", tar_of(sealed("deposit-1")));
  fs.seed("stick/notes.txt", as_view("hello"));
  const IntakeReport report = take("stick");
  ASSERT_EQ(report.taken.size(), 1u);
  EXPECT_EQ(report.taken[0].from, "stick/one.tar/deposit-1");
  ASSERT_EQ(report.refused.size(), 1u);
  EXPECT_EQ(report.refused[0].object, "stick/notes.txt");
}

TEST_F(Carried, CutOffAnywhereIsSaidAndWhatCameBeforeIsTakenIn) {
  Files all = sealed("deposit-1");
  const std::size_t whole = tar_of(all).size() - 1024;
  for (auto& file : sealed("deposit-2")) all.push_back(std::move(file));
  const Bytes tar = tar_of(all);
  for (const std::size_t size : {std::size_t{1100}, whole / 2, whole - 512, whole + 512, tar.size() - 1500}) {
    fs.seed("cut.tar", ByteView(tar).first(size));
    const IntakeReport report = take("cut.tar");
    EXPECT_EQ(report.taken.size() + report.already.size(), size >= whole ? 1u : 0u) << size;
    ASSERT_FALSE(report.refused.empty()) << size;
    EXPECT_EQ(report.refused.back().object, "cut.tar");
    EXPECT_NE(report.refused.back().what.find("is damaged or cut off"), std::string::npos);
  }
}

TEST_F(Carried, DamageIsFoundByTheReceipt) {
  Files files = sealed("deposit-1");
  files[2].second[1000] ^= 1;
  fs.seed("bad.tar", tar_of(files));
  const IntakeReport report = take("bad.tar");
  EXPECT_TRUE(report.taken.empty());
  ASSERT_EQ(report.refused.size(), 1u);
  EXPECT_EQ(report.refused[0].object, "bad.tar/deposit-1");
  EXPECT_NE(report.refused[0].what.find("part-0000001"), std::string::npos) << report.refused[0].what;
}

TEST_F(Carried, WithSomethingElseInItGivesNothingAnotherPlace) {
  for (const char* name : {"receipt", "a/b/receipt", "a/../receipt", "deposit-1/part-00000000", "deposit-1/header-1",
                           "deposit-1/x", ".a/receipt", "-a/receipt", "deposit-1/part-000000x"}) {
    EXPECT_CODE(parse_carried_entry({.name = name}), Code::corrupt) << name;
    Files files = sealed("deposit-1");
    files.insert(files.begin() + 1, {name, bytes_of("x")});
    if (!bag::TarWriter([](ByteView) { return Result<void>(); }).begin_file(name, 1, 0)) continue;
    fs.seed("odd.tar", tar_of(files));
    const IntakeReport report = take("odd.tar");
    EXPECT_TRUE(report.taken.empty()) << name;
    EXPECT_EQ(report.refused.size(), 2u) << name;
  }
}

TEST_F(Carried, HoldsNothingTwiceAndNothingTooLarge) {
  Files files = sealed("deposit-1");
  files.insert(files.begin() + 1, files[0]);
  fs.seed("twice.tar", tar_of(files));
  EXPECT_NE(take("twice.tar").refused.back().what.find("twice"), std::string::npos);
  EXPECT_TRUE(parse_carried_entry({.name = "a/part-0000000", .size_bytes = kPartBytes}));
  EXPECT_CODE(parse_carried_entry({.name = "a/part-0000000", .size_bytes = kPartBytes + 1}), Code::limit);
  EXPECT_CODE(parse_carried_entry({.name = "a/receipt", .size_bytes = kReceiptBytesMax + 1}), Code::limit);
}

TEST_F(Carried, IsToldFromEvidence) {
  fs.seed("photos.tar", tar_of({{"photos/header-0", bytes_of("no age header at all, and long enough")}}));
  fs.seed("other.tar", tar_of({{"photos/1.jpg", bytes_of("age-encryption.org/v1\n and long enough")}}));
  fs.seed("short", as_view("age-encryption.org/v1\n"));
  fs.seed("empty", {});
  for (const char* name : {"photos.tar", "other.tar", "short", "empty", "nothing", "case"})
    EXPECT_FALSE(is_carried_file(fs, name)) << name;
  EXPECT_EQ(take("photos.tar").files, 1u) << "sealed as the file that it is";
}

TEST_F(Carried, WithoutSpaceIsOurOwnTroubleAndLeavesNothing) {
  fs.seed("all.tar", tar_of(sealed("deposit-1")));
  fs.fail_at(fs.operations() + 12, Code::io, "No space left on device");
  const auto report = take_in(doors, archive, {"all.tar"});
  EXPECT_CODE(report, Code::io);
  EXPECT_EQ(*exists(fs, "archive/staging"), false);
  EXPECT_EQ(take("all.tar").taken.size(), 1u);
}

}  // namespace
}  // namespace muniment
