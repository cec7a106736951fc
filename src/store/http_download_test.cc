#include "store/http_download.h"

#include <gtest/gtest.h>

#include "store/waits_testing.h"
#include "testing/expect_code.h"

namespace muniment {
namespace {

constexpr std::size_t kTotal = 20'000;

/// An object of which each answer brings the next so many bytes and breaks off.
class BreakingClient final : public HttpClient {
 public:
  Result<HttpResponse> exchange(const HttpRequest& request) override {
    const std::size_t first = request.range ? request.range->first : 0;
    const std::size_t end = request.range ? std::min<std::size_t>(request.range->second + 1, total) : total;
    asked.push_back(first);
    if (request.range && total == 0) return empty_range();
    const std::size_t count = std::min(steps[std::min(asked.size(), steps.size()) - 1], end - first);
    HttpResponse answer;
    answer.status = request.range ? 206 : status;
    answer.headers.emplace_back("etag", "\"1\"");
    answer.headers.emplace_back("content-length", std::to_string(end - first));
    if (request.range) {
      answer.headers.emplace_back("content-range", "bytes " + std::to_string(first) + "-" + std::to_string(end - 1) +
                                                       "/" + (states_total ? std::to_string(total) : "*"));
    }
    for (std::size_t i = first; i < first + count; ++i) answer.body.push_back(static_cast<std::uint8_t>(i % 251));
    if (first + count == end || status != 200) return answer;
    silent = silences;
    *request.broken = {HttpStage::answer, std::move(answer)};
    return Error(Code::unavailable, "x: the connection ended");
  }
  std::vector<std::size_t> steps;  // bytes in the n-th answer, the last one for ever
  std::vector<std::size_t> asked;  // from which byte on
  unsigned status = 200;
  std::size_t total = kTotal;
  bool states_total = true;
  std::optional<std::uint64_t> silences{};  // what is known once an answer broke off
  std::optional<std::uint64_t> silent{};
  std::optional<std::uint64_t> silent_after() const override { return silent; }

 private:
  static HttpResponse empty_range() {
    HttpResponse answer;
    answer.status = 416;
    return answer;
  }
};

/// Keeps in memory whatever comes in order.
class KeptInMemory final : public Unfinished {
 public:
  ByteView begun() const override { return kept; }
  void keep(std::uint64_t first, ByteView bytes) override {
    if (first > kept.size() || first + bytes.size() <= kept.size()) return;
    append(kept, bytes.subspan(kept.size() - first));
  }
  void forget() override { kept.clear(); }
  Bytes kept;
};

class HttpDownloadTest : public ::testing::Test {
 protected:
  Result<Bytes> fetch(std::uint64_t bytes_max = kTotal, Unfinished* unfinished = nullptr) {
    HttpRequest request;
    request.url = "https://x/";
    return download(
        retry, request, bytes_max,
        [](const HttpResponse& answer) { return Error(Code::not_found, "status " + std::to_string(answer.status)); },
        unfinished);
  }
  WrittenWaits sleeper;
  BreakingClient client;
  HttpRetry retry{client, sleeper};
};

TEST_F(HttpDownloadTest, GoesOnWhereItBroke) {
  client.steps = {9000};
  const auto bytes = fetch();
  ASSERT_TRUE(bytes) << bytes.error().sentence();
  ASSERT_EQ(bytes->size(), kTotal);
  for (std::size_t i = 0; i < kTotal; ++i) ASSERT_EQ((*bytes)[i], i % 251) << i;
  EXPECT_EQ(client.asked, (std::vector<std::size_t>{0, 9000, 18'000}));
  EXPECT_TRUE(sleeper.waits.empty()) << "what goes forward is not waited for";
}

TEST_F(HttpDownloadTest, GoesOnWhereAnEarlierRunWasCutOff) {
  KeptInMemory unfinished;
  client.steps = {9000, 100};
  EXPECT_CODE(fetch(kTotal, &unfinished), Code::unavailable);
  EXPECT_GE(unfinished.kept.size(), 9000u);
  const std::size_t begun = unfinished.kept.size();
  client.asked.clear();
  client.steps = {kTotal};
  const auto bytes = fetch(kTotal, &unfinished);
  ASSERT_TRUE(bytes) << bytes.error().sentence();
  ASSERT_EQ(bytes->size(), kTotal);
  for (std::size_t i = 0; i < kTotal; ++i) ASSERT_EQ((*bytes)[i], i % 251) << i;
  EXPECT_EQ(client.asked, (std::vector<std::size_t>{begun}));
}

TEST_F(HttpDownloadTest, WhatIsKeptWholeIsAskedOfNobodyAndWhatASourceDoesNotHaveIsAskedAnew) {
  KeptInMemory unfinished;
  unfinished.kept.assign(kTotal, 1);
  const auto whole = fetch(kTotal, &unfinished);
  ASSERT_TRUE(whole);
  EXPECT_EQ(*whole, unfinished.kept);
  EXPECT_TRUE(client.asked.empty());
  unfinished.kept.resize(5000);
  client.total = 0;  // 416 for a range
  client.steps = {kTotal};
  const auto empty = fetch(kTotal, &unfinished);
  ASSERT_TRUE(empty) << empty.error().sentence();
  EXPECT_EQ(client.asked, (std::vector<std::size_t>{5000, 0}));
}

TEST_F(HttpDownloadTest, CountsTriesThatBringAlmostNothingAndForgetsThemWhenItGoesForward) {
  client.steps = {100, 100, 100, 9000, 100, 100, 100, 9000, 9000};
  EXPECT_TRUE(fetch());
  EXPECT_EQ(sleeper.waits.size(), 6u);
  client.asked.clear();
  client.steps = {100};
  EXPECT_CODE(fetch(), Code::unavailable);
  EXPECT_EQ(client.asked.size(), 4u);
}

TEST_F(HttpDownloadTest, AsksForLessAtATimeWhereConnectionsFallSilent) {
  client.silences = 8000;
  client.steps = {7500, kTotal};
  const auto bytes = fetch();
  ASSERT_TRUE(bytes) << bytes.error().sentence();
  ASSERT_EQ(bytes->size(), kTotal);
  for (std::size_t i = 0; i < kTotal; ++i) ASSERT_EQ((*bytes)[i], i % 251) << i;
  EXPECT_EQ(client.asked, (std::vector<std::size_t>{0, 7500, 13'500, 19'500}));
  client.asked.clear();
  EXPECT_TRUE(fetch());
  EXPECT_EQ(client.asked, (std::vector<std::size_t>{0, 6000, 12'000, 18'000})) << "known from the beginning now";
  client.asked.clear();
  client.silent = 10;
  EXPECT_TRUE(fetch());
  EXPECT_EQ(client.asked, (std::vector<std::size_t>{0, 4096, 8192, 12'288, 16'384})) << "never less than is progress";
}

TEST_F(HttpDownloadTest, APieceThatFallsSilentTooMakesTheNextOnesSmaller) {
  client.silent = 16'000;
  client.silences = 8000;
  client.steps = {8000, kTotal};
  EXPECT_TRUE(fetch());
  EXPECT_EQ(client.asked, (std::vector<std::size_t>{0, 8000, 14'000}));
}

TEST_F(HttpDownloadTest, InPiecesTheLimitsAndTheEmptyObjectStayWhatTheyAre) {
  client.silent = 8000;
  client.steps = {kTotal};
  EXPECT_CODE(fetch(kTotal - 1), Code::limit);
  EXPECT_EQ(client.asked.size(), 1u);
  client.states_total = false;
  EXPECT_CODE(fetch(), Code::unavailable) << "without the length of the whole there is no next piece";
  client.asked.clear();
  client.states_total = true;
  client.total = 0;
  const auto empty = fetch();
  ASSERT_TRUE(empty) << empty.error().sentence();
  EXPECT_TRUE(empty->empty());
  EXPECT_EQ(client.asked.size(), 2u) << "416, and then the whole";
}

TEST_F(HttpDownloadTest, AsksTheStoreWhatAnAnswerMeans) {
  client.steps = {0};
  client.status = 404;
  const auto refused = fetch();
  ASSERT_TRUE(fails_with(refused, Code::not_found));
  EXPECT_EQ(refused.error().sentence(), "status 404");
  EXPECT_EQ(client.asked.size(), 1u);
  client.status = 503;
  EXPECT_CODE(fetch(), Code::not_found);
  EXPECT_EQ(client.asked.size(), 5u) << "a busy server is asked four times";
}

TEST_F(HttpDownloadTest, ReadsLengthsAndShowsHeaders) {
  HttpResponse answer;
  EXPECT_EQ(length_of(answer), std::nullopt);
  EXPECT_EQ(shown_header(answer, "date"), "nowhere");
  answer.headers = {{"content-length", "12"}, {"date", "now\x1b"}};
  EXPECT_EQ(length_of(answer), 12u);
  EXPECT_EQ(shown_header(answer, "date"), "now\\x1b");
  answer.headers = {{"content-length", "-1"}};
  EXPECT_EQ(length_of(answer), std::nullopt);
}

}  // namespace
}  // namespace muniment
