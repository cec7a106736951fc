#include "bag/validate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "bag/tar_testing.h"
#include "base/fs.h"
#include "crypto/digest.h"
#include "testing/memory_fs.h"

namespace muniment::bag {
namespace {

using Files = std::map<std::string, std::string>;

std::string digest(const std::string& algorithm, const std::string& text) {
  auto digester = Digester::open(algorithm);
  MUNIMENT_CHECK(digester.has_value());
  digester->update(as_view(text));
  return digester->finish_hex();
}

const std::string kTwo = "data/dir/two";

/// A bag of two files, valid; its tag manifest lists what `files` holds when it is made.
Files good_bag(const std::string& version = "1.0") {
  Files files{{"bagit.txt", "BagIt-Version: " + version + "\nTag-File-Character-Encoding: UTF-8\n"},
              {"bag-info.txt", "Contact-Name: A\nPayload-Oxum: 6.2\n"},
              {"data/one", "one"},
              {kTwo, "two"}};
  files["manifest-sha256.txt"] =
      digest("sha256", "one") + "  data/one\n" + digest("sha256", "two") + "  data/dir/two\n";
  return files;
}

std::string listing(const Files& files, const std::string& algorithm, std::initializer_list<std::string> paths) {
  std::string text;
  for (const std::string& path : paths) text += digest(algorithm, files.at(path)) + "  " + path + "\n";
  return text;
}

BagReport validate(const Files& files, ValidateLimits limits = {}) {
  MemoryFs fs;
  fs.seed_folder("bag");
  for (const auto& [path, text] : files) fs.seed("bag/" + path, as_view(text));
  auto report = validate_bag(fs, "bag", limits);
  EXPECT_TRUE(report) << report.error().sentence();
  return report.value();
}

bool says(const std::vector<std::string>& sentences, const std::string& words) {
  return std::any_of(sentences.begin(), sentences.end(),
                     [&](const std::string& sentence) { return sentence.find(words) != std::string::npos; });
}

std::string all(const std::vector<std::string>& sentences) {
  std::string text;
  for (const std::string& sentence : sentences) text += sentence + "\n";
  return text;
}

/// Expects one problem, which says this.
void expect_problem(const Files& files, const std::string& words) {
  const BagReport report = validate(files);
  EXPECT_EQ(report.problems.size(), 1u) << all(report.problems);
  EXPECT_TRUE(says(report.problems, words)) << all(report.problems);
}

TEST(ValidateBag, AcceptsAValidBag) {
  for (const std::string version : {"0.93", "0.97", "1.0"}) {
    const BagReport report = validate(good_bag(version));
    EXPECT_EQ(report.problems, std::vector<std::string>{});
    EXPECT_EQ(report.warnings, std::vector<std::string>{});
    EXPECT_EQ(report.version, version);
    EXPECT_EQ(report.files, 2u);
    EXPECT_EQ(report.bytes, 6u);
  }
}

TEST(ValidateBag, AcceptsTagManifestsAndOtherTagFiles) {
  Files files = good_bag();
  files["notes/readme"] = "x";
  files["tagmanifest-sha512.txt"] = listing(files, "sha512", {"bagit.txt", "manifest-sha256.txt", "notes/readme"});
  EXPECT_EQ(validate(files).problems, std::vector<std::string>{});
  files["notes/readme"] = "y";
  expect_problem(files, "notes/readme does not match tagmanifest-sha512.txt");
  files.erase("notes/readme");
  expect_problem(files, "notes/readme is missing");
}

TEST(ValidateBag, SaysWhatIsWrongWithThePayload) {
  Files files = good_bag();
  files["data/one"] = "onf";
  expect_problem(files, "data/one does not match manifest-sha256.txt");
  files = good_bag();
  files["data/three"] = "";
  files["bag-info.txt"] = "";
  expect_problem(files, "data/three is in no manifest");
  files = good_bag();
  files.erase(kTwo);
  files["bag-info.txt"] = "";
  expect_problem(files, "data/dir/two is missing");
  files = good_bag();
  files["bag-info.txt"] = "Payload-Oxum: 7.2\n";
  expect_problem(files, "7.2 (bytes.files), but it is 6.2");
  files["bag-info.txt"] = "Payload-Oxum: 6.2\nPayload-Oxum: 6.2\n";
  expect_problem(files, "more than once");
}

TEST(ValidateBag, WantsTheElementsOfABag) {
  Files files = good_bag();
  files.erase("bagit.txt");
  expect_problem(files, "no bagit.txt");
  files = good_bag();
  files["bagit.txt"] = "BagIt-Version: 2.0\nTag-File-Character-Encoding: UTF-8\n";
  expect_problem(files, "not a version of BagIt");
  files = good_bag();
  files["bagit.txt"] = "BagIt-Version: 1.0\nTag-File-Character-Encoding: EBCDIC\n";
  EXPECT_TRUE(says(validate(files).problems, "encoding \"EBCDIC\" is not known"));

  const BagReport empty = validate({{"bagit.txt", good_bag()["bagit.txt"]}});
  EXPECT_TRUE(says(empty.problems, "no folder data"));
  EXPECT_TRUE(says(empty.problems, "no payload manifest"));
}

TEST(ValidateBag, WantsEveryFileInEveryManifestFromVersion1) {
  for (const std::string version : {"0.97", "1.0"}) {
    Files files = good_bag(version);
    files["manifest-sha512.txt"] = listing(files, "sha512", {"data/one"});
    if (version == "1.0") {
      expect_problem(files, "data/dir/two is not in manifest-sha512.txt");
    } else {
      EXPECT_EQ(validate(files).problems, std::vector<std::string>{});
    }
  }
}

TEST(ValidateBag, RefusesDoubleLinesFromVersion1) {
  for (const std::string version : {"0.97", "1.0"}) {
    Files files = good_bag(version);
    files["manifest-sha256.txt"] += listing(files, "sha256", {"data/one"});
    const BagReport report = validate(files);
    EXPECT_TRUE(says(version == "1.0" ? report.problems : report.warnings, "lists data/one twice."));
    EXPECT_EQ(report.problems.empty(), version == "0.97");
    files["manifest-sha256.txt"] += digest("sha256", "") + "  data/one\n";
    EXPECT_TRUE(says(validate(files).problems, "data/one twice, with different digests"));
  }
}

TEST(ValidateBag, HoldsTagManifestsToRfc8493) {
  Files files = good_bag();
  files["tagmanifest-sha256.txt"] = listing(files, "sha256", {"bagit.txt"});
  expect_problem(files, "does not list manifest-sha256.txt");
  files["tagmanifest-sha256.txt"] = listing(files, "sha256", {"manifest-sha256.txt", "data/one"});
  expect_problem(files, "tagmanifest-sha256.txt may not list data/one");
  files["tagmanifest-sha256.txt"] = listing(files, "sha256", {"manifest-sha256.txt"});
  files["tagmanifest-sha512.txt"] = listing(files, "sha512", {"manifest-sha256.txt", "tagmanifest-sha256.txt"});
  expect_problem(files, "may not list tagmanifest-sha256.txt");
}

TEST(ValidateBag, NeverLeavesTheBag) {
  for (const char* path : {"../outside", "/outside", "~/outside", "data/../../outside"}) {
    MemoryFs fs;
    for (const auto& [name, text] : good_bag()) fs.seed("bag/" + name, as_view(text));
    fs.seed("outside", as_view("secret"));
    fs.on_read("outside", [](std::uint64_t) -> Result<void> {
      ADD_FAILURE() << "a file beside the bag was read";
      return {};
    });
    const std::string line = digest("sha256", "secret") + "  " + path + "\n";
    fs.seed("bag/tagmanifest-sha256.txt", as_view(line));
    const auto report = validate_bag(fs, "bag");
    ASSERT_TRUE(report);
    EXPECT_TRUE(says(report->problems, "lead out of the bag")) << all(report->problems);
  }
}

TEST(ValidateBag, DoesNotFollowLinks) {
  MemoryFs fs;
  for (const auto& [name, text] : good_bag()) fs.seed("bag/" + name, as_view(text));
  fs.seed("outside/one", as_view("one"));
  fs.seed_link("bag/data/link", "../../outside/one");
  fs.seed_link("bag/data/folder", "../../outside");
  fs.seed_special("bag/fifo", FileType::fifo);
  const auto report = validate_bag(fs, "bag");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->problems.size(), 2u) << all(report->problems);
  EXPECT_TRUE(says(report->problems, "data/link is a link"));
  EXPECT_TRUE(says(report->problems, "data/folder is a link"));
  EXPECT_TRUE(says(report->warnings, "fifo is a FIFO"));
}

TEST(ValidateBag, SaysWhereMissingFilesCanBeFetched) {
  Files files = good_bag();
  files["fetch.txt"] = "https://example.org/one 3 data/one\n";
  EXPECT_EQ(validate(files).problems, std::vector<std::string>{});
  EXPECT_TRUE(says(validate(files).warnings, "data/one, which is there already"));
  files["fetch.txt"] = "https://example.org/one 4 data/one\n";
  expect_problem(files, "does not have the length");
  files.erase("data/one");
  files["bag-info.txt"] = "";
  expect_problem(files, "data/one is not here; fetch.txt says to get it from https://example.org/one");
  files = good_bag();
  files["fetch.txt"] = "https://example.org/x - data/x\n";
  expect_problem(files, "but no manifest does");
  files["fetch.txt"] = "https://example.org/x - bagit.txt\n";
  expect_problem(files, "may not list bagit.txt");
  files["fetch.txt"] = "nonsense\n";
  expect_problem(files, "fetch.txt line 1");
}

TEST(ValidateBag, WarnsOfWeakDigestsAndRefusesUnknownOnes) {
  Files files = good_bag();
  files.erase("manifest-sha256.txt");
  files["manifest-md5.txt"] = listing(files, "md5", {"data/one", kTwo});
  EXPECT_EQ(validate(files).problems, std::vector<std::string>{});
  EXPECT_TRUE(says(validate(files).warnings, "not tampering"));
  files["manifest-crc32.txt"] = "00 data/one\n00 data/dir/two\n";
  expect_problem(files, "manifest-crc32.txt cannot be checked");
}

TEST(ValidateBag, FindsPathsByTheRulesOfTheVersion) {
  Files files = good_bag();
  files["data/50%"] = "x";
  files["bag-info.txt"] = "";
  files["manifest-sha256.txt"] += digest("sha256", "x") + "  data/50%25\n";
  EXPECT_EQ(validate(files).problems, std::vector<std::string>{});
  files["bagit.txt"] = good_bag("0.97")["bagit.txt"];
  EXPECT_TRUE(says(validate(files).problems, "data/50%25 is missing"));
  files["manifest-sha256.txt"] = good_bag()["manifest-sha256.txt"] + digest("sha256", "x") + "  ./data/50%\n";
  EXPECT_EQ(validate(files).problems, std::vector<std::string>{});
  EXPECT_TRUE(says(validate(files).warnings, "unusual form"));
}

TEST(ValidateBag, KeepsToItsLimits) {
  Files files = good_bag();
  files["manifest-sha256.txt"] = std::string(100, '\n');
  const BagReport report = validate(files, {.tag_file_bytes_max = 64ull << 20, .problems_max = 10});
  EXPECT_EQ(report.problems.size(), 11u);
  EXPECT_TRUE(says(report.problems, "more problems"));
  EXPECT_TRUE(says(validate(files, {.tag_file_bytes_max = 99, .problems_max = 10}).problems, "too large"));
}

TEST(ValidateBag, TellsTheControlCharactersOfNames) {
  Files files = good_bag();
  files["data/\x1b[2J"] = "";
  files["bag-info.txt"] = "";
  expect_problem(files, "data/\\x1b[2J is in no manifest");
}

TEST(ValidateBag, HandsOnErrorsOfTheFileSystem) {
  MemoryFs fs;
  EXPECT_EQ(validate_bag(fs, "nowhere").error().code(), Code::not_found);
  for (const auto& [name, text] : good_bag()) fs.seed("bag/" + name, as_view(text));
  fs.on_read("bag/data/one", [](std::uint64_t) -> Result<void> { return Error(Code::io, "bad sector"); });
  EXPECT_EQ(validate_bag(fs, "bag").error().code(), Code::io);
}

TEST(LooksLikeBag, AsksForTheDeclaration) {
  MemoryFs fs;
  fs.seed("bag/bagit.txt", {});
  fs.seed_folder("folder");
  EXPECT_TRUE(looks_like_bag(fs, "bag").value());
  EXPECT_FALSE(looks_like_bag(fs, "folder").value());
}

}  // namespace
}  // namespace muniment::bag
