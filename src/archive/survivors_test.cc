#include "archive/survivors.h"

#include <gtest/gtest.h>

#include "archive/orders_testing.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

/// One logged deposit of a folder with files, a link and an empty folder.
class Survivors : public ::testing::Test {
 protected:
  void SetUp() override {
    fs.seed("case/a", as_view("one"));
    fs.seed("case/b", noise(200'000));
    fs.seed("case/c/d", as_view("four"));
    fs.seed("case/c/e", as_view("five"));
    fs.seed("case/cc", as_view("not in c"));
    fs.seed_folder("case/empty");
    fs.seed_link("case/link", "elsewhere");
    id = take_in(doors, people.archive, {"case"})->taken.at(0).id;
    receipt = *read_logged_receipt(source_in_store(people.store, id), id);
    const ArchiveView view = people.view();
    key = std::move(*open_compartment(people.store, view.charter, kEvidence, people.archive.custodian.opener()));
    target = target_of(view);
    clock.advance_s(1000);
  }

  Result<SurvivorReport> withdraw(const std::vector<std::string>& paths, SealLimits limits = {}) {
    MUNIMENT_CHECK(make_folders(fs, "staged").has_value());
    return withdraw_paths(doors, source_in_store(people.store, id), id, receipt, first_seal(receipt), *key, paths,
                          target, "staged", limits);
  }
  Opened open_survivors(const SurvivorReport& report) {
    auto opened = open_folder(fs, report.deposits.at(0).folder, *key);
    EXPECT_TRUE(opened) << opened.error().sentence();
    return std::move(*opened);
  }
  ReceiptSource receipts() {
    return [this](const Sha256& older) { return read_logged_receipt(source_in_store(people.store, older), older); };
  }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock;
  Doors doors{fs, random, clock};
  PeoplesArchive people{doors, "archive"};
  Sha256 id;
  Receipt receipt;
  std::unique_ptr<CompartmentKeys> key;
  SealTarget target;
};

TEST_F(Survivors, AreSealedAnewWithoutWhatIsWithdrawn) {
  const auto report = withdraw({"case/b", "case/c"});
  ASSERT_TRUE(report) << report.error().sentence();
  EXPECT_EQ(report->withdrawn, (std::vector<std::string>{"case/b", "case/c/d", "case/c/e"}));
  EXPECT_EQ(report->survivors, 4u);
  const Opened opened = open_survivors(*report);
  EXPECT_EQ(opened.files,
            (std::map<std::string, Bytes>{{"case/a", bytes_of("one")}, {"case/cc", bytes_of("not in c")}}));
  ASSERT_EQ(opened.contents.others.size(), 2u);
  EXPECT_EQ(opened.contents.others[0].path, "case/empty");
  EXPECT_EQ(opened.contents.others[1].detail, "elsewhere");
  EXPECT_NE(report->deposits[0].id, id);
}

TEST_F(Survivors, AreDatedByTheOlderEntry) {
  const auto report = withdraw({"case/b"});
  ASSERT_TRUE(report) << report.error().sentence();
  const auto dated = check_kept_lines(open_survivors(*report).contents, receipts());
  ASSERT_TRUE(dated) << dated.error().sentence();
  std::vector<std::string> paths;
  for (const DatedItem& item : *dated) {
    paths.push_back(item.path);
    EXPECT_EQ(item.deposit, id);
  }
  std::ranges::sort(paths);
  EXPECT_EQ(paths, (std::vector<std::string>{"case/a", "case/c/d", "case/c/e", "case/cc", "case/empty", "case/link"}));
}

TEST_F(Survivors, AreDatedAlsoWhenTheOlderDepositIsDestroyed) {
  const auto report = withdraw({"case/b"});
  const Contents contents = open_survivors(*report).contents;
  people.remove({id});
  ASSERT_TRUE(carry_out_removals(clock, people.store, people.view(), people.pin()));
  EXPECT_EQ(check_kept_lines(contents, receipts())->size(), 6u) << "its receipt stays";
}

TEST_F(Survivors, KeepTheOlderLinesByteForByteWithTheirSalts) {
  const auto report = withdraw({"case/b"});
  const Contents contents = open_survivors(*report).contents;
  const auto older = open_contents_bytes(source_in_store(people.store, id), receipt, first_seal(receipt), *key);
  const auto lines = contents_leaves(older->expose_text());
  ASSERT_EQ(contents.kept.size(), 4 * 2 + 2u);
  for (const KeptLine& kept : contents.kept) EXPECT_EQ(kept.line, lines.at(kept.leaf));
  EXPECT_NE(report->deposits[0].receipt.tree, receipt.tree);
}

TEST_F(Survivors, ArePackagesStillAndNameNothingOfWhatIsWithdrawn) {
  const std::string of_photo = sha256(as_view("photo")).hex(), of_gone = sha256(as_view("gone")).hex();
  for (const auto& [name, text] : {std::pair("a.jpg", "altered"), std::pair("gone.jpg", "altered, too")})
    fs.seed(std::string("shot/") + name, as_view(text));
  for (const std::string& digest : {of_photo, of_gone}) {
    fs.seed("shot/" + digest + ".proof.csv", as_view("File Path,File Hash SHA256\n/x," + digest + "\n"));
    fs.seed("shot/" + digest + ".asc", as_view("signature"));
  }
  id = take_in(doors, people.archive, {"shot"})->taken.at(0).id;
  receipt = *read_logged_receipt(source_in_store(people.store, id), id);
  const auto before = open_folder(fs, people.archive.root + "/" + deposit_folder(id), *key);
  ASSERT_EQ(before->contents.packages.size(), 1u);
  ASSERT_GE(before->contents.packages[0].defects.size(), 2u);
  const auto report = withdraw({"shot/gone.jpg", "shot/" + of_gone + ".proof.csv", "shot/" + of_gone + ".asc"});
  ASSERT_TRUE(report) << report.error().sentence();
  const Opened opened = open_survivors(*report);
  ASSERT_EQ(opened.contents.packages.size(), 1u);
  EXPECT_EQ(opened.contents.packages[0].format, "proofmode");
  EXPECT_EQ(opened.contents.packages[0].folder, "shot");
  EXPECT_FALSE(opened.contents.packages[0].defects.empty());
  for (const std::string& defect : opened.contents.packages[0].defects)
    EXPECT_EQ(defect.find(of_gone), std::string::npos) << defect;
}

TEST_F(Survivors, SayNothingOfWhatIsWithdrawn) {
  const auto report = withdraw({"case/c"});
  const auto plain = open_contents_bytes(source_in_folder(fs, report->deposits[0].folder), report->deposits[0].receipt,
                                         first_seal(report->deposits[0].receipt), *key);
  ASSERT_TRUE(plain);
  const auto contents = parse_contents(plain->expose());
  ASSERT_TRUE(contents);
  EXPECT_FALSE(contents->kept.empty());
  for (const KeptLine& kept : contents->kept) EXPECT_EQ(kept.line.find("case/c/"), std::string::npos) << kept.line;
  EXPECT_EQ(plain->expose_text().find("case/c/"), std::string_view::npos);
}

TEST_F(Survivors, WithdrawnFromTwiceAreDatedByBoth) {
  const auto first = withdraw({"case/b"});
  ASSERT_TRUE(first);
  const auto taken = take_in(doors, people.archive, {first->deposits[0].folder});
  ASSERT_TRUE(taken) << taken.error().sentence();
  ASSERT_EQ(taken->taken.size(), 1u) << taken->refused.at(0).what;
  const Sha256 older = id;
  id = taken->taken[0].id;
  receipt = *read_logged_receipt(source_in_store(people.store, id), id);
  ASSERT_TRUE(remove_tree(fs, "staged"));
  const auto second = withdraw({"case/a"});
  ASSERT_TRUE(second) << second.error().sentence();
  const auto dated = check_kept_lines(open_survivors(*second).contents, receipts());
  ASSERT_TRUE(dated) << dated.error().sentence();
  EXPECT_EQ(dated->size(), 5 * 2u);
  EXPECT_EQ(std::ranges::count(*dated, older, &DatedItem::deposit), 5);
  EXPECT_EQ(std::ranges::count(*dated, id, &DatedItem::deposit), 5);
}

TEST_F(Survivors, OfManyFilesAreSeveralDeposits) {
  const auto report = withdraw({"case/b"}, {.split_items = 2});
  ASSERT_TRUE(report) << report.error().sentence();
  ASSERT_EQ(report->deposits.size(), 3u);
  std::size_t dated = 0;
  for (const SealedDeposit& deposit : report->deposits) {
    const auto opened = open_folder(fs, deposit.folder, *key);
    ASSERT_TRUE(opened) << opened.error().sentence();
    dated += check_kept_lines(opened->contents, receipts())->size();
  }
  EXPECT_EQ(dated, 6u);
}

TEST_F(Survivors, RefusesPathsThatAreNotThereAndWithdrawingEverything) {
  EXPECT_CODE(withdraw({"case/a", "case/x"}), Code::not_found);
  EXPECT_CODE(withdraw({"case/"}), Code::not_found);
  EXPECT_CODE(withdraw({"case"}), Code::invalid);
  EXPECT_TRUE(fs.list("staged")->empty());
}

TEST_F(Survivors, OfADamagedDepositAreNotMade) {
  fs.corrupt("archive/" + deposit_folder(id) + "/part-0000000", 70'000);
  EXPECT_CODE(withdraw({"case/a"}), Code::corrupt);
}

TEST_F(Survivors, AKeptLineThatWasNoLeafIsForged) {
  const auto report = withdraw({"case/b"});
  const Contents contents = open_survivors(*report).contents;
  const auto with = [&](const std::function<void(KeptLine&)>& change) {
    Contents changed = contents;
    change(changed.kept.at(3));
    return check_kept_lines(changed, receipts());
  };
  ASSERT_TRUE(with([](KeptLine&) {}));
  EXPECT_CODE(with([](KeptLine& kept) { kept.line += " "; }), Code::forged);
  EXPECT_CODE(with([](KeptLine& kept) { kept.leaf ^= 1; }), Code::forged);
  EXPECT_CODE(with([](KeptLine& kept) { ++kept.leaves; }), Code::forged);
  EXPECT_CODE(with([](KeptLine& kept) { kept.root.bytes[0] ^= 1; }), Code::forged);
  EXPECT_CODE(with([](KeptLine& kept) { kept.proof.pop_back(); }), Code::forged);
  EXPECT_CODE(with([](KeptLine& kept) { kept.deposit.bytes[0] ^= 1; }), Code::corrupt) << "no such deposit";
  // Half of what the older deposit said dates nothing.
  Contents half = contents;
  half.kept.erase(half.kept.begin());
  EXPECT_EQ(check_kept_lines(half, receipts())->size(), 5u);
  Contents doubled = half;
  doubled.kept.push_back(half.kept.front());
  EXPECT_EQ(check_kept_lines(doubled, receipts())->size(), 5u) << "nor does one line given twice";
}

}  // namespace
}  // namespace muniment
