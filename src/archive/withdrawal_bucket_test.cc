// Removals in a bucket, cut off at every request.
#include <gtest/gtest.h>

#include "archive/orders_testing.h"
#include "archive/withdrawal.h"
#include "store/s3_testing.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

class WithdrawalInBucket : public ::testing::Test {
 protected:
  using Objects = std::map<std::string, std::string>;

  void SetUp() override {
    for (unsigned i = 0; i < 3; ++i) ids.push_back(people.deposit("file-" + std::to_string(i), noise(3000, 1 + i)));
    std::ranges::sort(ids);
  }

  /// The bucket as a push of the archive leaves it.
  Objects pushed() {
    Objects there;
    for (const auto& [path, bytes] : fs.files())
      if (!path.starts_with("archive/home/")) there[path.substr(std::string("archive/").size())] = as_text(bytes);
    return there;
  }

  struct Run {
    Result<WithdrawalReport> report;
    std::size_t requests = 0;
  };
  /// One run, in which the request number `cut` arrives and nothing more is heard of the service after it.
  Run run(std::size_t cut = SIZE_MAX) {
    auto owned = std::make_unique<MemoryS3>("https://h/abc");
    MemoryS3& service = *owned;
    service.objects = objects;
    const Error gone(Code::unavailable, "gone");
    if (cut != SIZE_MAX) {
      service.lost.emplace(cut, gone);
      for (std::size_t n = cut + 1; n < cut + 40; ++n) service.planned.emplace(n, gone);
    }
    WrittenWaits sleeper;
    S3Store store(
        std::make_unique<S3Bucket>(std::move(owned), sleeper, clock, *S3Address::parse("s3://h/abc"), nullptr));
    Run done{carry_out_removals(clock, store, people.view(), people.pin())};
    objects = service.objects;
    done.requests = service.requests.size();
    return done;
  }

  std::string names(const std::string& folder) const {
    std::string text;
    for (const auto& [key, bytes] : objects)
      if (key.starts_with(folder + "/")) text += key.substr(folder.size() + 1) + " ";
    return text;
  }
  std::string served(const Sha256& id) const { return names(deposit_folder(id)); }
  std::string withdrawn(const Sha256& id) const { return names("withdrawn/" + id.hex()); }

  /// Whatever was cut off, nothing was lost that is wanted, and the next run ends as one that was not cut off.
  void cut_everywhere(const Objects& kept) {
    const Objects before = objects;
    const Run whole = run();
    ASSERT_TRUE(whole.report);
    const Objects wanted = objects;
    ASSERT_GT(whole.requests, 10u);
    for (std::size_t cut = 0; cut < whole.requests; ++cut) {
      objects = before;
      EXPECT_FALSE(run(cut).report) << cut;
      for (const auto& [name, bytes] : kept) {
        const bool here = objects.contains(deposit_folder(ids[0]) + "/" + name) &&
                          objects.at(deposit_folder(ids[0]) + "/" + name) == bytes;
        const std::string there = "withdrawn/" + ids[0].hex() + "/" + name;
        EXPECT_TRUE(here || (objects.contains(there) && objects.at(there) == bytes))
            << "cut at " << cut << ": " << name;
      }
      ASSERT_TRUE(run().report) << cut;
      EXPECT_EQ(objects, wanted) << "cut at " << cut;
      if (HasFailure()) return;
    }
  }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock;
  Doors doors{fs, random, clock};
  PeoplesArchive people{doors, "archive", 2};
  std::vector<Sha256> ids;
  Objects objects;
  static constexpr const char* kAll = "SHA256SUMS contents-0.age header-0 part-0000000 receipt ";
  static constexpr const char* kGone = "SHA256SUMS receipt ";
  static constexpr const char* kObjects = "contents-0.age header-0 part-0000000 ";
};

TEST_F(WithdrawalInBucket, IsAtOnceAndDestructionAfterTheHold) {
  objects = pushed();
  ASSERT_TRUE(run().report);
  EXPECT_EQ(served(ids[0]), kAll);
  const Order order = people.remove({ids[0]});
  EXPECT_EQ(run().report->withdrawn, 1u);
  EXPECT_EQ(served(ids[0]), kGone);
  EXPECT_EQ(withdrawn(ids[0]), std::string(kObjects) + "removal-" + order.number + " ");
  EXPECT_EQ(served(ids[1]), kAll);
  clock.advance_s(30 * kDayS - 1);
  EXPECT_EQ(run().report->destroyed, 0u);
  clock.advance_s(1);
  EXPECT_EQ(run().report->destroyed, 1u);
  EXPECT_EQ(withdrawn(ids[0]), "destroyed removal-" + order.number + " ");
  EXPECT_TRUE(run().report->sentences.empty()) << "and that is all";
}

TEST_F(WithdrawalInBucket, AVetoBringsBack) {
  objects = pushed();
  const Objects before = objects;
  const Order order = people.remove({ids[0]});
  ASSERT_TRUE(run().report);
  people.veto(order);
  EXPECT_EQ(run().report->brought_back, 1u);
  EXPECT_EQ(objects, before);
}

TEST_F(WithdrawalInBucket, NoWeekDestroysMoreThanTheCharterAllows) {
  objects = pushed();
  people.remove(ids);
  ASSERT_TRUE(run().report);
  clock.advance_s(30 * kDayS);
  EXPECT_EQ(run().report->destroyed, 2u);
  EXPECT_EQ(run().report->destroyed, 0u);
  clock.advance_s(7 * kDayS);
  EXPECT_EQ(run().report->destroyed, 1u);
}

TEST_F(WithdrawalInBucket, CutOffAnywhereTheNextRunGoesOn) {
  objects = pushed();
  const std::string folder = deposit_folder(ids[0]) + "/";
  Objects kept;
  for (const char* name : {"contents-0.age", "header-0", "part-0000000"}) kept[name] = objects.at(folder + name);
  const Order order = people.remove({ids[0]});
  cut_everywhere(kept);
  ASSERT_EQ(withdrawn(ids[0]), std::string(kObjects) + "removal-" + order.number + " ");

  const Objects withdrawn_there = objects;
  clock.advance_s(30 * kDayS);
  cut_everywhere({});
  EXPECT_EQ(withdrawn(ids[0]), "destroyed removal-" + order.number + " ");

  objects = withdrawn_there;
  people.veto(order);
  cut_everywhere(kept);
  EXPECT_EQ(served(ids[0]), kAll);
}

}  // namespace
}  // namespace muniment
