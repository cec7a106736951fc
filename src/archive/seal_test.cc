// seal_path and DepositWriter over doubles: splitting, trouble in the source, trouble on the disk.
#include "archive/seal.h"

#include <gtest/gtest.h>

#include <set>

#include "archive/archive_testing.h"
#include "base/posix_fs.h"
#include "crypto/random.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"
#include "testing/temporary_folder.h"

namespace muniment {
namespace {

class Sealing : public ::testing::Test {
 protected:
  Result<SealReport> seal(const std::string& path, SealLimits limits = {}) {
    return seal_into(doors, path, "out", target, limits);
  }
  Opened open(const SealedDeposit& deposit) {
    auto opened = open_folder(fs, deposit.folder, key);
    EXPECT_TRUE(opened) << opened.error().sentence();
    return opened ? std::move(*opened) : Opened{};
  }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock;
  Doors doors{fs, random, clock};
  age::X25519Identity key = age::X25519Identity::make(random);
  SealTarget target{.archive = {}, .compartment = "evidence", .recipient = key.recipient().text()};
};

TEST_F(Sealing, MakesOneDepositThatOpens) {
  fs.seed("case/a.jpg", noise(100'000));
  fs.seed("case/empty", {});
  fs.seed("case/notes/b.txt", as_view("words"));
  const auto report = seal("case");
  ASSERT_TRUE(report) << report.error().sentence();
  ASSERT_EQ(report->deposits.size(), 1u);
  EXPECT_TRUE(report->not_whole.empty());
  EXPECT_EQ(report->deposits[0].files, 3u);
  EXPECT_EQ(report->deposits[0].source_bytes, 100'005u);
  const Opened opened = open(report->deposits[0]);
  EXPECT_EQ(opened.files,
            (std::map<std::string, Bytes>{
                {"case/a.jpg", noise(100'000)}, {"case/empty", {}}, {"case/notes/b.txt", bytes_of("words")}}));
  EXPECT_EQ(opened.contents.facts.compartment, "evidence");
  EXPECT_EQ(opened.contents.facts.tool, tool_name());
  EXPECT_EQ(*fs.list("out"), std::vector<std::string>{report->deposits[0].id.hex()})
      << "and nothing else is left behind";
}

/// Rule 2: what a seized device holds tells nothing that was sealed.
TEST_F(Sealing, LeavesNoNameOrWordInTheClear) {
  fs.seed("case/witness-name", as_view("a secret testimony"));
  const auto report = seal("case");
  ASSERT_TRUE(report);
  for (const auto& [path, bytes] : fs.files()) {
    if (!path.starts_with("out/")) continue;
    const std::string_view text = as_text(bytes);
    for (const char* secret : {"witness", "testimony", "evidence", "case", "bag-", "2026"})
      EXPECT_EQ(text.find(secret), std::string_view::npos) << path << " shows " << secret;
  }
}

TEST_F(Sealing, OfTheSameFilesTwiceCannotBeToldFromTwoOthers) {
  fs.seed("case/a", as_view("x"));
  const auto first = seal("case"), second = seal("case");
  ASSERT_TRUE(first && second);
  const Receipt& a = first->deposits[0].receipt;
  const Receipt& b = second->deposits[0].receipt;
  EXPECT_EQ(a.bytes, b.bytes);
  EXPECT_NE(a.contents, b.contents);
  EXPECT_NE(a.tree, b.tree);
  EXPECT_NE(a.sums, b.sums);
  EXPECT_NE(a.header, b.header);
  EXPECT_NE(a.sealed_contents, b.sealed_contents);
}

TEST_F(Sealing, KeepsLinksAndEmptyFoldersInTheContentsOnly) {
  fs.seed("case/a", as_view("x"));
  fs.seed_link("case/link", "../outside/\xff");
  fs.seed_link("case/dangling", "nowhere");
  fs.seed_folder("case/empty/inside");
  const auto report = seal("case");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->links, 2u);
  EXPECT_TRUE(report->not_whole.empty()) << "a link that is recorded is not a loss";
  const Opened opened = open(report->deposits[0]);
  EXPECT_EQ(opened.files.size(), 1u);
  ASSERT_EQ(opened.contents.others.size(), 3u);
  EXPECT_EQ(opened.contents.others[0].path, "case/dangling");
  EXPECT_EQ(opened.contents.others[1].path, "case/empty/inside");
  EXPECT_EQ(opened.contents.others[1].kind, "folder");
  EXPECT_EQ(opened.contents.others[2].detail, "../outside/\xff");
}

TEST_F(Sealing, OfWhatHasNoFileSaysSoInADepositAllTheSame) {
  fs.seed_folder("empty");
  fs.seed_link("links/a", "b");
  fs.seed_special("fifos/a", FileType::fifo);
  for (const char* path : {"empty", "links", "fifos"}) {
    const auto report = seal(path);
    ASSERT_TRUE(report) << path << ": " << report.error().sentence();
    ASSERT_EQ(report->deposits.size(), 1u);
    EXPECT_EQ(report->deposits[0].files, 0u);
    const Opened opened = open(report->deposits[0]);
    ASSERT_EQ(opened.contents.others.size(), 1u) << path;
    EXPECT_TRUE(opened.contents.others[0].path.starts_with(path));
    EXPECT_EQ(opened.files.size(), 1u) << "a bag needs a file: one that says why it is there";
  }
}

TEST_F(Sealing, LeavesOutSocketsFifosAndDevicesByName) {
  fs.seed("case/a", as_view("x"));
  fs.seed_special("case/fifo", FileType::fifo);
  fs.seed_special("case/socket", FileType::socket);
  fs.seed_special("case/tty", FileType::device);
  const auto report = seal("case");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->not_whole, (std::vector<std::string>{"case/fifo was left out: is a FIFO and not a file",
                                                         "case/socket was left out: is a socket and not a file",
                                                         "case/tty was left out: is a device and not a file"}));
  const Opened opened = open(report->deposits[0]);
  ASSERT_EQ(opened.contents.others.size(), 3u);
  EXPECT_EQ(opened.contents.others[0].kind, "left-out");
  EXPECT_EQ(opened.contents.others[2].detail, "is a device and not a file");
}

TEST_F(Sealing, OfWhatIsNotThereOrIsNoFileIsRefused) {
  fs.seed_special("fifo", FileType::fifo);
  fs.seed_link("link", "fifo");
  EXPECT_CODE(seal("nothing"), Code::not_found);
  EXPECT_CODE(seal("fifo"), Code::invalid);
  EXPECT_CODE(seal("link"), Code::invalid);
  target.recipient = "age1nonsense";
  fs.seed("a", as_view("x"));
  EXPECT_CODE(seal("a"), Code::corrupt);
  EXPECT_FALSE(exists(fs, "out/staging").value()) << "nothing is left behind";
}

TEST_F(Sealing, SplitsByBytesAndKeepsALargerFileWhole) {
  fs.seed("case/1", noise(600));
  fs.seed("case/2", noise(300));
  fs.seed("case/3", noise(200));
  fs.seed("case/4", noise(5000));
  fs.seed("case/5", noise(100));
  const auto report = seal("case", {.split_bytes = 1000});
  ASSERT_TRUE(report);
  std::vector<std::vector<std::string>> split;
  for (const SealedDeposit& deposit : report->deposits) {
    split.emplace_back();
    for (const auto& [path, bytes] : open(deposit).files) split.back().push_back(path);
  }
  EXPECT_EQ(split, (std::vector<std::vector<std::string>>{{"case/1", "case/2"}, {"case/3"}, {"case/4"}, {"case/5"}}));
}

TEST_F(Sealing, SplitsExactlyAtTheLimit) {
  fs.seed("case/1", noise(600));
  fs.seed("case/2", noise(400));
  EXPECT_EQ(seal("case", {.split_bytes = 1000})->deposits.size(), 1u);
  EXPECT_EQ(seal("case", {.split_bytes = 999})->deposits.size(), 2u);
}

TEST_F(Sealing, SplitsByItemsWhereverTheFilesAre) {
  for (const char* name : {"a", "b", "c"}) fs.seed(join("case", name), as_view("x"));
  for (const char* name : {"v", "w", "x", "y"}) fs.seed_link(join("case", name), "nowhere");
  const auto report = seal("case", {.split_items = 2});
  ASSERT_TRUE(report) << report.error().sentence();
  ASSERT_EQ(report->deposits.size(), 4u);
  std::size_t items = 0;
  for (const SealedDeposit& deposit : report->deposits) {
    const Opened opened = open(deposit);
    items += deposit.files + opened.contents.others.size();
  }
  EXPECT_EQ(items, 7u) << "a deposit of links alone is one too";
}

TEST_F(Sealing, SplitsByTheSizeOfTheContents) {
  for (int i = 0; i < 8; ++i) fs.seed("case/" + std::to_string(i) + std::string(200, 'x'), as_view("x"));
  const auto report = seal("case", {.split_contents_bytes = 1000});
  ASSERT_TRUE(report);
  EXPECT_GT(report->deposits.size(), 1u);
}

TEST_F(Sealing, SplitsAtFiveThousandFiles) {
  for (int i = 0; i < 5001; ++i) fs.seed("case/" + std::to_string(10000 + i), as_view(std::to_string(i)));
  const auto report = seal("case");
  ASSERT_TRUE(report);
  ASSERT_EQ(report->deposits.size(), 2u);
  EXPECT_EQ(report->deposits[0].files, 5000u);
  EXPECT_EQ(report->deposits[1].files, 1u);
  EXPECT_EQ(open(report->deposits[1]).files, (std::map<std::string, Bytes>{{"case/15000", bytes_of("5000")}}));
  EXPECT_EQ(open(report->deposits[0]).files.at("case/14999"), bytes_of("4999"));
}

/// What a deposit says of "case/a" after trouble: always in the report and in the contents.
class TroubledSealing : public Sealing {
 protected:
  void SetUp() override {
    fs.seed("case/0", as_view("first"));
    fs.seed("case/a", noise(3'000'000));
    fs.seed("case/z", as_view("last"));
  }
  /// Seals, and gives what the contents call odd about case/a. The other two files are as they were.
  std::string defect() {
    const auto report = seal("case");
    EXPECT_TRUE(report) << report.error().sentence();
    if (!report) return {};
    EXPECT_EQ(report->not_whole.size(), 1u);
    if (report->not_whole.size() != 1) return "nothing in the report";
    opened = open(report->deposits[0]);
    EXPECT_EQ(opened.files.at("case/0"), bytes_of("first"));
    EXPECT_EQ(opened.files.at("case/z"), bytes_of("last"));
    for (const ContentsFile& file : opened.contents.files) {
      if (file.path == "case/a" && file.defects.size() == 1) {
        EXPECT_EQ(report->not_whole[0], "case/a " + file.defects[0]);
        return file.defects[0];
      }
    }
    for (const ContentsOther& other : opened.contents.others) {
      if (other.path == "case/a") {
        EXPECT_EQ(report->not_whole[0], "case/a was left out: " + other.detail);
        return other.detail;
      }
    }
    return "nothing is said of it";
  }

  Opened opened;
};

TEST_F(TroubledSealing, NamesASourceThatVanished) {
  fs.on_read("case/0", [&](std::uint64_t) {
    static_cast<void>(fs.remove("case/a").has_value());
    return Result<void>();
  });
  EXPECT_EQ(defect(), "vanished before it could be read");
  EXPECT_FALSE(opened.files.contains("case/a"));
}

TEST_F(TroubledSealing, NeverPassesOffAShrunkSourceAsWhole) {
  fs.on_read("case/a", [&](std::uint64_t offset) {
    if (offset == 1 << 20) fs.truncate("case/a", 1'500'000);
    return Result<void>();
  });
  EXPECT_EQ(defect(),
            "became shorter while it was read: only its first 1500000 of 3000000 bytes are here, the rest is zeros");
  Bytes expected = noise(1'500'000);
  expected.resize(3'000'000);
  EXPECT_EQ(opened.files.at("case/a"), expected);
}

TEST_F(TroubledSealing, NeverPassesOffAGrownSourceAsWhole) {
  fs.on_read("case/a", [&](std::uint64_t offset) {
    if (offset == 1 << 20) fs.seed("case/a", noise(4'000'000));
    return Result<void>();
  });
  EXPECT_EQ(defect(), "grew while it was read: only its first 3000000 bytes are here");
  EXPECT_EQ(opened.files.at("case/a").size(), 3'000'000u);
}

TEST_F(TroubledSealing, SaysWhenASourceChangedAtTheSameSize) {
  fs.on_read("case/a", [&](std::uint64_t offset) {
    if (offset == 1 << 20) fs.seed("case/a", noise(3'000'000, 2));
    return Result<void>();
  });
  EXPECT_EQ(defect(), "was changed while it was read");
}

TEST_F(TroubledSealing, NamesASourceThatCannotBeReadToItsEnd) {
  fs.on_read("case/a", [](std::uint64_t offset) {
    if (offset >= 1 << 20) return Result<void>(Error(Code::io, "cannot read case/a: Input/output error"));
    return Result<void>();
  });
  EXPECT_EQ(defect(),
            "could not be read to its end (cannot read case/a: Input/output error): only its first 1048576 of 3000000 "
            "bytes are here, the rest is zeros");
}

/// Refuses to open or to list one path, as the system does to those without permission.
class ForbiddingFs final : public ForwardingFs {
 public:
  using ForwardingFs::ForwardingFs;
  Result<std::unique_ptr<InputFile>> open(const std::string& path) override {
    if (path == forbidden) return Error(Code::denied, "cannot open " + path + ": Permission denied");
    return ForwardingFs::open(path);
  }
  Result<std::vector<std::string>> list(const std::string& path) override {
    if (path == forbidden) return Error(Code::denied, "cannot list " + path + ": Permission denied");
    return ForwardingFs::list(path);
  }
  std::string forbidden;
};

TEST_F(TroubledSealing, NamesWhatItMayNotReadAndGoesOn) {
  fs.seed("case/b/inside", as_view("x"));
  ForbiddingFs forbidding(fs);
  const Doors narrow{forbidding, random, clock};
  for (const char* forbidden : {"case/a", "case/b"}) {
    forbidding.forbidden = forbidden;
    const auto report = seal_into(narrow, "case", "out", target);
    ASSERT_TRUE(report) << report.error().sentence();
    ASSERT_EQ(report->not_whole.size(), 1u);
    EXPECT_TRUE(report->not_whole[0].starts_with(forbidden + std::string(" was left out: cannot ")))
        << report->not_whole[0];
    EXPECT_TRUE(open(report->deposits[0]).files.contains("case/z"));
  }
  // What was named by hand is another matter: nothing is sealed.
  forbidding.forbidden = "case";
  EXPECT_CODE(seal_into(narrow, "case", "out", target), Code::denied);
  forbidding.forbidden = "case/a";
  EXPECT_CODE(seal_into(narrow, "case/a", "out", target), Code::denied);
}

TEST_F(TroubledSealing, NamesAFolderThatVanishedWhileItWasWalked) {
  fs.seed("case/b/inside", as_view("x"));
  fs.seed_folder("staging");
  const SealHooks hooks{.place = [](SealedDeposit&) { return Result<void>(); },
                        .on_bytes = {},
                        .is_wanted =
                            [&](const SourceItem& item) {
                              if (item.true_path != "case/a") return true;
                              EXPECT_TRUE(fs.remove("case/b/inside"));
                              EXPECT_TRUE(fs.remove("case/b"));
                              return true;
                            }};
  const auto report = seal_path(doors, "case", "staging", target, hooks);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->not_whole, std::vector<std::string>{"case/b was left out: vanished before it could be read"});
}

/// What a hook is told is of the deposit that is placed next, also while the one before is still being ended.
TEST_F(Sealing, TellsOfADepositBeforeItIsPlaced) {
  TemporaryFolder folder;
  const std::string source = join(folder.path(), "case");
  const std::string staging = join(folder.path(), "staging");
  ASSERT_TRUE(posix_fs().make_folder(source));
  ASSERT_TRUE(posix_fs().make_folder(staging));
  for (int i = 100; i < 300; ++i) ASSERT_TRUE(write_new(posix_fs(), join(source, std::to_string(i)), noise(3000)));
  for (const Worker::Mode mode : {Worker::Mode::at_once, Worker::Mode::by_thread}) {
    const Doors disk{posix_fs(), system_random(), clock, mode};
    std::vector<std::string> told;
    std::set<std::string> whole;
    std::size_t placed = 0;
    const SealHooks hooks{.place = [&](SealedDeposit& deposit) -> Result<void> {
                            TRY_ASSIGN(const Opened found, open_folder(posix_fs(), deposit.folder, key));
                            EXPECT_EQ(found.files.size(), told.size());
                            for (const std::string& path : told)
                              EXPECT_TRUE(found.files.contains(path) && whole.contains(path)) << path;
                            placed += std::exchange(told, {}).size();
                            return {};
                          },
                          .on_bytes = {},
                          .on_taken = [&](const TakenItem& taken) { told.push_back(taken.item.true_path); },
                          .on_whole = [&](const SourceItem& item, const FileInfo&) { whole.insert(item.true_path); }};
    const auto report = seal_path(disk, source, staging, target, hooks, {.split_items = 7});
    ASSERT_TRUE(report) << report.error().sentence();
    EXPECT_EQ(report->deposits.size(), 29u);
    EXPECT_EQ(placed, 200u);
    ASSERT_TRUE(remove_tree(posix_fs(), staging));
    ASSERT_TRUE(posix_fs().make_folder(staging));
  }
}

TEST_F(TroubledSealing, NamesAHostileNameWithoutPlayingWithTheTerminal) {
  const std::string hostile = "case/\x1b[2J\xff" + std::string(200, 'x') + std::string(40, '\x01');
  fs.seed(hostile, as_view("x"));
  fs.on_read(hostile, [](std::uint64_t) { return Result<void>(Error(Code::io, "bad\xff sector")); });
  const auto report = seal("case");
  ASSERT_TRUE(report);
  ASSERT_EQ(report->not_whole.size(), 1u);
  EXPECT_EQ(report->not_whole[0].find('\x1b'), std::string::npos);
  const Opened found = open(report->deposits[0]);
  EXPECT_TRUE(found.files.contains(hostile));
}

}  // namespace
}  // namespace muniment
