#include "store/s3_bucket.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "store/s3_testing.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"

namespace muniment {
namespace {

class S3BucketTest : public ::testing::Test {
 protected:
  std::string text(const std::string& name) {
    const auto bytes = bucket.get(ObjectName(name), 1000);
    return bytes ? std::string(as_text(*bytes))
                 : std::string(name_of(bytes.error().code())) + ": " + bytes.error().sentence();
  }
  Result<void> write() {
    TRY_ASSIGN(const HttpResponse answer, bucket.ask(bucket.request_for(ObjectName("a"), "PUT", as_view("1"))));
    if (!is_done(answer)) return bucket.refusal("a", answer);
    return {};
  }

  std::unique_ptr<MemoryS3> owned = std::make_unique<MemoryS3>("https://h/abc");
  MemoryS3& service = *owned;
  WrittenWaits sleeper;
  FixedClock clock;
  SecretBytes credentials = SecretBytes::copy_of(as_view("KEY:secret-of-key"));
  S3Bucket bucket{std::move(owned), sleeper, clock, *S3Address::parse("s3://h/abc/one"), &credentials};
};

TEST_F(S3BucketTest, TellsAnObjectThatIsNotThereFromABucketThatIsNot) {
  EXPECT_TRUE(is_absent(s3_refusal(404, "NoSuchKey")));
  EXPECT_TRUE(is_absent(s3_answer(404))) << "HEAD has no reason";
  EXPECT_FALSE(is_absent(s3_refusal(404, "NoSuchBucket")));
  EXPECT_FALSE(is_absent(s3_refusal(403, "AccessDenied")));
}

TEST_F(S3BucketTest, ABodyIsNeverSentAsAForm) {
  const HttpRequest request = bucket.request_for(ObjectName("a"), "PUT", as_view("1"));
  EXPECT_EQ(std::ranges::count(request.headers, "Content-Type: application/octet-stream"), 1);
}

TEST_F(S3BucketTest, TellsWhereTheClientStopped) {
  service.planned.emplace(0, Error(Code::invalid, "h would be asked in the clear"));
  EXPECT_EQ(text("a"), "invalid: h would be asked in the clear");
  service.objects["one/a"] = "1";
  EXPECT_EQ(text("a"), "1") << "and is asked again";
}

TEST_F(S3BucketTest, NamesBothClocksWhereTheyDiffer) {
  service.planned.emplace(0, s3_refusal(403, "RequestTimeTooSkewed", {{"date", "Fri, 02 Jan 2026 00:00:00 GMT"}}));
  const std::string ended = text("a");
  EXPECT_TRUE(ended.starts_with("unavailable: ")) << ended;
  EXPECT_NE(ended.find("Fri, 02 Jan 2026 00:00:00 GMT"), std::string::npos) << ended;
  EXPECT_NE(ended.find("2026-01-01T00:00:00Z"), std::string::npos) << ended;
  EXPECT_EQ(text("b"), ended) << "and the service is not asked again";
  EXPECT_EQ(service.requests.size(), 1u);
}

TEST_F(S3BucketTest, SaysWhatTheServiceSaid) {
  const struct {
    HttpResponse answer;
    Code code;
    const char* part;
  } cases[] = {
      {s3_refusal(404, "NoSuchKey"), Code::not_found, "a is not at s3://h/abc/one"},
      {s3_refusal(403, "SignatureDoesNotMatch"), Code::denied, "the secret is another one"},
      {s3_refusal(403, "InvalidAccessKeyId"), Code::denied, "does not know this key"},
      {s3_refusal(403, "AccessDenied"), Code::denied, "may not do this"},
      {s3_answer(403, "", {{"date", "now"}}), Code::denied, "its clock says now"},
      {s3_refusal(507, "QuotaExceeded"), Code::denied, "does not take so much"},
      {s3_refusal(501, "NotImplemented"), Code::unsupported, "cannot do this"},
      {s3_refusal(404, "NoSuchBucket"), Code::unavailable, "no bucket abc at h"},
  };
  for (const auto& [answer, code, part] : cases) {
    for (const bool writes : {true, false}) {
      if (writes && answer.status == 404 && std::string_view(part).starts_with("a ")) continue;
      service.planned.emplace(service.requests.size(), answer);
      const auto written = writes ? write() : Result<void>();
      const auto read = writes ? Result<Bytes>(Bytes()) : bucket.get(ObjectName("a"), 10);
      const Error error = writes ? written.error() : read.error();
      EXPECT_EQ(error.code(), code) << error.sentence();
      EXPECT_NE(error.sentence().find(part), std::string::npos) << error.sentence();
      EXPECT_EQ(error.sentence().find("secret-of-key"), std::string::npos);
    }
  }
}

TEST_F(S3BucketTest, ARedirectIsNamedAndEndsTheRun) {
  service.planned.emplace(0, s3_refusal(301, "PermanentRedirect", {{"location", "https://elsewhere/"}}));
  const std::string ended = text("a");
  EXPECT_TRUE(ended.starts_with("unavailable: ")) << ended;
  EXPECT_NE(ended.find("https://elsewhere/"), std::string::npos) << ended;
  EXPECT_CODE(write(), Code::unavailable);
  EXPECT_EQ(service.requests.size(), 1u);
}

TEST_F(S3BucketTest, OutlastsAStormAndNamesOneThatStays) {
  service.objects["one/a"] = "1";
  service.planned = {{0, s3_answer(503)}, {1, s3_answer(429, "", {{"retry-after", "2"}})}, {2, s3_answer(500)}};
  EXPECT_EQ(text("a"), "1");
  EXPECT_EQ(sleeper.waits, (std::vector<std::uint64_t>{500, 2000, 4500}));
  for (std::size_t i = 4; i < 20; ++i) service.planned.emplace(i, s3_answer(503));
  EXPECT_CODE(write(), Code::unavailable);
  EXPECT_EQ(service.requests.size(), 8u);
  EXPECT_TRUE(text("a").starts_with("unavailable: "));
  EXPECT_EQ(service.requests.size(), 8u);
}

}  // namespace
}  // namespace muniment
