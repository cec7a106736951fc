#include "store/http_retry.h"

#include <gtest/gtest.h>

#include "store/waits_testing.h"
#include "testing/expect_code.h"

namespace muniment {
namespace {

/// Gives prepared answers; the last one for ever.
class PreparedClient final : public HttpClient {
 public:
  Result<HttpResponse> exchange(const HttpRequest& /*request*/) override {
    const auto& answer = answers[std::min<std::size_t>(asked++, answers.size() - 1)];
    return answer;
  }
  std::vector<Result<HttpResponse>> answers;
  std::size_t asked = 0;
};

HttpResponse status(unsigned status, const std::string& retry_after = "") {
  HttpResponse answer;
  answer.status = status;
  if (!retry_after.empty()) answer.headers.emplace_back("retry-after", retry_after);
  return answer;
}

const Error kBrokenAnswer(Code::unavailable, "x: the connection ended after 3 bytes of the answer (reset)");

class HttpRetryTest : public ::testing::Test {
 protected:
  WrittenWaits sleeper;
  PreparedClient client;
  HttpRetry retry{client, sleeper};
};

TEST_F(HttpRetryTest, AsksAgainWhereAServerIsBusyOrAConnectionBroke) {
  client.answers = {status(503), kBrokenAnswer, status(429), status(200)};
  EXPECT_EQ(retry.exchange({})->status, 200u);
  EXPECT_EQ(client.asked, 4u);
  EXPECT_EQ(sleeper.waits, (std::vector<std::uint64_t>{500, 1500, 4500}));
}

TEST_F(HttpRetryTest, StopsAfterFourTriesAndSaysSo) {
  client.answers = {kBrokenAnswer};
  const auto ended = retry.exchange({});
  ASSERT_TRUE(fails_with(ended, Code::unavailable));
  EXPECT_TRUE(ended.error().sentence().ends_with("tried 4 times")) << ended.error().sentence();
  EXPECT_EQ(client.asked, 4u);
  client.asked = 0;
  client.answers = {status(500)};
  EXPECT_EQ(retry.exchange({})->status, 500u) << "the last answer is the caller's to judge";
  EXPECT_EQ(client.asked, 4u);
}

TEST_F(HttpRetryTest, DoesNotRepeatWhatWouldEndTheSame) {
  for (const unsigned final : {200u, 206u, 301u, 403u, 404u, 409u, 412u, 501u}) {
    client.asked = 0;
    client.answers = {status(final)};
    EXPECT_EQ(retry.exchange({})->status, final);
    EXPECT_EQ(client.asked, 1u) << final;
  }
  for (const Code code : {Code::invalid, Code::limit}) {
    client.asked = 0;
    client.answers = {Error(code, "no")};
    EXPECT_CODE(retry.exchange({}), code);
    EXPECT_EQ(client.asked, 1u);
  }
  EXPECT_TRUE(sleeper.waits.empty());
}

TEST_F(HttpRetryTest, WaitsAsLongAsItIsAskedToWithinItsLimit) {
  client.answers = {status(503, "7"), status(503, "86400"), status(429, "Wed, 21 Oct 2026 07:28:00 GMT"), status(200)};
  EXPECT_EQ(retry.exchange({})->status, 200u);
  EXPECT_EQ(sleeper.waits, (std::vector<std::uint64_t>{7000, 30'000, 4500}));
}

TEST_F(HttpRetryTest, AServerThatHasNeverAnsweredMayBeGivenUpSooner) {
  HttpRetry brief(client, sleeper, {.first_tries_max = 1});
  client.answers = {kBrokenAnswer};
  const auto ended = brief.exchange({});
  ASSERT_TRUE(fails_with(ended, Code::unavailable));
  EXPECT_TRUE(ended.error().sentence().ends_with("tried 1 time")) << ended.error().sentence();
  EXPECT_TRUE(sleeper.waits.empty());
  client.asked = 0;
  client.answers = {status(404), kBrokenAnswer};
  EXPECT_EQ(brief.exchange({})->status, 404u);
  EXPECT_CODE(brief.exchange({}), Code::unavailable);
  EXPECT_EQ(client.asked, 5u) << "it is there, and worth four tries";
}

TEST_F(HttpRetryTest, ItsLimitsAreTheCallers) {
  HttpRetry once(client, sleeper, {.tries_max = 1});
  client.answers = {status(503)};
  EXPECT_EQ(once.exchange({})->status, 503u);
  EXPECT_EQ(client.asked, 1u);
  HttpRetry many(client, sleeper, {.tries_max = 100, .first_wait_ms = 1, .wait_max_ms = 10});
  EXPECT_EQ(many.exchange({})->status, 503u);
  EXPECT_EQ(client.asked, 101u);
  EXPECT_EQ(sleeper.waits.back(), 10u);
}

}  // namespace
}  // namespace muniment
