#include "store/s3_store.h"

#include <gtest/gtest.h>

#include "crypto/sha256.h"
#include "store/s3_testing.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"

namespace muniment {
namespace {

const Error kBrokenInStore(Code::unavailable, "h: the connection ended after 0 bytes of the answer (reset)");

class S3StoreTest : public ::testing::Test {
 protected:
  static std::unique_ptr<S3Bucket> bucket_at(std::unique_ptr<MemoryS3> client, Sleeper& sleeper, Clock& clock,
                                             const SecretBytes* credentials) {
    return std::make_unique<S3Bucket>(std::move(client), sleeper, clock, *S3Address::parse(kAddress), credentials);
  }
  std::string text(const std::string& name, std::uint64_t bytes_max = 1000) {
    const auto bytes = store.get(ObjectName(name), bytes_max);
    return bytes ? std::string(as_text(*bytes))
                 : std::string(name_of(bytes.error().code())) + ": " + bytes.error().sentence();
  }

  static constexpr const char* kAddress = "s3://h/abc/one?region=eu-1";
  std::unique_ptr<MemoryS3> owned = std::make_unique<MemoryS3>("https://h/abc");
  MemoryS3& service = *owned;
  WrittenWaits sleeper;
  FixedClock clock;
  SecretBytes credentials = SecretBytes::copy_of(as_view("KEY:secret-of-key"));
  S3Store store{bucket_at(std::move(owned), sleeper, clock, &credentials)};
};

TEST_F(S3StoreTest, SignsEveryRequestWithTheDigestOfItsBody) {
  ASSERT_TRUE(store.replace(ObjectName("charter/1"), as_view("one")));
  EXPECT_EQ(text("charter/1"), "one");
  ASSERT_TRUE(store.list(ObjectName("charter")));
  EXPECT_EQ(service.objects.at("one/charter/1"), "one");
  ASSERT_EQ(service.requests.size(), 3u);
  for (const HttpRequest& request : service.requests) {
    EXPECT_EQ(request.sigv4, "aws:amz:eu-1:s3");
    EXPECT_EQ(request.credentials, &credentials);
    const bool has_body = request.method == "PUT";
    EXPECT_EQ(request.headers.at(0), "x-amz-content-sha256: " + sha256(as_view(has_body ? "one" : "")).hex());
  }
  EXPECT_EQ(service.requests[2].url, "https://h/abc/?delimiter=%2F&list-type=2&max-keys=1000&prefix=one%2Fcharter%2F");
  EXPECT_EQ(store.where(), kAddress);
}

TEST_F(S3StoreTest, ReadsWithoutCredentialsWhatAnybodyMayRead) {
  auto client = std::make_unique<MemoryS3>("https://h/abc");
  MemoryS3& open = *client;
  open.objects["one/a"] = "1";
  S3Store reader(bucket_at(std::move(client), sleeper, clock, nullptr));
  EXPECT_EQ(as_text(*reader.get(ObjectName("a"), 10)), "1");
  EXPECT_TRUE(open.requests[0].sigv4.empty() && open.requests[0].headers.empty());
  open.planned.emplace(1, s3_refusal(403, "AccessDenied"));
  const auto denied = reader.get(ObjectName("a"), 10);
  ASSERT_TRUE(fails_with(denied, Code::denied));
  EXPECT_NE(denied.error().sentence().find("--credentials"), std::string::npos);
}

TEST_F(S3StoreTest, FindsOutWhetherTheServiceKeepsTheConditionAndThenAsksOnce) {
  ASSERT_TRUE(store.put(ObjectName("a"), as_view("1")));
  EXPECT_EQ(service.requests_text(), "GET https://h/abc/one/a\nPUT https://h/abc/one/a\nPUT https://h/abc/one/a\n");
  service.requests.clear();
  ASSERT_TRUE(store.put(ObjectName("b"), as_view("2")));
  EXPECT_EQ(service.requests_text(), "PUT https://h/abc/one/b\n");
  EXPECT_EQ(service.requests[0].headers.back(), "If-None-Match: *");
}

TEST_F(S3StoreTest, NeverOverwritesWhereTheConditionIsNotKept) {
  for (const bool is_known : {true, false}) {
    service.manners = {.keeps_none_match = false, .knows_none_match = is_known};
    S3Store fresh(bucket_at(std::make_unique<MemoryS3>(service), sleeper, clock, &credentials));
    ASSERT_TRUE(fresh.put(ObjectName("a"), as_view("1")));
    EXPECT_TRUE(fresh.put(ObjectName("a"), as_view("1")));
    EXPECT_CODE(fresh.put(ObjectName("a"), as_view("2")), Code::conflict);
    EXPECT_CODE(fresh.put(ObjectName("a"), as_view("")), Code::conflict);
    EXPECT_EQ(as_text(*fresh.get(ObjectName("a"), 10)), "1");
  }
}

TEST_F(S3StoreTest, AnAnswerThatWasLostIsNoConflict) {
  ASSERT_TRUE(store.put(ObjectName("first"), as_view("1")));
  service.lost.emplace(service.requests.size(), kBrokenInStore);
  EXPECT_TRUE(store.put(ObjectName("a"), as_view("1")));
  EXPECT_EQ(sleeper.waits.size(), 1u);
  EXPECT_EQ(service.objects.at("one/a"), "1");
}

TEST_F(S3StoreTest, AnotherWriterOfTheSameObjectIsWaitedForAndNamed) {
  ASSERT_TRUE(store.put(ObjectName("first"), as_view("1")));
  const std::size_t now = service.requests.size();
  service.planned.emplace(now, s3_refusal(409, "ConditionalRequestConflict"));
  EXPECT_TRUE(store.put(ObjectName("a"), as_view("1"))) << "the other one gave up";
  for (std::size_t i = 0; i < 6; ++i) service.planned.emplace(now + 3 + i, s3_refusal(i % 2 == 0 ? 409 : 404, "x"));
  EXPECT_CODE(store.put(ObjectName("b"), as_view("1")), Code::conflict);
}

TEST_F(S3StoreTest, ListsInAnyNumberOfPages) {
  for (const char* key : {"one/d/a", "one/d/b/1", "one/d/b/2", "one/d/c", "one/d/", "one/dd/x", "two/d/y"})
    service.objects[key] = "1";
  for (const std::size_t page_max : {1u, 2u, 3u, 1000u}) {
    service.manners.page_max = page_max;
    const auto names = store.list(ObjectName("d"));
    ASSERT_TRUE(names) << names.error().sentence();
    EXPECT_EQ(*names, (std::vector<std::string>{"a", "b", "c"})) << page_max;
  }
}

TEST_F(S3StoreTest, RefusesAListingOfSomethingElse) {
  const auto listing = [](const std::string& inner) {
    return s3_answer(200, "<ListBucketResult><IsTruncated>false</IsTruncated>" + inner + "</ListBucketResult>");
  };
  for (const char* inner :
       {"<Contents><Key>two/d/a</Key></Contents>", "<Contents><Key>one/d/a/b</Key></Contents>",
        "<Contents><Key>../d/a</Key></Contents>", "<CommonPrefixes><Prefix>one/d/a/b/</Prefix></CommonPrefixes>",
        "<CommonPrefixes><Prefix>one/d//</Prefix></CommonPrefixes>"}) {
    service.planned.clear();
    service.planned.emplace(service.requests.size(), listing(inner));
    EXPECT_CODE(store.list(ObjectName("d")), Code::corrupt) << inner;
  }
  service.planned.emplace(service.requests.size(), s3_answer(200, "<html>Log in</html>"));
  EXPECT_CODE(store.list(ObjectName("d")), Code::corrupt);
}

TEST_F(S3StoreTest, AListingThatGoesInACircleEnds) {
  const std::string page =
      "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>"
      "</ListBucketResult>";
  for (std::size_t i = 0; i < 3; ++i) service.planned.emplace(i, s3_answer(200, page));
  EXPECT_CODE(store.list(ObjectName("d")), Code::corrupt);
  EXPECT_EQ(service.requests.size(), 2u);
  EXPECT_TRUE(service.requests[1].url.starts_with("https://h/abc/?continuation-token=t&delimiter="));
}

TEST_F(S3StoreTest, GivesNoMoreThanIsAllowedAndTheSizeWithoutTheObject) {
  service.objects["one/a"] = "12345";
  EXPECT_CODE(store.get(ObjectName("a"), 4), Code::limit);
  EXPECT_EQ(*store.size(ObjectName("a")), 5u);
  EXPECT_EQ(service.requests.back().method, "HEAD");
  service.planned.emplace(service.requests.size(), s3_answer(200));
  EXPECT_CODE(store.size(ObjectName("a")), Code::unavailable) << "no length";
}

TEST_F(S3StoreTest, RemovesWhatIsThereOrNot) {
  service.objects["one/a"] = "1";
  EXPECT_TRUE(store.remove(ObjectName("a")));
  EXPECT_TRUE(service.objects.empty());
  EXPECT_TRUE(store.remove(ObjectName("a")));
  service.planned.emplace(service.requests.size(), s3_refusal(403, "AccessDenied"));
  EXPECT_CODE(store.remove(ObjectName("a")), Code::denied);
}

}  // namespace
}  // namespace muniment
