// Arrivals from devices without ML-KEM, at a home that has it.
#include <gtest/gtest.h>

#include "archive/archive_testing.h"
#include "archive/charter_draft.h"
#include "archive/order.h"
#include "archive/seal_kind.h"
#include "crypto/mlkem.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

class ClassicArrivals : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!has_mlkem768()) GTEST_SKIP() << "the libcrypto of this system has no ML-KEM-768: it came with 3.5";
    fs.seed("case/a", as_view("first"));
    archive.emplace(*found_test_archive(doors, "archive"));
  }
  ArchiveView view() { return *view_of(doors, *archive); }
  Compartment compartment(std::string_view name = kEvidence) { return *view().charter.find_compartment(name); }
  /// What a device makes that knows the recipient and has no ML-KEM.
  SealedDeposit seal(const std::string& recipient, const std::string& folder = "sealed") {
    const auto report =
        seal_into(doors, "case", folder, {.archive = archive->id, .compartment = kEvidence, .recipient = recipient});
    MUNIMENT_CHECK(report && report->deposits.size() == 1);
    return report->deposits[0];
  }
  IntakeReport take(const std::vector<std::string>& paths) {
    auto report = take_in(doors, *archive, paths);
    EXPECT_TRUE(report) << report.error().sentence();
    return report ? std::move(*report) : IntakeReport{};
  }
  std::unique_ptr<CompartmentKeys> keys(std::string_view name = kEvidence) {
    FolderStore store(fs, "archive", random);
    return std::move(*open_compartment(store, view().charter, name, archive->custodian.opener()));
  }
  /// The files of a deposit under its newest seal.
  Result<std::map<std::string, Bytes>> open_now(const Sha256& id, const age::Identity& key) {
    FolderStore store(fs, "archive", random);
    const DepositSource source = source_in_store(store, id);
    TRY_ASSIGN(const Receipt receipt, read_logged_receipt(source, id));
    CollectingHandler handler;
    TRY(open_deposit(source, receipt, view().deposit(id)->seals_in_force(receipt)[0], key, handler));
    return handler.files;
  }
  SealKind kind(const Sha256& id) {
    FolderStore store(fs, "archive", random);
    return find_seal_kind(store, *view().deposit(id));
  }
  /// A second compartment that the custodian opens, by the next charter.
  void add_compartment(const std::string& name) {
    FolderStore store(fs, "archive", random);
    CharterDraft draft = CharterDraft::after(view().chain);
    MUNIMENT_CHECK(draft.add_compartment(name, {"custodian-1"}, true, random).has_value());
    for (const auto& [object, file] : draft.files()) MUNIMENT_CHECK(store.put(object, file).has_value());
    const SignerKey* const signers[] = {&archive->custodian.signer()};
    const std::string note = sign_note(render_charter(draft.charter()), signers);
    MUNIMENT_CHECK(append_entries(doors, *archive, {bytes_of(note)}).has_value());
    MUNIMENT_CHECK(store.put(charter_name(2), as_view(note)).has_value() && store.flush());
  }
  void expect_whole() {
    FolderStore store(fs, "archive", random);
    const auto report = verify_copy(store, IdPin::of(archive->id));
    ASSERT_TRUE(report) << report.error().sentence();
    for (const Finding& finding : report->findings) ADD_FAILURE() << finding.object << " " << finding.what;
    for (const std::string& objection : report->view.objections) ADD_FAILURE() << objection;
  }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock;
  Doors doors{fs, random, clock};
  std::optional<TestArchive> archive;
  const std::map<std::string, Bytes> case_files = {{"case/a", bytes_of("first")}};
};

TEST_F(ClassicArrivals, GetAHybridSealBesideTheirOwn) {
  const SealedDeposit arrival = seal(compartment().recipient);
  const Bytes header = *read_file(fs, arrival.folder + "/header-0", kHeaderBytesMax);
  const IntakeReport report = take({"sealed"});
  ASSERT_EQ(report.taken.size(), 1u);
  EXPECT_EQ(report.taken[0].id, arrival.id) << "the receipt is the one that the device gave";
  EXPECT_TRUE(report.taken[0].is_resealed);
  EXPECT_EQ(report.head.size, 4u) << "charter, deposit, accept, reseal";
  const ArchiveView seen = view();
  ASSERT_EQ(seen.orders.size(), 1u);
  EXPECT_EQ(seen.orders[0].order.kind, OrderKind::reseal);
  EXPECT_FALSE(seen.orders[0].order.drops_older) << "that takes two people";
  EXPECT_TRUE(seen.is_vouched_for(3));
  EXPECT_EQ(seen.deposit(arrival.id)->newest_seal(), 1u);
  EXPECT_EQ(kind(arrival.id), SealKind::hybrid_since) << "what was sealed before stays what it was, and is told";
  const auto files = open_now(arrival.id, *keys());
  ASSERT_TRUE(files) << files.error().sentence();
  EXPECT_EQ(*files, case_files);
  EXPECT_EQ(*read_file(fs, "archive/" + deposit_folder(arrival.id) + "/header-0", kHeaderBytesMax), header);
  EXPECT_EQ(open_logged(doors, *archive, arrival.id)->files, case_files) << "the first seal opens as before";
  expect_whole();
}

TEST_F(ClassicArrivals, AreNoneWhereTheSealIsHybrid) {
  const SealedDeposit arrival = seal(compartment().hybrid);
  const IntakeReport report = take({"sealed", "case"});
  ASSERT_EQ(report.taken.size(), 2u);
  for (const TakenDeposit& taken : report.taken) {
    EXPECT_FALSE(taken.is_resealed);
    EXPECT_EQ(kind(taken.id), SealKind::hybrid);
  }
  EXPECT_TRUE(view().orders.empty());
}

TEST_F(ClassicArrivals, LeftUnloggedByARunThatWasCutOffAreSealedAnewOnce) {
  const SealedDeposit arrival = seal(compartment().recipient, "archive/deposits/left");
  const std::string place = "archive/" + deposit_folder(arrival.id);
  MUNIMENT_CHECK(make_folders(fs, parent_of(place)) && fs.rename_new(arrival.folder, place));
  MUNIMENT_CHECK(fs.remove("archive/deposits/left").has_value());
  fs.seed(place + "/header-1", as_view("of the run that was cut off"));
  fs.seed_folder("archive/incoming");
  EXPECT_TRUE(take({"archive/incoming"}).taken.at(0).is_resealed);
  EXPECT_TRUE(take({"archive/incoming"}).taken.empty());
  EXPECT_EQ(view().deposit(arrival.id)->newest_seal(), 1u);
  EXPECT_TRUE(open_now(arrival.id, *keys()));
  expect_whole();
}

TEST_F(ClassicArrivals, AreSealedAnewForTheCompartmentWhoseKeyOpensThem) {
  add_compartment("medical");
  // Its contents say "evidence": that is the sealer's word.
  const SealedDeposit arrival = seal(compartment("medical").recipient);
  EXPECT_TRUE(take({"sealed"}).taken.at(0).is_resealed);
  EXPECT_TRUE(open_now(arrival.id, *keys("medical")));
  EXPECT_CODE(open_now(arrival.id, *keys()), Code::denied);
}

TEST_F(ClassicArrivals, OfMoreThanOneOrderNamesAreInSeveral) {
  const std::string recipient = compartment().recipient;
  for (std::size_t i = 0; i <= kOrderDepositsMax; ++i) seal(recipient);
  const IntakeReport report = take({"sealed"});
  EXPECT_EQ(report.taken.size(), kOrderDepositsMax + 1);
  EXPECT_TRUE(std::ranges::all_of(report.taken, &TakenDeposit::is_resealed));
  const ArchiveView seen = view();
  EXPECT_EQ(seen.orders.size(), 2u);
  for (const LoggedDeposit& deposit : seen.deposits) EXPECT_EQ(deposit.newest_seal(), 1u);
  expect_whole();
}

}  // namespace
}  // namespace muniment
