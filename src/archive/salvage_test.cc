#include "archive/salvage.h"

#include <gtest/gtest.h>

#include "archive/archive_testing.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

using Names = std::vector<std::string>;

/// A sealed deposit of four parts in "d": files of 6, 20, 30 and 2 MiB.
class Salvaging : public ::testing::Test {
 protected:
  void SetUp() override {
    std::uint32_t seed = 1;
    for (const auto& [name, size] : sizes) fs.seed(join("case", name), noise(size, seed++));
    const auto report = seal_into(doors, "case", "out", target);
    ASSERT_TRUE(report);
    ASSERT_EQ(report->deposits[0].receipt.parts, 4u);
    ASSERT_TRUE(fs.rename(report->deposits[0].folder, "d"));
  }
  Result<SalvageReport> salvage() { return salvage_deposit(doors, "d", key, "saved"); }
  void expect_saved(const std::string& name, std::uint32_t seed) {
    EXPECT_EQ(*read_file(fs, join("saved/case", name), 100u << 20), noise(sizes.at(name), seed)) << name;
  }

  const std::map<std::string, std::size_t> sizes = {
      {"1", 6u << 20}, {"2", 20u << 20}, {"3", 30u << 20}, {"4", 2u << 20}};
  MemoryFs fs;
  FixedRandom random;
  FixedClock clock;
  Doors doors{fs, random, clock};
  age::X25519Identity key = age::X25519Identity::make(random);
  SealTarget target{.archive = {}, .compartment = "evidence", .recipient = key.recipient().text()};
};

TEST_F(Salvaging, OfAWholeDepositGivesAllFiles) {
  const auto report = salvage();
  ASSERT_TRUE(report) << report.error().sentence();
  EXPECT_EQ(report->whole, (Names{"case/1", "case/2", "case/3", "case/4"}));
  EXPECT_TRUE(report->incomplete.empty());
  EXPECT_EQ(report->parts, 4u);
  EXPECT_EQ(report->stopped, "");
  for (const auto& [name, seed] : std::map<std::string, std::uint32_t>{{"1", 1}, {"2", 2}, {"3", 3}, {"4", 4}})
    expect_saved(name, seed);
}

TEST_F(Salvaging, OfTheFirstPartsGivesTheFirstFiles) {
  for (const char* gone : {"receipt", "SHA256SUMS", "contents-0.age", "part-0000002", "part-0000003"})
    ASSERT_TRUE(fs.remove(join("d", gone)));
  const auto report = salvage();
  ASSERT_TRUE(report) << report.error().sentence();
  EXPECT_EQ(report->whole, (Names{"case/1", "case/2"}));
  EXPECT_EQ(report->incomplete, Names{"case/3 (as incomplete-3)"});
  EXPECT_EQ(report->parts, 2u);
  EXPECT_EQ(report->stopped, "part-0000002 is not there");
  expect_saved("1", 1);
  expect_saved("2", 2);
  const Bytes begun = *read_file(fs, "saved/incomplete-3", 100u << 20);
  EXPECT_GT(begun.size(), 4u << 20);
  EXPECT_TRUE(equal(begun, ByteView(noise(30u << 20, 3)).first(begun.size()))) << "what there is of it is right";
  EXPECT_FALSE(*exists(fs, "saved/case/3"));
}

TEST_F(Salvaging, StopsBeforeAPartThatIsCutOrAltered) {
  MemoryFs whole = fs;
  fs.truncate("d/part-0000001", 5'000'000);
  auto report = salvage();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->whole, Names{"case/1"});
  EXPECT_EQ(report->incomplete, Names{"case/2 (as incomplete-2)"});
  EXPECT_NE(report->stopped, "");

  fs = whole;
  fs.corrupt("d/part-0000001", 70'000);  // in its second chunk
  report = salvage();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->whole, Names{"case/1"});
  EXPECT_TRUE(report->stopped.starts_with("part-0000001: ")) << report->stopped;

  fs = whole;
  Bytes longer = *read_file(fs, "d/part-0000001", kPartBytes);
  longer.push_back(0);
  fs.seed("d/part-0000001", longer);
  report = salvage();
  ASSERT_TRUE(report) << report.error().sentence();
  EXPECT_EQ(report->whole, Names{"case/1"});
  EXPECT_NE(report->stopped, "");
}

TEST_F(Salvaging, WithoutPartsGivesNothingAndSaysSo) {
  ASSERT_TRUE(fs.remove("d/part-0000000"));
  const auto report = salvage();
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->whole.empty());
  EXPECT_EQ(report->stopped, "part-0000000 is not there");
}

TEST_F(Salvaging, NeedsTheHeaderAndItsKey) {
  EXPECT_CODE(salvage_deposit(doors, "d", age::X25519Identity::make(random), "saved"), Code::denied);
  EXPECT_FALSE(*exists(fs, "saved"));
  ASSERT_TRUE(fs.remove("d/header-0"));
  EXPECT_CODE(salvage(), Code::not_found);
}

TEST_F(Salvaging, TakesAnEmptyTargetOnly) {
  fs.seed("saved/mine", as_view("mine"));
  const auto before = fs.files();
  EXPECT_CODE(salvage(), Code::conflict);
  EXPECT_EQ(fs.files(), before);
}

TEST_F(Salvaging, ToADiskThatCannotBeWrittenIsAnErrorAndNotAReport) {
  fs.limit_bytes(0);
  EXPECT_CODE(salvage(), Code::io);
  class ReadOnlyFs final : public ForwardingFs {
   public:
    using ForwardingFs::ForwardingFs;
    Result<std::unique_ptr<OutputFile>> create(const std::string& path) override {
      return Error(Code::denied, "cannot create " + path + ": Permission denied");
    }
  } read_only(fs);
  EXPECT_CODE(salvage_deposit({read_only, random, clock}, "d", key, "saved too"), Code::denied);
}

TEST_F(Salvaging, WritesNothingOutsideTheTarget) {
  // The reader of the tar refuses such names by itself; nothing of them arrives here.
  Forgery forgery = forge(random, {{"a", bytes_of("x")}});
  const std::string_view name = "bag-1/data/a";
  const auto found = std::search(forgery.tar.begin(), forgery.tar.end(), name.begin(), name.end());
  ASSERT_NE(found, forgery.tar.end());
  std::copy_n("bag-1/../../b", 13, found);
  write_forgery(doors, "hostile", forgery, key.recipient());
  const auto report = salvage_deposit(doors, "hostile", key, "saved");
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->whole.empty());
  EXPECT_NE(report->stopped, "");
  EXPECT_FALSE(*exists(fs, "b"));
}

}  // namespace
}  // namespace muniment
