#include "store/s3_head.h"

#include <gtest/gtest.h>

#include "store/s3_testing.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"

namespace muniment {
namespace {

const Error kBroken(Code::unavailable, "h: the connection ended after 0 bytes of the answer (reset)");

Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

class S3HeadTest : public ::testing::Test {
 protected:
  std::unique_ptr<MemoryS3> owned = std::make_unique<MemoryS3>("https://h/abc");
  MemoryS3& service = *owned;
  WrittenWaits sleeper;
  FixedClock clock;
  FixedRandom random;
  S3Bucket bucket{std::move(owned), sleeper, clock, *S3Address::parse("s3://h/abc"), nullptr};
  S3Head head{bucket, ObjectName("home/head"), random};
};

TEST_F(S3HeadTest, SwapsOnlyWhatIsExpected) {
  EXPECT_EQ(*head.read(), std::nullopt);
  EXPECT_CODE(head.compare_and_swap(bytes_of("0"), as_view("1")), Code::conflict);
  ASSERT_TRUE(head.compare_and_swap(std::nullopt, as_view("1")));
  EXPECT_CODE(head.compare_and_swap(std::nullopt, as_view("1")), Code::conflict) << "even with the same bytes";
  EXPECT_CODE(head.compare_and_swap(bytes_of("2"), as_view("3")), Code::conflict);
  ASSERT_TRUE(head.compare_and_swap(bytes_of("1"), as_view("2")));
  EXPECT_EQ(*head.read(), bytes_of("2"));
  EXPECT_EQ(service.objects.size(), 1u) << "nothing of the probe is left";
}

TEST_F(S3HeadTest, FindsTheFormOfTheTagThatTheServiceKeeps) {
  for (const bool wants_quotes : {true, false}) {
    service.objects.clear();
    service.manners = {.wants_quotes = wants_quotes, .wants_bare = !wants_quotes};
    S3Head fresh(bucket, ObjectName("home/head"), random);
    ASSERT_TRUE(fresh.probe());
    ASSERT_TRUE(fresh.compare_and_swap(std::nullopt, as_view("1")));
    ASSERT_TRUE(fresh.compare_and_swap(bytes_of("1"), as_view("2")));
    const std::string condition = service.requests.back().headers.back();
    EXPECT_EQ(condition.starts_with("If-Match: \""), wants_quotes) << condition;
    EXPECT_EQ(*fresh.read(), bytes_of("2"));
  }
}

TEST_F(S3HeadTest, AServiceThatDoesNotKeepConditionsCannotBeHome) {
  const struct {
    S3Manners manners;
    const char* part;
  } cases[] = {
      {{.keeps_none_match = false}, "If-None-Match"},  {{.knows_none_match = false}, "501"},
      {{.keeps_match = false}, "whatever If-Match"},   {{.has_tags = false}, "no ETag"},
      {{.wants_quotes = false}, "refuses to replace"},
  };
  for (const auto& [manners, part] : cases) {
    service.manners = manners;
    const auto probed = head.probe();
    ASSERT_TRUE(fails_with(probed, Code::unsupported)) << part;
    EXPECT_NE(probed.error().sentence().find(part), std::string::npos) << probed.error().sentence();
    EXPECT_CODE(head.compare_and_swap(std::nullopt, as_view("1")), Code::unsupported) << part;
    EXPECT_TRUE(service.objects.empty()) << "nothing of the probe is left: " << part;
  }
}

TEST_F(S3HeadTest, OfTwoWritersAtOnceOneWins) {
  ASSERT_TRUE(head.compare_and_swap(std::nullopt, as_view("1")));
  const std::size_t next = service.requests.size();
  service.before = [&](std::size_t number) {  // between our reading and our writing
    if (number == next + 1) service.objects["home/head"] = "theirs";
  };
  EXPECT_CODE(head.compare_and_swap(bytes_of("1"), as_view("ours")), Code::conflict);
  EXPECT_EQ(*head.read(), bytes_of("theirs"));
}

TEST_F(S3HeadTest, ASwapWhoseAnswerWasLostIsFoundOut) {
  ASSERT_TRUE(head.compare_and_swap(std::nullopt, as_view("1")));
  service.lost.emplace(service.requests.size() + 1, kBroken);
  EXPECT_TRUE(head.compare_and_swap(bytes_of("1"), as_view("2"))) << "it had arrived";
  service.planned.emplace(service.requests.size() + 1, s3_answer(503));
  EXPECT_TRUE(head.compare_and_swap(bytes_of("2"), as_view("3"))) << "it had not";
  EXPECT_EQ(*head.read(), bytes_of("3"));
}

TEST_F(S3HeadTest, ASwapThatArrivesLateIsFoundOut) {
  ASSERT_TRUE(head.compare_and_swap(std::nullopt, as_view("1")));
  const std::size_t next = service.requests.size();
  service.planned.emplace(next + 1, kBroken);
  service.before = [&](std::size_t number) {  // after it was looked for, and before it is tried again
    if (number == next + 4) service.objects["home/head"] = "2";
  };
  EXPECT_TRUE(head.compare_and_swap(bytes_of("1"), as_view("2")));
}

TEST_F(S3HeadTest, SaysWhenItIsNotKnownWhetherItWasSwapped) {
  ASSERT_TRUE(head.compare_and_swap(std::nullopt, as_view("1")));
  for (std::size_t i = 0; i < 20; ++i) {
    const std::size_t number = service.requests.size() + i;
    if (i % 3 == 1) service.planned.emplace(number, kBroken);
  }
  const auto swapped = head.compare_and_swap(bytes_of("1"), as_view("2"));
  ASSERT_TRUE(fails_with(swapped, Code::unavailable));
  EXPECT_NE(swapped.error().sentence().find("whether the head was swapped"), std::string::npos);
  EXPECT_EQ(service.objects.at("home/head"), "1");
}

TEST_F(S3HeadTest, AMissingBucketIsNoEmptyHead) {
  service.planned.emplace(0, s3_refusal(404, "NoSuchBucket"));
  EXPECT_CODE(head.read(), Code::unavailable);
}

TEST_F(S3HeadTest, AProbeOutlastsABusyService) {
  service.planned = {{0, s3_answer(503)}, {2, s3_answer(500)}};
  EXPECT_TRUE(head.probe());
  EXPECT_EQ(sleeper.waits.size(), 2u);
  EXPECT_TRUE(service.objects.empty());
}

}  // namespace
}  // namespace muniment
