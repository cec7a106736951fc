#include "mirror/copy.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>

#include "base/posix_fs.h"
#include "mirror/copies_testing.h"
#include "testing/expect_code.h"
#include "testing/faulty_store.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"
#include "testing/temporary_folder.h"

namespace muniment {
namespace {

class CopyTest : public ::testing::Test {
 protected:
  CopyTest() { ids = office.deposit(2); }

  Result<CopyResult> copy_to(Store& to, const std::vector<Store*>& sources) {
    return copy_archive(sources, office.charter(), office.head(), to);
  }
  Result<CopyResult> copy_to(Store& to) { return copy_to(to, {&office.store()}); }

  std::string deposit_path(std::size_t i, const std::string& name) const { return deposit_folder(ids[i]) + "/" + name; }

  /// Damages an object of the office on its disk.
  void corrupt(const std::string& name) { fs.corrupt(join("office", name), 0); }

  FixedRandom random;
  MemoryFs fs;
  Office office{fs, random};
  std::vector<Sha256> ids;
  MemoryFs target_fs;
  FolderStore target{target_fs, "mirror", random};
};

TEST_F(CopyTest, FillsAnEmptyCopyWithEveryObjectAndNothingElse) {
  const auto copied = copy_to(target);
  ASSERT_TRUE(copied) << copied.error().sentence();
  EXPECT_EQ(difference(objects_in(target_fs, "mirror"), office.objects()), "");
  EXPECT_EQ(copied->objects_copied, office.objects().size() - 1) << "all but the checkpoint";
  EXPECT_EQ(copied->objects_present, 0u);
  EXPECT_TRUE(copied->bad.empty());
  EXPECT_TRUE(copied->lost.empty());
  EXPECT_FALSE(*exists(target_fs, "mirror/home")) << "what is private to the home is in no copy";
}

TEST_F(CopyTest, PublishesTheCheckpointLast) {
  FaultyStore watched(target);
  std::vector<FaultyStore::Call> calls;
  watched.on_call([&](const FaultyStore::Call& call) -> Result<void> {
    calls.push_back(call);
    return {};
  });
  ASSERT_TRUE(copy_to(watched));
  ASSERT_EQ(calls.back().name, "checkpoint");
  EXPECT_EQ(calls.back().operation, FaultyStore::Operation::replace);
  calls.pop_back();
  for (const auto& call : calls)
    EXPECT_TRUE(call.name != "checkpoint" || call.operation == FaultyStore::Operation::get);
}

TEST_F(CopyTest, CountsTheBytesThatItCopies) {
  std::uint64_t told = 0;
  const auto copied = copy_archive({&office.store()}, office.charter(), office.head(), target,
                                   {.on_bytes = [&](std::uint64_t bytes) { told += bytes; }});
  std::uint64_t expected = 0;
  for (const auto& [name, bytes] : office.objects()) expected += name == "checkpoint" ? 0 : bytes.size();
  EXPECT_EQ(copied->bytes_copied, expected);
  EXPECT_EQ(told, expected);
}

TEST_F(CopyTest, BringsOnlyWhatIsNew) {
  ASSERT_TRUE(copy_to(target));
  const auto again = copy_to(target);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->objects_copied, 0u);
  EXPECT_EQ(again->bytes_copied, 0u);
  EXPECT_EQ(again->objects_present, office.objects().size() - 1);
  office.deposit(1);
  const auto more = copy_to(target);
  ASSERT_TRUE(more);
  EXPECT_EQ(more->objects_copied, 5u + 2u) << "five of the deposit, a tile and a bundle";
  EXPECT_EQ(complaints_about_copy(target_fs, random, "mirror", office.pin()), "");
}

TEST_F(CopyTest, CopiesADepositOfSeveralParts) {
  const auto id = office.deposit(1, 1)[0];
  // The same deposit with a second part behind a full first one.
  const Bytes first(kPartBytes, 7);
  const Bytes second(1000, 8);
  const std::string sums = render_sums({sha256(first), sha256(second)});
  Receipt receipt = *parse_receipt(as_text(office.objects().at(deposit_folder(id) + "/receipt")));
  receipt.bytes = kPartBytes + second.size();
  receipt.parts = 2;
  receipt.sums = sha256(as_view(sums));
  const std::string text = render_receipt(receipt);
  const std::string folder = deposit_folder(deposit_id(text)) + "/";
  for (const char* name : {"header-0", "contents-0.age"}) {
    fs.seed("office/" + folder + name, office.objects().at(deposit_folder(id) + "/" + name));
  }
  fs.seed("office/" + folder + "SHA256SUMS", as_view(sums));
  fs.seed("office/" + folder + "part-0000000", first);
  fs.seed("office/" + folder + "part-0000001", second);
  fs.seed("office/" + folder + "receipt", as_view(text));
  office.append({entry_of(text)});
  const auto copied = copy_to(target);
  ASSERT_TRUE(copied) << copied.error().sentence();
  EXPECT_EQ(difference(objects_in(target_fs, "mirror"), office.objects()), "");
}

// What lies in the target already.

TEST_F(CopyTest, PutsRightWhatIsWrongInTheTargetAndCanBeTold) {
  ASSERT_TRUE(copy_to(target));
  target_fs.truncate("mirror/" + deposit_path(0, "part-0000000"), 50);
  target_fs.truncate("mirror/" + deposit_path(1, "SHA256SUMS"), 0);
  target_fs.truncate("mirror/" + deposit_path(0, "receipt"), 10);
  ASSERT_TRUE(target_fs.remove("mirror/" + deposit_path(1, "header-0")));
  target_fs.corrupt("mirror/README.txt", 0);
  target_fs.corrupt("mirror/charter/1", 100);
  for (const auto& [name, bytes] : objects_in(target_fs, "mirror")) {
    if (name.starts_with("tile/") && name.find(".p/") != std::string::npos) target_fs.corrupt("mirror/" + name, 3);
  }
  ASSERT_TRUE(target_fs.remove("mirror/" + deposit_path(1, "receipt")));
  const auto copied = copy_to(target);
  ASSERT_TRUE(copied) << copied.error().sentence();
  EXPECT_EQ(difference(objects_in(target_fs, "mirror"), office.objects()), "");
}

TEST_F(CopyTest, TakesAPublishedDepositAsGoodByItsNamesAndSizesUnlessToldToReadIt) {
  ASSERT_TRUE(copy_to(target));
  for (const char* name : {"part-0000000", "receipt", "SHA256SUMS", "header-0", "contents-0.age"})
    target_fs.corrupt("mirror/" + deposit_path(0, name), 0);
  const auto copied = copy_to(target);
  ASSERT_TRUE(copied);
  EXPECT_EQ(copied->objects_copied, 0u) << "only an audit reads all of it";
  const auto mended =
      copy_archive({&office.store()}, office.charter(), office.head(), target, {.read_present = true, .on_bytes = {}});
  ASSERT_TRUE(mended);
  EXPECT_EQ(mended->objects_copied, 5u);
  EXPECT_EQ(difference(objects_in(target_fs, "mirror"), office.objects()), "");
}

// By several threads, on a real disk.

class CopyByLanes : public CopyTest {
 protected:
  CopyByLanes() { office.deposit(40); }

  /// A copy of the office to read from, for each thread on its own.
  std::vector<std::unique_ptr<FolderStore>> open_each(const std::string& root) {
    std::vector<std::unique_ptr<FolderStore>> stores;
    for (std::size_t i = 0; i <= kLanes; ++i)
      stores.push_back(std::make_unique<FolderStore>(posix_fs(), root, random_of_lane[i]));
    return stores;
  }

  /// From two copies.
  Result<CopyResult> copy_by_lanes(const std::function<std::int64_t()>& steady) {
    const auto ones = open_each(one);
    const auto others = open_each(other);
    const auto targets = open_each(mirror);
    CopyOptions options{.steady_ns = steady};
    for (std::size_t i = 0; i < kLanes; ++i)
      options.lanes.push_back({.sources = {ones[i].get(), others[i].get()}, .target = targets[i].get()});
    return copy_archive({ones.back().get(), others.back().get()}, office.charter(), office.head(), *targets.back(),
                        options);
  }

  static constexpr std::size_t kLanes = 3;
  std::vector<FixedRandom> random_of_lane{FixedRandom(1), FixedRandom(2), FixedRandom(3), FixedRandom(4)};
  TemporaryFolder folder;
  std::string one = join(folder.path(), "one"), other = join(folder.path(), "other");
  std::string mirror = join(folder.path(), "mirror");
};

TEST_F(CopyByLanes, BringsEverythingAndLeavesNothingStaged) {
  copy_files(fs, "office", posix_fs(), one);
  copy_files(fs, "office", posix_fs(), other);
  const auto copied = copy_by_lanes({});
  ASSERT_TRUE(copied) << copied.error().sentence();
  EXPECT_EQ(difference(objects_in(posix_fs(), mirror), office.objects()), "");
  EXPECT_EQ(copied->objects_copied, office.objects().size() - 1);
  EXPECT_FALSE(*exists(posix_fs(), join(mirror, "staging")));
  const auto again = copy_by_lanes({});
  ASSERT_TRUE(again);
  EXPECT_EQ(again->objects_copied, 0u);
  EXPECT_EQ(again->objects_present, office.objects().size() - 1);
}

TEST_F(CopyByLanes, ASourceThatLiesIsDroppedOnceItIsCaughtAndNamed) {
  for (const Sha256& id : ids) corrupt(deposit_folder(id) + "/part-0000000");
  copy_files(fs, "office", posix_fs(), one);
  for (const Sha256& id : ids) corrupt(deposit_folder(id) + "/part-0000000");
  copy_files(fs, "office", posix_fs(), other);
  std::atomic<std::int64_t> now = 0;
  const auto copied = copy_by_lanes([&] { return ++now; });
  ASSERT_TRUE(copied) << copied.error().sentence();
  EXPECT_TRUE(copied->lost.empty());
  EXPECT_EQ(difference(objects_in(posix_fs(), mirror), office.objects()), "");
  EXPECT_LE(copied->bad.size(), ids.size());
  for (const SourceFinding& bad : copied->bad) EXPECT_EQ(bad.source, 0u);
  // In the order in which they were given, the liar is asked each time.
  ASSERT_TRUE(remove_tree(posix_fs(), mirror));
  const auto in_order = copy_by_lanes({});
  ASSERT_TRUE(in_order);
  EXPECT_EQ(in_order->bad.size(), ids.size());
}

TEST_F(CopyByLanes, WhatNoSourceHasIsLostWhicheverThreadFindsOut) {
  for (const Sha256& id : ids) corrupt(deposit_folder(id) + "/part-0000000");
  copy_files(fs, "office", posix_fs(), one);
  copy_files(fs, "office", posix_fs(), other);
  const auto copied = copy_by_lanes({});
  ASSERT_TRUE(copied) << copied.error().sentence();
  EXPECT_EQ(copied->lost.size(), ids.size());
  EXPECT_EQ(copied->bad.size(), 2 * ids.size());
}

TEST_F(CopyTest, ReplacesACheckpointThatCannotBeRead) {
  ASSERT_TRUE(copy_to(target));
  for (const char* text : {"", "nonsense"}) {
    target_fs.seed("mirror/checkpoint", as_view(text));
    EXPECT_TRUE(copy_to(target));
    EXPECT_EQ(difference(objects_in(target_fs, "mirror"), office.objects()), "");
  }
}

TEST_F(CopyTest, RefusesToFillAHome) {
  target_fs.seed("mirror/home/place", as_view("home"));
  EXPECT_CODE(copy_to(target), Code::conflict);
  EXPECT_EQ(target_fs.files().size(), 1u);
}

TEST_F(CopyTest, ChecksWhatARunThatWasCutOffHasLeft) {
  // Nobody has said of these that they are good: there is no checkpoint over them.
  for (const char* name : {"part-0000000", "header-0", "contents-0.age", "SHA256SUMS"}) {
    Bytes wrong = office.objects().at(deposit_path(0, name));
    wrong[0] ^= 1;
    target_fs.seed("mirror/" + deposit_path(0, name), wrong);
  }
  ASSERT_TRUE(copy_to(target));
  EXPECT_EQ(difference(objects_in(target_fs, "mirror"), office.objects()), "");
}

TEST_F(CopyTest, RefusesATargetThatHoldsAnotherArchive) {
  Office other(target_fs, random, "mirror", 'b');
  other.deposit(1);
  const auto before = target_fs.files();
  EXPECT_CODE(copy_to(target), Code::conflict);
  EXPECT_EQ(difference(target_fs.files(), before), "");
}

TEST_F(CopyTest, RefusesATargetThatIsAhead) {
  const SignedHead old = office.head();
  office.deposit(1);
  ASSERT_TRUE(copy_to(target));
  const auto before = target_fs.files();
  EXPECT_CODE(copy_archive({&office.store()}, office.charter(), old, target), Code::conflict);
  EXPECT_EQ(difference(target_fs.files(), before), "") << "a copy is never taken back to an older state";
}

TEST_F(CopyTest, RefusesATargetWhoseLogContradicts) {
  // Whoever has the log key shows the mirror another entry in the same place.
  copy_files(fs, "office", fs, "fork", Copying::head_too);
  LogHome thief(fs, random, "fork");
  ASSERT_TRUE(thief.appender.append({entry_of("another entry")}));
  copy_files(fs, "fork", target_fs, "mirror");
  office.deposit(1);
  const auto before = target_fs.files();
  EXPECT_CODE(copy_to(target), Code::forged);
  EXPECT_EQ(difference(target_fs.files(), before), "");
}

TEST_F(CopyTest, RefusesATargetWithAForkOfTheSameSize) {
  copy_files(fs, "office", fs, "fork", Copying::head_too);
  LogHome thief(fs, random, "fork");
  ASSERT_TRUE(thief.appender.append({entry_of("another entry")}));
  copy_files(fs, "fork", target_fs, "mirror");
  office.append({entry_of("an entry")});
  EXPECT_CODE(copy_to(target), Code::forged);
}

// Sources that are not good.

TEST_F(CopyTest, TakesEachObjectFromWhicheverSourceHasAGoodOne) {
  const Files good = office.objects();
  copy_files(fs, "office", fs, "second");
  FolderStore second(fs, "second", random);
  int i = 0;
  for (const auto& [name, bytes] : office.objects()) {
    if (name == "checkpoint" || name.starts_with("tile/")) continue;
    fs.corrupt(join(++i % 2 == 0 ? "office" : "second", name), bytes.size() / 2);
  }
  const auto copied = copy_to(target, {&office.store(), &second});
  ASSERT_TRUE(copied) << copied.error().sentence();
  EXPECT_TRUE(copied->lost.empty());
  EXPECT_EQ(copied->bad.size(), 4u) << "of what the log does not have itself";
  EXPECT_EQ(difference(objects_in(target_fs, "mirror"), good), "");
}

TEST_F(CopyTest, NamesWhatNoSourceHasAndBringsAllTheRest) {
  const std::string altered = deposit_path(0, "part-0000000");
  const std::string missing = deposit_path(1, "contents-0.age");
  const std::string longer = deposit_path(1, "SHA256SUMS");
  const Files good = office.objects();
  corrupt(altered);
  ASSERT_TRUE(fs.remove("office/" + missing));
  fs.seed("office/README.txt", Bytes(299));
  const auto copied = copy_to(target);
  ASSERT_TRUE(copied) << copied.error().sentence();
  std::map<std::string, std::string> lost;
  for (const Finding& finding : copied->lost) lost[finding.object] = finding.what;
  EXPECT_EQ(lost, (std::map<std::string, std::string>{{altered, "no copy has a good one"},
                                                      {missing, "no copy has a good one"},
                                                      {"README.txt", "no copy has a good one"}}));
  ASSERT_EQ(copied->bad.size(), 3u);
  EXPECT_EQ(copied->bad[0].finding.object, "README.txt");
  EXPECT_EQ(copied->bad[0].finding.what, "has been altered or cut");
  Files expected = good;
  for (const auto& [name, what] : lost) expected.erase(name);
  EXPECT_EQ(difference(objects_in(target_fs, "mirror"), expected), "")
      << "and the checkpoint, which says what is missing";
}

TEST_F(CopyTest, ASourceThatCannotBeReachedIsNamedOnceAndAnotherGivesTheRest) {
  FaultyStore gone(office.store());
  gone.refuse_from(1);
  const auto copied = copy_to(target, {&gone, &office.store()});
  ASSERT_TRUE(copied) << copied.error().sentence();
  EXPECT_TRUE(copied->lost.empty());
  ASSERT_EQ(copied->bad.size(), 1u);
  EXPECT_EQ(copied->bad[0].source, 0u);
  EXPECT_EQ(difference(objects_in(target_fs, "mirror"), office.objects()), "");
}

TEST_F(CopyTest, AListOfPartsThatIsNoneIsNamedAndEndsNothing) {
  // Whoever has the log key can log a receipt whose SHA256SUMS is anything.
  Receipt receipt = *parse_receipt(as_text(office.objects().at(deposit_path(0, "receipt"))));
  const Bytes sums = entry_of("not a list\n");
  receipt.sums = sha256(sums);
  const std::string text = render_receipt(receipt);
  const std::string folder = deposit_folder(deposit_id(text)) + "/";
  for (const char* name : {"header-0", "contents-0.age"}) {
    fs.seed("office/" + folder + name, office.objects().at(deposit_path(0, name)));
  }
  fs.seed("office/" + folder + "SHA256SUMS", sums);
  office.append({entry_of(text)});
  const auto copied = copy_to(target);
  ASSERT_TRUE(copied) << copied.error().sentence();
  ASSERT_EQ(copied->lost.size(), 1u);
  EXPECT_EQ(copied->lost[0].object, folder + "SHA256SUMS");
  EXPECT_EQ(difference(objects_in(target_fs, "mirror"), office.objects()), "");
}

TEST_F(CopyTest, FollowsTheLargestHeadThatHasEntriesBehindIt) {
  // The thief of the log key has signed a checkpoint over entries that nobody has.
  copy_files(fs, "office", fs, "thief");
  LogHome signer(fs, random, "thief");
  const SignerKey* const signers[] = {&signer.signer};
  fs.seed("thief/checkpoint", as_view(sign_note(tlog::render_checkpoint({kTestOrigin, {99, {}}}), signers)));
  auto survey = survey_copies({&signer.store, &office.store()}, office.pin());
  ASSERT_TRUE(survey);
  EXPECT_EQ(survey->best, 0u);
  const auto copied = copy_newest({&signer.store, &office.store()}, *survey, target);
  ASSERT_TRUE(copied) << copied.error().sentence();
  EXPECT_EQ(survey->best, 1u);
  EXPECT_EQ(difference(objects_in(target_fs, "mirror"), office.objects()), "");
}

TEST_F(CopyTest, NeedsNoReceiptAndNoCharterOfTheSource) {
  const Files good = office.objects();
  ASSERT_TRUE(fs.remove("office/charter/1"));
  for (std::size_t i = 0; i < ids.size(); ++i) ASSERT_TRUE(fs.remove("office/" + deposit_path(i, "receipt")));
  ASSERT_TRUE(copy_to(target));
  EXPECT_EQ(difference(objects_in(target_fs, "mirror"), good), "") << "both are entries of the log";
}

TEST_F(CopyTest, WithoutGoodEntriesThereIsNothingToGoBy) {
  for (const auto& [name, bytes] : office.objects()) {
    if (name.starts_with("tile/entries/")) fs.corrupt(join("office", name), 10);
  }
  const SignedHead head = office.head();
  const auto copied = copy_archive({&office.store()}, office.charter(), head, target);
  EXPECT_CODE(copied, Code::corrupt);
  EXPECT_EQ(copied.error().sentence(),
            "no copy has good entries from 0 on (tile/entries/000.p/4): without them the log cannot be followed any "
            "further");
  EXPECT_FALSE(*exists(target_fs, "mirror/checkpoint"));
}

// A long log: entries of which no single source has all.

class LongCopyTest : public CopyTest {
 protected:
  LongCopyTest() {
    office.append_unknown(600);
    copy_files(fs, "office", fs, "second");
  }
  FolderStore second{fs, "second", random};
};

TEST_F(LongCopyTest, PutsTheEntriesTogetherFromSeveralSources) {
  fs.corrupt("office/tile/entries/000", 1000);
  fs.corrupt("second/tile/entries/001", 1000);
  const auto copied = copy_to(target, {&office.store(), &second});
  ASSERT_TRUE(copied) << copied.error().sentence();
  ASSERT_EQ(copied->bad.size(), 1u) << "the second is not asked for what the first has";
  EXPECT_EQ(copied->bad[0].source, 0u);
  EXPECT_EQ(copied->bad[0].finding.object, "tile/entries/000");
  EXPECT_EQ(complaints_about_copy(target_fs, random, "mirror", office.pin()), "");
}

TEST_F(LongCopyTest, ProvesTheEntriesOfOneSourceByTheTilesOfAnother) {
  fs.corrupt("office/tile/entries/000", 1000);
  fs.corrupt("office/tile/entries/001", 1000);
  fs.corrupt("second/tile/entries/002.p/92", 10);
  for (const char* tile : {"second/tile/0/000", "second/tile/0/001", "second/tile/0/002.p/92"}) fs.corrupt(tile, 40);
  const auto copied = copy_to(target, {&office.store(), &second});
  ASSERT_TRUE(copied) << copied.error().sentence();
  EXPECT_EQ(complaints_about_copy(target_fs, random, "mirror", office.pin()), "");
}

TEST_F(LongCopyTest, NamesTheFirstEntriesThatNobodyHas) {
  fs.corrupt("office/tile/entries/001", 1000);
  ASSERT_TRUE(fs.remove("second/tile/entries/001"));
  const auto copied = copy_to(target, {&office.store(), &second});
  EXPECT_CODE(copied, Code::corrupt);
  EXPECT_NE(copied.error().sentence().find("from 256 on (tile/entries/001)"), std::string::npos);
}

}  // namespace
}  // namespace muniment
