// What is taken in, what is refused, and that nothing is lost on the way.
#include "archive/intake.h"

#include <gtest/gtest.h>

#include "archive/archive_testing.h"
#include "base/encoding.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

class TakingIn : public ::testing::Test {
 protected:
  void SetUp() override {
    fs.seed("case/a", as_view("first"));
    fs.seed("case/b", noise(200'000));
  }
  /// A sealed deposit of "case" below `folder`, as a field device makes it.
  SealedDeposit seal(const std::string& folder, const TestArchive& to) {
    const auto report = seal_into(doors, "case", folder, target_of(*view_of(doors, to)));
    MUNIMENT_CHECK(report && report->deposits.size() == 1);
    return report->deposits[0];
  }
  SealedDeposit seal(const std::string& folder) { return seal(folder, archive); }
  IntakeReport take(const std::vector<std::string>& paths) {
    auto report = take_in(doors, archive, paths);
    EXPECT_TRUE(report) << report.error().sentence();
    return report ? std::move(*report) : IntakeReport{};
  }
  /// The sentence with which the one sealed deposit at `path` is refused; it stays where it is, byte for byte.
  std::string refusal(const std::string& path) {
    const auto before = below(path);
    const IntakeReport report = take({path});
    EXPECT_TRUE(report.taken.empty());
    EXPECT_EQ(below(path), before) << "it stays where it is";
    EXPECT_EQ(report.refused.size(), 1u);
    expect_whole();
    return report.refused.empty() ? "" : report.refused[0].what;
  }
  std::map<std::string, Bytes> below(const std::string& folder) const {
    std::map<std::string, Bytes> found;
    for (const auto& [path, bytes] : fs.files()) {
      if (path.starts_with(folder + "/")) found.emplace(path, bytes);
    }
    return found;
  }
  /// The archive verifies, with nothing unlogged and nothing staged.
  void expect_whole() {
    FolderStore store(fs, "archive", random);
    const auto report = verify_copy(store, IdPin::of(archive.id));
    ASSERT_TRUE(report) << report.error().sentence();
    for (const Finding& finding : report->findings) ADD_FAILURE() << finding.object << " " << finding.what;
    EXPECT_TRUE(report->view.objections.empty());
    EXPECT_EQ(*exists(fs, "archive/staging"), false);
  }
  std::map<std::string, Bytes> opened(const TakenDeposit& deposit) {
    const auto all = open_logged(doors, archive, deposit.id);
    EXPECT_TRUE(all) << all.error().sentence();
    return all ? all->files : std::map<std::string, Bytes>{};
  }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock;
  Doors doors{fs, random, clock};
  TestArchive archive = *found_test_archive(doors, "archive");
  const std::map<std::string, Bytes> case_files = {{"case/a", bytes_of("first")}, {"case/b", noise(200'000)}};
};

TEST_F(TakingIn, OfAFolderSealsLogsAndVouches) {
  const IntakeReport report = take({"case"});
  ASSERT_EQ(report.taken.size(), 1u);
  EXPECT_EQ(report.taken[0].index, 1u);
  EXPECT_EQ(report.taken[0].from, "case");
  EXPECT_EQ(report.files, 2u);
  EXPECT_EQ(report.head.size, 3u);
  EXPECT_EQ(opened(report.taken[0]), case_files);
  const ArchiveView view = *view_of(doors, archive);
  EXPECT_TRUE(view.is_accepted(view.deposits.at(0)));
  EXPECT_EQ(below("case").size(), 2u) << "the originals stay";
  expect_whole();
}

TEST_F(TakingIn, OfSealedDepositsGivesTheSameBytes) {
  const SealedDeposit one = seal("sealed");
  const SealedDeposit two = seal("sealed");
  const IntakeReport report = take({"sealed"});
  ASSERT_EQ(report.taken.size(), 2u);
  EXPECT_TRUE(report.refused.empty());
  EXPECT_EQ(report.files, 4u);
  for (const SealedDeposit& deposit : {one, two}) {
    for (const auto& [path, bytes] : below(deposit.folder))
      EXPECT_EQ(*read_file(fs, join("archive", deposit_folder(deposit.id) + "/" + name_in(path)), 100u << 20), bytes);
  }
  EXPECT_EQ(opened(report.taken[0]), case_files);
  EXPECT_EQ(below("sealed").size(), 10u) << "only incoming/ is emptied";
  expect_whole();
}

TEST_F(TakingIn, OfOneSealedDepositByItsOwnPath) {
  const SealedDeposit deposit = seal("sealed");
  EXPECT_EQ(take({deposit.folder}).taken.at(0).id, deposit.id);
}

TEST_F(TakingIn, OfSeveralPathsMakesOneBatch) {
  seal("sealed");
  const IntakeReport report = take({"case/a", "sealed", "case"});
  EXPECT_EQ(report.taken.size(), 3u);
  EXPECT_EQ(report.head.size, 5u) << "three deposits and one accept";
  expect_whole();
}

TEST_F(TakingIn, OfIncomingEmptiesItAfterwards) {
  const SealedDeposit deposit = seal("archive/incoming");
  EXPECT_EQ(take({"archive/incoming"}).taken.at(0).id, deposit.id);
  EXPECT_TRUE(below("archive/incoming").empty());
  EXPECT_TRUE(take({"archive/incoming"}).taken.empty());
  expect_whole();
}

TEST_F(TakingIn, OfNothingAddsNoEntry) {
  fs.seed_folder("archive/incoming");
  const IntakeReport report = take({"archive/incoming"});
  EXPECT_EQ(report.head.size, 1u);
  EXPECT_TRUE(report.refused.empty());
}

TEST_F(TakingIn, OfTheSameSealedDepositTwiceLogsItOnce) {
  const SealedDeposit deposit = seal("sealed");
  EXPECT_EQ(take({"sealed", "sealed"}).taken.size(), 1u) << "in one run";
  const IntakeReport again = take({"sealed"});
  EXPECT_TRUE(again.taken.empty());
  ASSERT_EQ(again.already.size(), 1u);
  EXPECT_EQ(again.already[0].id, deposit.id);
  EXPECT_EQ(again.already[0].index, 1u);
  EXPECT_EQ(again.head.size, 3u);
  expect_whole();
}

/// format-review 5: the archive line.
TEST_F(TakingIn, RefusesTheReplayOfAnotherArchivesDeposit) {
  const TestArchive other = *found_test_archive(doors, "other");
  const SealedDeposit deposit = seal("sealed", other);
  EXPECT_TRUE(refusal(deposit.folder).starts_with("was sealed for another archive, " + id_words(other.id)));
  // With a receipt that names this archive: a depositor's own trick, since no key of the other's is needed.
  Receipt receipt = deposit.receipt;
  receipt.archive = archive.id;
  fs.seed(join(deposit.folder, "receipt"), as_view(render_receipt(receipt)));
  EXPECT_NE(refusal(deposit.folder).find("cannot be opened"), std::string::npos) << "it is sealed to the other's key";
  // And sealed to this archive's key, but with the other's id inside.
  SealTarget target = target_of(*view_of(doors, archive));
  target.archive = other.id;
  Receipt inside = seal_into(doors, "case", "mixed", target)->deposits[0].receipt;
  const std::string folder = "mixed/" + fs.list("mixed")->at(0);
  inside.archive = archive.id;
  fs.seed(join(folder, "receipt"), as_view(render_receipt(inside)));
  EXPECT_NE(refusal(folder).find("of another archive"), std::string::npos);
}

TEST_F(TakingIn, RefusesAnAlteredReceipt) {
  const SealedDeposit deposit = seal("sealed");
  const std::string path = join(deposit.folder, "receipt");
  const std::string text = render_receipt(deposit.receipt);
  for (std::size_t line = 0, start = 0; start < text.size(); ++line) {
    const std::size_t end = text.find('\n', start);
    std::string changed = text;
    changed[end - 1] = changed[end - 1] == '1' ? '2' : '1';
    fs.seed(path, as_view(changed));
    if (line > 0) {  // without its first line it is no sealed deposit but a folder like others
      EXPECT_NE(refusal(deposit.folder), "") << "line " << line;
    }
    start = end + 1;
  }
  fs.seed(path, as_view(text));
  EXPECT_EQ(take({deposit.folder}).taken.size(), 1u);
}

TEST_F(TakingIn, RefusesPartsMissingTruncatedFlippedOrFromAnother) {
  const SealedDeposit deposit = seal("sealed");
  const SealedDeposit other = seal("other-sealed");
  const MemoryFs whole = fs;
  const std::string part = join(deposit.folder, "part-0000000");
  fs.corrupt(part, 1000);
  EXPECT_EQ(refusal(deposit.folder), "part-0000000 has been altered or cut");
  fs = whole;
  fs.truncate(part, 1000);
  EXPECT_EQ(refusal(deposit.folder), "part-0000000 has been altered or cut");
  fs = whole;
  ASSERT_TRUE(fs.remove(part));
  EXPECT_EQ(refusal(deposit.folder), "part-0000000 is missing");
  fs = whole;
  fs.seed(part, *read_file(fs, join(other.folder, "part-0000000"), kPartBytes));
  EXPECT_EQ(refusal(deposit.folder), "part-0000000 has been altered or cut");
}

TEST_F(TakingIn, RefusesWhatIsSealedToAnotherKey) {
  SealTarget target = target_of(*view_of(doors, archive));
  target.recipient = age::X25519Identity::make(random).recipient().text();
  const SealedDeposit deposit = seal_into(doors, "case", "sealed", target)->deposits[0];
  EXPECT_TRUE(refusal(deposit.folder).starts_with("cannot be opened with the key of \"evidence\""));
}

TEST_F(TakingIn, OfWhatNobodyHereOpensIsDoneOnlyWhereItIsAskedFor) {
  SealTarget target = target_of(*view_of(doors, archive));
  target.recipient = age::X25519Identity::make(random).recipient().text();
  const SealedDeposit deposit = seal_into(doors, "case", "sealed", target)->deposits[0];
  const IntakeHooks unopened{.on_bytes = {}, .takes_unopened = true};
  const MemoryFs before = fs;
  fs.corrupt(join(deposit.folder, "part-0000000"), 1000);
  EXPECT_EQ(take_in(doors, archive, {deposit.folder}, {}, kEvidence, unopened)->refused.size(), 1u) << "damaged";
  fs = before;
  const auto report = take_in(doors, archive, {deposit.folder}, {}, kEvidence, unopened);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->taken.size(), 1u);
  EXPECT_EQ(report->unopened, std::vector<std::string>{deposit.folder});
  EXPECT_TRUE(take({deposit.folder}).unopened.empty()) << "it is in the log";
}

TEST_F(TakingIn, GoesOnWithTheOthersWhenOneIsRefused) {
  const SealedDeposit bad = seal("archive/incoming");
  const SealedDeposit good = seal("archive/incoming");
  fs.corrupt(join(bad.folder, "header-0"), 10);
  fs.seed("archive/incoming/note.txt", as_view("what is this?"));
  const IntakeReport report = take({"archive/incoming"});
  ASSERT_EQ(report.taken.size(), 1u);
  EXPECT_EQ(report.taken[0].id, good.id);
  EXPECT_EQ(report.refused.size(), 2u);
  EXPECT_EQ(below(bad.folder).size(), 5u);
  EXPECT_TRUE(*exists(fs, "archive/incoming/note.txt"));
  EXPECT_TRUE(below(good.folder).empty());
  expect_whole();
}

TEST_F(TakingIn, KeepsInIncomingWhatIsNotOfTheDeposit) {
  const SealedDeposit deposit = seal("archive/incoming");
  fs.seed(join(deposit.folder, "letter.txt"), as_view("for the custodian"));
  EXPECT_EQ(take({"archive/incoming"}).taken.size(), 1u);
  EXPECT_EQ(below("archive/incoming").size(), 1u);
  EXPECT_TRUE(*exists(fs, join(deposit.folder, "letter.txt")));
}

/// The archive's own copy has decayed meanwhile: what came in again is the only whole one, and puts it right.
TEST_F(TakingIn, HealsTheArchivesCopyFromWhatComesInAgain) {
  const SealedDeposit deposit = seal("archive/incoming");
  const MemoryFs arrived = fs;
  ASSERT_EQ(take({"archive/incoming"}).taken.size(), 1u);
  const std::string place = join("archive", deposit_folder(deposit.id));
  for (const char* name : {"receipt", "SHA256SUMS", "header-0", "contents-0.age", "part-0000000"}) {
    for (const auto& [path, bytes] : arrived.files()) {
      if (path.starts_with("archive/incoming/")) fs.seed(path, bytes);
    }
    fs.corrupt(join(place, name), 5);
    const IntakeReport report = take({"archive/incoming"});
    EXPECT_EQ(report.already.size(), 1u);
    EXPECT_TRUE(report.refused.empty());
    EXPECT_TRUE(below("archive/incoming").empty());
    expect_whole();
  }
}

/// Neither of the two is whole: the arrival stays where it is, and what it lacks may still be right in the archive.
TEST_F(TakingIn, KeepsADamagedArrivalOfADamagedDeposit) {
  const SealedDeposit deposit = seal("archive/incoming");
  const MemoryFs arrived = fs;
  ASSERT_EQ(take({"archive/incoming"}).taken.size(), 1u);
  for (const auto& [path, bytes] : arrived.files()) {
    if (path.starts_with("archive/incoming/")) fs.seed(path, bytes);
  }
  fs.corrupt(join("archive", deposit_folder(deposit.id) + "/part-0000000"), 5);
  fs.corrupt(join(deposit.folder, "part-0000000"), 50'000);
  const IntakeReport report = take({"archive/incoming"});
  EXPECT_EQ(report.refused.size(), 1u) << "a person must be told";
  EXPECT_EQ(below(deposit.folder).size(), 5u);
}

TEST_F(TakingIn, LogsWhatAnEarlierRunLeftBehind) {
  const SealedDeposit deposit = seal("sealed");
  const std::string place = join("archive", deposit_folder(deposit.id));
  ASSERT_TRUE(make_folders(fs, parent_of(place)));
  ASSERT_TRUE(fs.rename(deposit.folder, place));
  fs.seed_folder("archive/incoming");
  const IntakeReport report = take({"archive/incoming"});
  ASSERT_EQ(report.taken.size(), 1u);
  EXPECT_EQ(report.taken[0].from, "left by an earlier run");
  EXPECT_EQ(opened(report.taken[0]), case_files);
  expect_whole();
}

TEST_F(TakingIn, RefusesWhatWasLeftBehindDamaged) {
  const TestArchive other = *found_test_archive(doors, "other");
  const SealedDeposit damaged = seal("sealed"), foreign = seal("sealed", other), misplaced = seal("sealed");
  for (const auto& [deposit, folder] :
       std::map<std::string, std::string>{{damaged.folder, deposit_folder(damaged.id)},
                                          {foreign.folder, deposit_folder(foreign.id)},
                                          {misplaced.folder, "deposits/ab/" + std::string(64, 'a')}}) {
    ASSERT_TRUE(make_folders(fs, parent_of(join("archive", folder))));
    ASSERT_TRUE(fs.rename(deposit, join("archive", folder)));
  }
  fs.seed("archive/deposits/cd/cd" + std::string(62, '0') + "/part-0000000", as_view("half"));
  fs.corrupt(join("archive", deposit_folder(damaged.id) + "/part-0000000"), 5);
  const auto before = below("archive/deposits");
  const IntakeReport report = take({"case/a"});
  EXPECT_EQ(report.taken.size(), 1u) << "the rest goes on";
  EXPECT_EQ(report.refused.size(), 4u);
  for (const auto& [path, bytes] : before) EXPECT_TRUE(*exists(fs, path)) << "nothing that lies there is cleared";
}

/// A copy program was cut off in deposits/: the half there may not pass for the whole that arrives.
TEST_F(TakingIn, DoesNotTakeAHalfCopyInItsPlaceForTheDeposit) {
  const SealedDeposit deposit = seal("archive/incoming");
  const std::string place = join("archive", deposit_folder(deposit.id));
  for (const auto& [path, bytes] : below(deposit.folder)) fs.seed(join(place, name_in(path)), bytes);
  fs.truncate(join(place, "part-0000000"), 1000);
  ASSERT_TRUE(fs.remove(join(place, "receipt")));
  const IntakeReport report = take({"archive/incoming"});
  ASSERT_EQ(report.taken.size(), 1u);
  EXPECT_EQ(opened(report.taken[0]), case_files);
  EXPECT_TRUE(below("archive/incoming").empty());
  expect_whole();
}

TEST_F(TakingIn, NeverClearsTheStagingOfAnotherRun) {
  fs.seed("archive/staging/0011223344556677/lock", {});
  fs.seed("archive/staging/0011223344556677/deposit-0/part-0000000", as_view("half a deposit"));
  const auto before = below("archive/staging");
  seal("archive/incoming");
  ASSERT_EQ(take({"archive/incoming", "case"}).taken.size(), 2u);
  EXPECT_EQ(below("archive/staging"), before);
}

TEST_F(TakingIn, WhileAnotherRunHoldsTheHomeTouchesNothing) {
  const auto held = fs.lock("archive/home/lock");
  const auto before = fs.files();
  EXPECT_CODE(take_in(doors, archive, {"case"}), Code::conflict);
  EXPECT_EQ(fs.files(), before);
}

TEST_F(TakingIn, SaysWhatWasNotWhole) {
  fs.seed_special("case/fifo", FileType::fifo);
  const IntakeReport report = take({"case"});
  EXPECT_EQ(report.taken.size(), 1u);
  EXPECT_EQ(report.not_whole, std::vector<std::string>{"case/fifo was left out: is a FIFO and not a file"});
}

TEST_F(TakingIn, OfWhatIsNotThereIsAnError) {
  EXPECT_CODE(take_in(doors, archive, {"nothing"}), Code::not_found);
  EXPECT_CODE(take_in(doors, archive, {"case", "nothing"}), Code::not_found);
  // What the first path gave is whole and waits for the next run, which logs it.
  EXPECT_EQ(take({"case/a"}).taken.size(), 2u);
  expect_whole();
}

}  // namespace
}  // namespace muniment
