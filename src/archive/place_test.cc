// A home in a bucket: founded, deposited into, cut off at every request, and two writers at once.
#include "archive/place.h"

#include <gtest/gtest.h>

#include "archive/archive_testing.h"
#include "archive/verify.h"
#include "store/s3_testing.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

using PlacedObjects = std::map<std::string, std::string>;

/// Hands requests on to one bucket, for clients that are owned elsewhere.
class SharedClient final : public HttpClient {
 public:
  explicit SharedClient(MemoryS3& service) : service_(service) {}
  Result<HttpResponse> exchange(const HttpRequest& request) override { return service_.exchange(request); }

 private:
  MemoryS3& service_;
};

class AHomeInABucket : public ::testing::Test {
 protected:
  std::unique_ptr<S3Bucket> bucket() {
    return std::make_unique<S3Bucket>(std::make_unique<SharedClient>(*service), sleeper, clock,
                                      *S3Address::parse("s3://h/abc"), nullptr);
  }
  BucketPlace place(Fs& disk, const std::string& state = "state") {
    return BucketPlace({disk, random, clock}, bucket(), bucket(), state);
  }
  /// A service with the same objects whose request number `cut` arrives, and nothing more is heard of it after that.
  void start(const PlacedObjects& objects, std::size_t cut = SIZE_MAX) {
    auto fresh = std::make_unique<MemoryS3>("https://h/abc");
    fresh->manners = manners;
    fresh->objects = objects;
    const Error gone(Code::unavailable, "gone");
    if (cut != SIZE_MAX) {
      fresh->lost.emplace(cut, gone);
      for (std::size_t n = cut + 1; n < cut + 400; ++n) fresh->planned.emplace(n, gone);
    }
    service = std::move(fresh);
  }

  TestArchive found() {
    HolderKeys custodian = HolderKeys::make("custodian-1", random);
    BucketPlace here = place(fs);
    const auto founded = found_archive_at(doors, here, custodian);
    MUNIMENT_CHECK(founded.has_value());
    return TestArchive{"", std::move(custodian), founded->id};
  }
  Result<IntakeReport> deposit(Fs& disk, const TestArchive& archive, const std::string& state = "state") {
    BucketPlace here = place(disk, state);
    return take_in({disk, random, clock}, here, archive, {"evidence"});
  }
  /// Whoever reads the bucket, with nothing of their own.
  CopyReport verify(const TestArchive& archive) {
    S3Store store(bucket());
    auto report = verify_copy(store, IdPin::of(archive.id));
    EXPECT_TRUE(report) << report.error().sentence();
    return report ? std::move(*report) : CopyReport{};
  }
  std::vector<std::string> names_below(const std::string& folder) const {
    std::vector<std::string> names;
    for (const auto& [key, bytes] : service->objects)
      if (key.starts_with(folder)) names.push_back(key);
    return names;
  }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock;
  Doors doors{fs, random, clock};
  WrittenWaits sleeper;
  S3Manners manners;
  std::unique_ptr<MemoryS3> service = std::make_unique<MemoryS3>("https://h/abc");
};

TEST_F(AHomeInABucket, TakesInDepositsAndHasNothingPrivateInTheClear) {
  const TestArchive archive = found();
  fs.seed("evidence", noise(5000));
  const auto report = deposit(fs, archive);
  ASSERT_TRUE(report) << report.error().sentence();
  ASSERT_EQ(report->taken.size(), 1u);
  EXPECT_TRUE(report->refused.empty());
  const CopyReport read = verify(archive);
  EXPECT_EQ(read.view.deposits.size(), 1u);
  EXPECT_TRUE(read.findings.empty());
  EXPECT_TRUE(read.view.is_accepted(read.view.deposits[0]));
  // All that is there beside the copy: which bucket it is, the head, and the log key, sealed.
  const auto own = names_below("home/");
  ASSERT_EQ(own.size(), 3u);
  EXPECT_EQ(own[0], "home/head");
  EXPECT_TRUE(service->objects.at(own[1]).starts_with("age-encryption.org/v1\n"));
  EXPECT_EQ(own[2], "home/place");
  EXPECT_TRUE(names_below("staging/").empty());
  for (const auto& [path, bytes] : fs.files()) EXPECT_EQ(path.find("deposit"), std::string::npos) << path;
}

/// What was deposited before is known by the folder on this machine, and nothing of it lies in the bucket.
TEST_F(AHomeInABucket, TakesWhatIsGivenAgainOnlyOnce) {
  const TestArchive archive = found();
  fs.seed("evidence", noise(5000));
  clock.advance_s(1000);
  BucketPlace here = place(fs);
  const auto give = [&](BucketPlace& at) { return take_in_known(doors, at, archive, archive.custodian, {"evidence"}); };
  ASSERT_EQ(give(here)->taken.size(), 1u);
  EXPECT_EQ(names_below("home/").size(), 3u);
  const auto again = give(here);
  ASSERT_TRUE(again) << again.error().sentence();
  EXPECT_TRUE(again->taken.empty());
  EXPECT_EQ(again->known.paths.at(0).here.files, 1u);
  std::erase_if(service->objects, [](const auto& object) { return object.first.ends_with("/part-0000000"); });
  EXPECT_EQ(give(here)->taken.size(), 1u) << "it is not there whole";
  BucketPlace elsewhere = place(fs, "another-state");
  EXPECT_EQ(give(elsewhere)->taken.size(), 1u) << "another machine knows nothing";
}

TEST_F(AHomeInABucket, NeedsAServiceThatKeepsConditions) {
  manners.keeps_match = false;
  start({});
  BucketPlace here = place(fs);
  EXPECT_CODE(found_archive_at(doors, here, HolderKeys::make("custodian-1", random)), Code::unsupported);
  EXPECT_TRUE(service->objects.empty());
}

TEST_F(AHomeInABucket, NeedsAFolderOfOnesOwnAndAnEmptyPrefix) {
  BucketPlace here({fs, random, clock}, bucket(), bucket(), std::nullopt);
  const auto founded = found_archive_at(doors, here, HolderKeys::make("custodian-1", random));
  ASSERT_TRUE(fails_with(founded, Code::invalid));
  EXPECT_NE(founded.error().sentence().find("--state"), std::string::npos);
  start({{"charter/1", "something"}});
  BucketPlace taken = place(fs);
  EXPECT_CODE(found_archive_at(doors, taken, HolderKeys::make("custodian-1", random)), Code::conflict);
}

TEST_F(AHomeInABucket, CopiedToAnotherBucketIsNoHome) {
  const TestArchive archive = found();
  fs.seed("evidence", noise(100));
  S3Address other = *S3Address::parse("s3://h/abc");
  other.host = "other";
  const auto elsewhere = [&] {
    auto client = std::make_unique<MemoryS3>("https://other/abc");
    client->objects = service->objects;
    return std::make_unique<S3Bucket>(std::move(client), sleeper, clock, other, nullptr);
  };
  BucketPlace copy({fs, random, clock}, elsewhere(), elsewhere(), "state");
  EXPECT_CODE(take_in(doors, copy, archive, {"evidence"}), Code::denied);
}

TEST_F(AHomeInABucket, IsHeldByOneWriterAndTheOtherIsTold) {
  const TestArchive archive = found();
  fs.seed("evidence", noise(100));
  BucketPlace one = place(fs, "one");
  BucketPlace two = place(fs, "two");
  BucketPlace one_again = place(fs, "one");
  const Charter charter = verify(archive).view.charter;
  {
    const auto held = Home::open(doors, one, charter, archive.custodian);
    ASSERT_TRUE(held) << held.error().sentence();
    const auto refused = Home::open(doors, two, charter, archive.custodian);
    ASSERT_TRUE(fails_with(refused, Code::conflict));
    EXPECT_NE(refused.error().sentence().find("another writer"), std::string::npos);
    EXPECT_CODE(Home::open(doors, one_again, charter, archive.custodian), Code::conflict);
  }
  EXPECT_TRUE(Home::open(doors, two, charter, archive.custodian)) << "and it is free when that run is over";
}

/// Somebody has removed home/lock by hand while its writer was at work.
TEST_F(AHomeInABucket, WithoutItsLockTwoWritersStillCannotBothWin) {
  const TestArchive archive = found();
  fs.seed("evidence", noise(100));
  BucketPlace one = place(fs, "one");
  BucketPlace two = place(fs, "two");
  const ArchiveView view = verify(archive).view;
  const auto first = Home::open(doors, one, view.charter, archive.custodian);
  ASSERT_TRUE(first);
  const auto key = open_compartment(one.store(), view.charter, kEvidence, archive.custodian.opener());
  Intake intake(doors, **first, view, target_of(view), **key, {});
  ASSERT_TRUE(intake.add("evidence"));
  service->objects.erase("home/lock");
  ASSERT_TRUE(take_in(doors, two, archive, {"evidence"}));
  const auto second = intake.finish(archive.custodian);
  ASSERT_TRUE(fails_with(second, Code::conflict));
  const CopyReport read = verify(archive);
  EXPECT_TRUE(read.findings.empty());
  for (const LoggedDeposit& each : read.view.deposits) EXPECT_TRUE(read.view.is_accepted(each));
}

TEST_F(AHomeInABucket, CutOffAnywhereADepositIsThereOrNotAndTheNextRunGoesOn) {
  const TestArchive archive = found();
  fs.seed("evidence", noise(3000));
  const PlacedObjects before = service->objects;
  const MemoryFs disk = fs;
  MemoryFs whole = disk;
  start(before);
  ASSERT_TRUE(deposit(whole, archive));
  const std::size_t requests = service->requests.size();
  ASSERT_GT(requests, 40u);
  for (std::size_t cut = 0; cut < requests; ++cut) {
    MemoryFs own = disk;
    start(before, cut);
    const auto report = deposit(own, archive);
    start(service->objects);
    const CopyReport seen = verify(archive);
    EXPECT_TRUE(seen.findings.empty()) << "cut at " << cut;
    const std::size_t logged = seen.view.deposits.size();
    EXPECT_TRUE(!report || logged == 1) << "cut at " << cut << ": reported, and forgotten";
    const auto next = deposit(own, archive);
    ASSERT_TRUE(next) << "cut at " << cut << ": " << next.error().sentence();
    const CopyReport read = verify(archive);
    EXPECT_GE(read.view.deposits.size(), logged + 1) << "cut at " << cut;
    EXPECT_TRUE(read.findings.empty()) << "cut at " << cut;
    for (const LoggedDeposit& each : read.view.deposits) EXPECT_TRUE(read.view.is_accepted(each)) << "cut at " << cut;
    EXPECT_TRUE(names_below("home/lock").empty());
    if (HasFailure()) return;
  }
}

TEST_F(AHomeInABucket, WhatAWriterWasCutOffInNoOtherOneTakesOver) {
  const TestArchive archive = found();
  service->objects["home/lock"] = "writer of somebody\n";
  fs.seed("evidence", noise(100));
  const auto report = deposit(fs, archive);
  ASSERT_TRUE(fails_with(report, Code::conflict));
  EXPECT_NE(report.error().sentence().find("home/lock"), std::string::npos) << "what is to be done is said";
  EXPECT_EQ(service->objects.at("home/lock"), "writer of somebody\n");
}

TEST_F(AHomeInABucket, FoundingThatIsCutOffLeavesNoArchiveThatIsHalf) {
  const HolderKeys custodian = HolderKeys::make("custodian-1", random);
  start({});
  {
    BucketPlace here = place(fs);
    ASSERT_TRUE(found_archive_at(doors, here, custodian));
  }
  const std::size_t requests = service->requests.size();
  for (std::size_t cut = 0; cut < requests; ++cut) {
    MemoryFs own;
    start({}, cut);
    bool is_handed_out = false;
    std::optional<Result<Founded>> founded;
    {
      BucketPlace here = place(own);
      founded = found_archive_at({own, random, clock}, here, custodian, nullptr, [&](const Founded&) -> Result<void> {
        is_handed_out = true;
        return {};
      });
    }
    EXPECT_TRUE(!service->objects.contains("checkpoint") || is_handed_out) << cut;
    start(service->objects);
    if (*founded || service->objects.contains("checkpoint")) {
      S3Store store(bucket());
      const auto view = view_archive(store, std::nullopt);
      EXPECT_TRUE(view) << "cut at " << cut << ": " << view.error().sentence();
    }
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace muniment
