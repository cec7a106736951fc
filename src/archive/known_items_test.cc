// What is given again and passed over, and everything that must be taken all the same.
#include "archive/known_items.h"

#include <gtest/gtest.h>

#include "age/file.h"
#include "archive/archive_testing.h"
#include "archive/orders_testing.h"
#include "base/encoding.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

using Paths = std::vector<std::string>;

Result<IntakeReport> deposit_known(const Doors& doors, const TestArchive& archive, const HolderKeys& custodian,
                                   const Paths& paths, KnownOptions options = {}) {
  FolderPlace place(doors, archive.root);
  return take_in_known(doors, place, archive, custodian, paths, options);
}

class KnownItemsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* path : {"case/a", "case/b", "case/deep/c"}) fs.seed(path, as_view(path));
    clock.advance_s(1000);  // what was seeded is settled
  }

  IntakeReport deposit(const Paths& paths, KnownOptions options = {}) {
    return deposit_by(people.archive.custodian, paths, options);
  }
  IntakeReport deposit_by(const HolderKeys& custodian, const Paths& paths, KnownOptions options = {}) {
    auto report = deposit_known(doors, people.archive, custodian, paths, options);
    EXPECT_TRUE(report) << report.error().sentence();
    return report ? std::move(*report) : IntakeReport{};
  }
  /// True paths of what the deposits of a run hold.
  Paths taken_by(const IntakeReport& report) {
    Paths paths;
    for (const TakenDeposit& taken : report.taken) {
      const auto opened = open_logged(doors, people.archive, taken.id);
      EXPECT_TRUE(opened) << opened.error().sentence();
      if (!opened) continue;
      for (const auto& [path, bytes] : opened->files) paths.push_back(path);
    }
    return paths;
  }
  std::uint64_t known_of(const IntakeReport& report) {
    std::uint64_t known = 0;
    for (const GivenAgain& again : report.known.paths) known += again.here.files + again.here.others;
    return known;
  }
  std::string path_in_home(const std::string& start) const {
    std::string found;
    for (const auto& [path, bytes] : fs.files()) {
      if (found.empty() && path.starts_with("archive/home/" + start)) found = path;
    }
    return found;
  }
  std::string catalogue_path() const { return path_in_home("catalogue-"); }
  SecretBytes opened(const std::string& path) {
    const age::Identity* const identities[] = {&people.archive.custodian.identity()};
    return *age::open_bytes(*read_file(fs, path, 1 << 20), identities);
  }
  void seal_to(const HolderKeys& holder, const std::string& path, ByteView plain) {
    const auto recipient = age::parse_recipient(holder.recipient());
    const age::Recipient* const recipients[] = {recipient->get()};
    fs.seed(path, *age::seal_bytes(plain, recipients, random));
  }
  void give_log_key_to_second() {
    const std::string path = path_in_home("log-key-");
    const std::string name = path.substr(0, path.find("custodian-")) + "custodian-2.age";
    seal_to(people.second, name, opened(path).expose());
  }
  SecretBytes opened_catalogue() { return opened(catalogue_path()); }
  void put_catalogue(ByteView plain) { seal_to(people.archive.custodian, catalogue_path(), plain); }
  /// What lies under the catalogue's name does not count: everything is taken, that is said once, and a new one is
  /// there.
  void expect_everything_taken(const std::string& why) {
    const IntakeReport report = deposit({"case"});
    EXPECT_EQ(taken_by(report).size(), 3u) << why;
    EXPECT_NE(report.known.trouble, "") << why;
    const IntakeReport next = deposit({"case"});
    EXPECT_TRUE(next.taken.empty()) << why;
    EXPECT_EQ(next.known.trouble, "") << why;
  }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock;
  Doors doors{fs, random, clock};
  PeoplesArchive people{doors, "archive"};
};

TEST_F(KnownItemsTest, WhatIsGivenAgainIsNotTakenAgain) {
  fs.seed_link("case/link", "a");
  fs.seed_folder("case/empty");
  clock.advance_s(1000);
  EXPECT_EQ(deposit({"case"}).taken.size(), 1u);
  const IntakeReport again = deposit({"case"});
  EXPECT_TRUE(again.taken.empty());
  EXPECT_TRUE(again.not_whole.empty());
  ASSERT_EQ(again.known.paths.size(), 1u);
  EXPECT_EQ(again.known.paths[0].path, "case");
  EXPECT_EQ(again.known.paths[0].here.files, 3u);
  EXPECT_EQ(again.known.paths[0].here.others, 2u);
  EXPECT_EQ(again.head.size, deposit({"case"}).head.size) << "nothing is logged";
}

TEST_F(KnownItemsTest, OfAFolderOnlyWhatIsNewIsTaken) {
  deposit({"case"});
  fs.seed("case/deep/new", as_view("new"));
  const IntakeReport again = deposit({"case"});
  EXPECT_EQ(taken_by(again), Paths{"case/deep/new"});
  EXPECT_EQ(known_of(again), 3u);
}

TEST_F(KnownItemsTest, KnowsAPartOfTheFolderAndAFileByItself) {
  deposit({"case"});
  EXPECT_TRUE(deposit({"case/deep"}).taken.empty());
  EXPECT_TRUE(deposit({"case/a"}).taken.empty());
}

TEST_F(KnownItemsTest, ChangedWithItsSizeAndTimePutBackIsTaken) {
  deposit({"case"});
  const FileInfo before = *fs.info("case/a");
  fs.seed("case/a", as_view("CASE/A"));
  ASSERT_TRUE(fs.set_modified("case/a", before.modified_ns));
  ASSERT_EQ(fs.info("case/a")->size_bytes, before.size_bytes);
  EXPECT_EQ(taken_by(deposit({"case"})), Paths{"case/a"});
}

TEST_F(KnownItemsTest, MovedReplacedOrCopiedIsTaken) {
  deposit({"case"});
  ASSERT_TRUE(fs.rename("case/a", "case/moved"));
  EXPECT_EQ(taken_by(deposit({"case"})), Paths{"case/moved"});
  ASSERT_TRUE(fs.rename("case/deep", "case/elsewhere"));
  EXPECT_EQ(taken_by(deposit({"case"})), Paths{"case/elsewhere/c"});
  fs.seed("copy/case/b", as_view("case/b"));
  EXPECT_EQ(taken_by(deposit({"copy/case"})), Paths{"case/b"});
}

/// Whoever writes within the same tick of the clock of files leaves no trace in its times.
TEST_F(KnownItemsTest, YoungerThanTwoSecondsIsNotRecorded) {
  const std::int64_t second = 1'000'000'000;
  ASSERT_TRUE(fs.set_modified("case/b", (clock.now_s() - 2) * second));
  ASSERT_TRUE(fs.set_modified("case/deep/c", (clock.now_s() - 2) * second + 1));
  deposit({"case"});
  EXPECT_EQ(taken_by(deposit({"case"})), Paths{"case/deep/c"});
  clock.advance_s(1);
  EXPECT_EQ(taken_by(deposit({"case"})), Paths{"case/deep/c"}) << "now it is old enough";
  EXPECT_TRUE(deposit({"case"}).taken.empty());
  // The time of the change counts as well: it is the one that nobody sets.
  clock.set(fs.info("case/b")->changed_ns / second + 1);
  fs.seed("case/new", as_view("new"));
  ASSERT_TRUE(fs.set_modified("case/new", 0));
  deposit({"case"});
  EXPECT_EQ(taken_by(deposit({"case"})), Paths{"case/new"});
}

TEST_F(KnownItemsTest, ReadWithADefectIsNotRecorded) {
  fs.on_read("case/a", [](std::uint64_t) { return Error(Code::io, "bad sector"); });
  EXPECT_EQ(deposit({"case"}).not_whole.size(), 1u);
  EXPECT_EQ(taken_by(deposit({"case"})), Paths{"case/a"});
}

/// The file that was opened is recorded, and not the one that the walk saw under its name.
TEST_F(KnownItemsTest, ExchangedBetweenTheLookAndTheReadingIsToldByWhatWasRead) {
  fs.seed("other", as_view("other"));
  clock.advance_s(1000);
  class Exchanging final : public ForwardingFs {
   public:
    explicit Exchanging(MemoryFs& disk) : ForwardingFs(disk), disk_(disk) {}
    Result<std::unique_ptr<InputFile>> open(const std::string& path) override {
      return disk_.open(path == "case/b" ? "other" : path);
    }

   private:
    MemoryFs& disk_;
  } exchanging(fs);
  const auto report = deposit_known({exchanging, random, clock}, people.archive, people.archive.custodian, {"case"});
  ASSERT_TRUE(report);
  EXPECT_EQ(taken_by(deposit({"case"})), Paths{"case/b"});
}

TEST_F(KnownItemsTest, ForAnotherCompartmentIsTaken) {
  deposit({"case"});
  const Sha256 archive = people.archive.id;
  const ArchiveView view = people.view();
  FolderPlace place(doors, "archive");
  const auto home = Home::open(doors, place, view.charter, people.archive.custodian);
  ASSERT_TRUE(home);
  for (const auto& [compartment, wanted] : {std::pair("evidence", false), std::pair("identities", true)}) {
    KnownItems known(doors, **home, view, compartment, people.archive.custodian);
    known.begin("case/a", "/field/case/a");
    SourceWalk walk(fs, "case/a");
    EXPECT_EQ(known.is_wanted(*walk.next()), wanted) << compartment << " of " << archive.hex();
  }
}

TEST_F(KnownItemsTest, WithAgainEverythingIsTakenAndKnownAfterwards) {
  deposit({"case"});
  const IntakeReport again = deposit({"case"}, {.again = true});
  EXPECT_EQ(taken_by(again).size(), 3u);
  EXPECT_EQ(known_of(again), 0u);
  people.remove({people.view().deposits.at(0).id});
  EXPECT_EQ(known_of(deposit({"case"})), 3u) << "in the newer deposit";
}

TEST_F(KnownItemsTest, OfACustodianIsNotKnownToAnother) {
  give_log_key_to_second();
  deposit({"case"});
  EXPECT_EQ(taken_by(deposit_by(people.second, {"case"})).size(), 3u);
  EXPECT_TRUE(deposit_by(people.second, {"case"}).taken.empty());
  EXPECT_TRUE(deposit({"case"}).taken.empty()) << "each has one of their own";
}

TEST_F(KnownItemsTest, RemovedDoesNotComeBackUnlessItIsAskedFor) {
  const Sha256 first = deposit({"case"}).taken.at(0).id;
  fs.seed("case/new", as_view("new"));
  clock.advance_s(1000);
  deposit({"case"});
  people.remove({first});
  const LoggedDeposit removed = *people.view().deposit(first);
  const IntakeReport report = deposit({"case"});
  EXPECT_TRUE(report.taken.empty());
  ASSERT_EQ(report.known.paths.size(), 1u);
  EXPECT_EQ(report.known.paths[0].here.files, 1u);
  ASSERT_EQ(report.known.paths[0].removed.size(), 1u);
  EXPECT_EQ(report.known.paths[0].removed[0].index, removed.index);
  EXPECT_EQ(report.known.paths[0].removed[0].removal, removed.removal->index);
  EXPECT_EQ(report.known.paths[0].removed[0].count.files, 3u);
  EXPECT_EQ(taken_by(deposit({"case"}, {.again = true})).size(), 4u);
  EXPECT_EQ(known_of(deposit({"case"})), 4u);
}

TEST_F(KnownItemsTest, WhoseDepositIsNotWholeHereIsTaken) {
  const Sha256 id = deposit({"case"}).taken.at(0).id;
  const MemoryFs whole = fs;
  const std::string folder = "archive/" + deposit_folder(id);
  for (const char* name : {"receipt", "SHA256SUMS", "header-0", "contents-0.age", "part-0000000"}) {
    fs = whole;
    ASSERT_TRUE(fs.remove(join(folder, name)));
    const IntakeReport report = deposit({"case"});
    EXPECT_EQ(report.taken.size(), 1u) << name;
    EXPECT_EQ(known_of(report), 0u) << name;
    EXPECT_EQ(known_of(deposit({"case"})), 3u) << "in the new deposit";
  }
  fs = whole;
  fs.truncate(join(folder, "part-0000000"), 1000);
  EXPECT_EQ(deposit({"case"}).taken.size(), 1u);
  fs = whole;
  fs.corrupt(join(folder, "receipt"), 100);
  EXPECT_EQ(deposit({"case"}).taken.size(), 1u);
}

/// The archive was put back to an older state: what the catalogue says went into deposits that its log does not name.
TEST_F(KnownItemsTest, WhoseDepositIsNotInTheLogIsTaken) {
  const MemoryFs before = fs;
  deposit({"case"});
  const std::string path = catalogue_path();
  const Bytes catalogue = *read_file(fs, path, 1 << 20);
  fs = before;
  fs.seed(path, catalogue);
  const IntakeReport report = deposit({"case"});
  EXPECT_EQ(taken_by(report).size(), 3u);
  EXPECT_EQ(report.known.trouble, "");
}

TEST_F(KnownItemsTest, APackageWithSomethingNewIsTakenWhole) {
  const std::string proof = std::string(64, 'a') + ".proof.csv";
  fs.seed("phone/one/a.jpg", as_view("picture"));
  fs.seed("phone/one/" + proof, as_view("proof"));
  fs.seed("phone/one/sub/z", as_view("z"));
  fs.seed("phone/two/" + proof, as_view("proof"));
  fs.seed("phone/two/b.jpg", as_view("picture"));
  fs.seed("phone/x", as_view("x"));
  clock.advance_s(1000);
  deposit({"phone"});
  EXPECT_TRUE(deposit({"phone"}).taken.empty());
  fs.seed("phone/one/zz.jpg", as_view("picture"));
  clock.advance_s(1000);
  EXPECT_EQ(taken_by(deposit({"phone"})), (Paths{"phone/one/a.jpg", "phone/one/" + proof, "phone/one/zz.jpg"}));
  EXPECT_EQ(known_of(deposit({"phone"})), 7u);
}

TEST_F(KnownItemsTest, APackageDoesNotBringBackWhatWasRemoved) {
  fs.seed("phone/a.jpg", as_view("picture"));
  fs.seed("phone/a.jpg.meta.json", as_view("{}"));
  clock.advance_s(1000);
  people.remove({deposit({"phone"}).taken.at(0).id});
  fs.seed("phone/b.jpg", as_view("picture"));
  const IntakeReport report = deposit({"phone"});
  EXPECT_EQ(taken_by(report), Paths{"phone/b.jpg"});
  EXPECT_EQ(report.known.paths.at(0).removed.at(0).count.files, 2u);
}

/// A file that nobody here may read, and what is no file.
class Unreadable final : public ForwardingFs {
 public:
  Unreadable(MemoryFs& disk, std::string path) : ForwardingFs(disk), disk_(disk), path_(std::move(path)) {}
  Result<std::unique_ptr<InputFile>> open(const std::string& path) override {
    if (path == path_) return Error(Code::denied, "cannot open " + path + ": Permission denied");
    return disk_.open(path);
  }

 private:
  MemoryFs& disk_;
  std::string path_;
};

TEST_F(KnownItemsTest, WhatCannotBeReadMakesNoDepositOfItsOwnWhenTheRestIsKnown) {
  fs.seed_special("case/fifo", FileType::fifo);
  Unreadable unreadable(fs, "case/b");
  const auto give = [&] {
    return *deposit_known({unreadable, random, clock}, people.archive, people.archive.custodian, {"case"});
  };
  const IntakeReport first = give();
  EXPECT_EQ(first.taken.size(), 1u);
  EXPECT_EQ(first.not_whole.size(), 2u);
  const IntakeReport again = give();
  EXPECT_TRUE(again.taken.empty());
  EXPECT_EQ(again.not_whole, first.not_whole) << "as ever";
  fs.seed("case/z", as_view("new"));
  const IntakeReport with_new = give();
  EXPECT_EQ(taken_by(with_new), Paths{"case/z"});
  const auto contents = open_logged(doors, people.archive, with_new.taken.at(0).id);
  EXPECT_EQ(contents->contents.others.size(), 2u) << "recorded beside what is new";
  EXPECT_EQ(with_new.not_whole, first.not_whole);
  EXPECT_EQ(taken_by(deposit({"case"})), Paths{"case/b"}) << "once it can be read";
}

TEST_F(KnownItemsTest, WhatCannotBeReadIsRecordedWhereNothingElseIsGiven) {
  fs.seed_special("pipes/fifo", FileType::fifo);
  for (int i = 0; i < 2; ++i) {
    const IntakeReport report = deposit({"pipes"});
    EXPECT_EQ(report.taken.size(), 1u);
    EXPECT_EQ(report.not_whole.size(), 1u);
  }
}

TEST_F(KnownItemsTest, ACatalogueOfAnybodyElseDoesNotCount) {
  deposit({"case"});
  const SecretBytes honest = opened_catalogue();
  const auto parsed =
      Catalogue::parse(SecretBytes::copy_of(honest.expose()),
                       {.archive = people.archive.id, .custodian = people.archive.custodian.signer().verifier()});
  ASSERT_TRUE(parsed);
  const auto all = [](const Sha256&) { return true; };
  const SignerKey thief = signer_of("custodian-1", 66);
  put_catalogue(parsed->render_with({}, all, thief).expose());
  expect_everything_taken("signed by a thief");
  put_catalogue(parsed->render_with({}, all, people.second.signer()).expose());
  expect_everything_taken("signed by the other custodian");
  const std::string text(honest.expose_text());
  const std::size_t signature = text.find("\n\n") + 2;
  put_catalogue(as_view(text.substr(0, signature) + text.substr(text.find('\n', signature) + 1)));
  expect_everything_taken("unsigned");
  Catalogue foreign = Catalogue::make(sha256(as_view("another archive")), random);
  put_catalogue(foreign.render_with({}, all, people.archive.custodian.signer()).expose());
  expect_everything_taken("of another archive");
  fs.seed(catalogue_path(), as_view(text));
  expect_everything_taken("not sealed");
  fs.seed(catalogue_path(), {});
  expect_everything_taken("empty");
}

TEST_F(KnownItemsTest, ADamagedCatalogueIsReplacedAlsoWhereNothingCanBeRecorded) {
  deposit({"case"});
  fs.corrupt(catalogue_path(), 300);
  clock.set(fs.info("case/a")->changed_ns / 1'000'000'000);
  EXPECT_NE(deposit({"case/a"}).known.trouble, "");
  EXPECT_EQ(deposit({"case/a"}).known.trouble, "");
}

TEST_F(KnownItemsTest, ADamagedCatalogueDoesNotCount) {
  deposit({"case"});
  const MemoryFs disk = fs;
  const std::string path = catalogue_path();
  const std::size_t size = read_file(fs, path, 1 << 20)->size();
  const auto take = [&] {
    const IntakeReport report = deposit({"case"});
    return report.files == 3 && !report.known.trouble.empty();
  };
  for (std::size_t at = 0; at < size; at += 97) {
    fs = disk;
    fs.corrupt(path, at);
    EXPECT_TRUE(take()) << "byte " << at;
    fs = disk;
    fs.truncate(path, at);
    EXPECT_TRUE(take()) << "cut at " << at;
  }
}

/// What it says was true once, and times of change do not come back.
TEST_F(KnownItemsTest, AnOlderCatalogueCostsOnlyThatMoreIsTaken) {
  deposit({"case/a"});
  const Bytes older = *read_file(fs, catalogue_path(), 1 << 20);
  fs.seed("case/a", as_view("CASE/A"));
  clock.advance_s(1000);
  deposit({"case"});
  fs.seed(catalogue_path(), older);
  EXPECT_EQ(taken_by(deposit({"case"})).size(), 3u);
}

TEST_F(KnownItemsTest, BeyondTheLimitTheOldestIsTakenOnceMore) {
  deposit({"case/a"}, {.items_max = 2});
  deposit({"case/b", "case/deep"}, {.items_max = 2});
  EXPECT_EQ(taken_by(deposit({"case"}, {.items_max = 2})), Paths{"case/a"});
}

TEST_F(KnownItemsTest, WithoutAPathThatIsSealedHereTouchesNoCatalogue) {
  ASSERT_TRUE(seal_into(doors, "case", "sealed", target_of(people.view())));
  EXPECT_EQ(deposit({"sealed"}).taken.size(), 1u);
  EXPECT_EQ(catalogue_path(), "");
}

/// What `seal` does on field devices.
TEST_F(KnownItemsTest, SealingWritesNone) {
  ASSERT_TRUE(seal_into(doors, "case", "sealed", target_of(people.view())));
  for (const auto& [path, bytes] : fs.files()) EXPECT_EQ(path.find("catalogue"), std::string::npos) << path;
}

TEST_F(KnownItemsTest, ACatalogueThatCannotBeWrittenStopsNoDeposit) {
  const MemoryFs disk = fs;
  bool was_told = false;
  for (std::uint64_t failing = 1; failing < 2000; ++failing) {
    fs = disk;
    const std::uint64_t start = fs.operations();
    fs.fail_at(start + failing, Code::io, "cannot write: No space left on device");
    const auto report = deposit_known(doors, people.archive, people.archive.custodian, {"case"});
    if (fs.operations() < start + failing) break;
    if (!report || report->known.trouble.empty()) continue;
    was_told = true;
    EXPECT_EQ(report->taken.size(), 1u);
    const IntakeReport next = deposit({"case"});
    EXPECT_EQ(next.files + known_of(next), 3u) << "it costs no more than that all is taken once more";
    EXPECT_EQ(next.known.trouble, "");
  }
  EXPECT_TRUE(was_told);
}

TEST_F(KnownItemsTest, CutOffAnywhereClaimsNothingThatIsNotLogged) {
  const MemoryFs disk = fs;
  int claiming = 0;
  for (std::uint64_t cut = 1;; ++cut) {
    ASSERT_LT(cut, 2000u);
    fs = disk;
    fs.cut_power_at(fs.operations() + cut);
    const auto given = deposit_known(doors, people.archive, people.archive.custodian, {"case/a"});
    const bool is_known = given && given->known.trouble.empty();
    const MemoryFs stopped = fs;
    for (const Unsynced unsynced : kEveryUnsynced) {
      fs = stopped;
      fs.reboot(unsynced);
      if (catalogue_path().empty()) {  // nothing is claimed
        EXPECT_FALSE(is_known) << "reported success, then forgot";
        continue;
      }
      ++claiming;
      if (!catalogue_path().ends_with(".new")) {
        const auto catalogue =
            Catalogue::parse(opened_catalogue(),
                             {.archive = people.archive.id, .custodian = people.archive.custodian.signer().verifier()});
        ASSERT_TRUE(catalogue) << "cut at " << cut << ": " << catalogue.error().sentence();
        const ArchiveView view = people.view();
        for (const Sha256& deposit : catalogue->deposits())
          EXPECT_NE(view.deposit(deposit), nullptr) << "cut at " << cut << ": not in the log";
      }
      const IntakeReport next = deposit({"case/a"});
      EXPECT_TRUE(!is_known || next.taken.empty()) << "reported success, then forgot";
      EXPECT_EQ(next.known.trouble, "") << "cut at " << cut;
      std::map<std::string, Bytes> files;
      for (const LoggedDeposit& deposit : people.view().deposits) {
        const auto opened = open_logged(doors, people.archive, deposit.id);
        ASSERT_TRUE(opened) << opened.error().sentence();
        files.insert(opened->files.begin(), opened->files.end());
      }
      EXPECT_EQ(files.size(), 1u) << "cut at " << cut;
    }
    if (is_known) break;
  }
  EXPECT_GT(claiming, 10);
}

}  // namespace
}  // namespace muniment
