// What a token for sending may do, and what it may not: the same at our own server and at nginx.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/encoding.h"
#include "crypto/sha256.h"
#include "serve/serve_testing.h"
#include "testing/temporary_folder.h"

namespace muniment {
namespace {

/// A server with a folder of its own.
class Taker {
 public:
  virtual ~Taker() = default;
  virtual unsigned ask(const std::string& name, const std::vector<std::string>& headers, const char* method,
                       ByteView body) = 0;
  virtual std::string address() = 0;
  virtual void place(const std::string& name, const std::string& text) = 0;
  virtual std::optional<std::string> look(const std::string& name) = 0;
  virtual bool knows_same_bytes() { return true; }
};

constexpr ServeLimits kLimits{.upload_bytes_max = 1'000'000};

class OwnServer final : public Taker {
 public:
  unsigned ask(const std::string& name, const std::vector<std::string>& headers, const char* method,
               ByteView body) override {
    return served_.ask(name, headers, method, body).status;
  }
  std::string address() override { return served_.server->address(); }
  void place(const std::string& name, const std::string& text) override { served_.place(name, text); }
  std::optional<std::string> look(const std::string& name) override { return served_.look(name); }

 private:
  TemporaryFolder folder_;
  Served served_{folder_.path(), Role::vault, kLimits};
};

class StockNginx final : public Taker {
 public:
  unsigned ask(const std::string& name, const std::vector<std::string>& headers, const char* method,
               ByteView body) override {
    return nginx_.status(name, headers, method, body);
  }
  std::string address() override { return nginx_.address; }
  void place(const std::string& name, const std::string& text) override { nginx_.place(name, text); }
  std::optional<std::string> look(const std::string& name) override { return nginx_.look(name); }
  bool knows_same_bytes() override { return false; }

 private:
  TemporaryFolder folder_;
  Nginx nginx_{folder_.path(), Role::vault, kLimits};
};

class UploadTest : public ::testing::TestWithParam<std::unique_ptr<Taker> (*)()> {
 protected:
  void SetUp() override {
    if (taker == nullptr) GTEST_SKIP() << "what it runs against is not installed here";
  }
  unsigned put(const std::string& name, const std::string& text, const std::string& token = kSending) {
    return taker->ask(name, {bearer(token)}, "PUT", as_view(text));
  }

  std::unique_ptr<Taker> taker = GetParam()();
};

TEST_P(UploadTest, CreatesAndKeepsWhatIsThere) {
  EXPECT_EQ(put("incoming/b/receipt", "new"), 201u);
  EXPECT_EQ(taker->look("incoming/b/receipt"), "new");
  EXPECT_EQ(put("incoming/b/receipt", "new"), taker->knows_same_bytes() ? 200u : 412u);
  taker->place("incoming/a/receipt", "first");
  for (const char* other : {"other", "firs", "first and more", ""}) {
    EXPECT_EQ(put("incoming/a/receipt", other), 412u) << other;
    EXPECT_EQ(taker->look("incoming/a/receipt"), "first") << other;
  }
  const std::string large(999'999, 'x');
  EXPECT_EQ(put("incoming/b/part-0000000", large), 201u);
  EXPECT_EQ(taker->look("incoming/b/part-0000000"), large);
  EXPECT_EQ(put("incoming/b/empty", ""), 201u);
  EXPECT_EQ(taker->look("incoming/b/empty"), "");
}

TEST_P(UploadTest, OfWhatIsThereNeedsItsHeadersOnly) {
  taker->place("incoming/a/part-0000000", "first");
  const auto status_of_headers = [&](const std::string& digest, std::size_t size) {
    const RawConnection connection(taker->address());
    connection.say("PUT /incoming/a/part-0000000 HTTP/1.1\r\nHost: x\r\n" + bearer(kSending) +
                   "\r\nExpect: 100-continue\r\nRepr-Digest: sha-256=:" + digest +
                   ":\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n");
    return connection.status();
  };
  const std::string same = to_base64(sha256(as_view("first")).bytes);
  const std::string other = to_base64(sha256(as_view("other")).bytes);
  EXPECT_EQ(status_of_headers(same, 5), taker->knows_same_bytes() ? 200u : 412u);
  EXPECT_EQ(status_of_headers(other, 5), 412u);
  EXPECT_EQ(status_of_headers(same, 6), 412u);
  EXPECT_EQ(status_of_headers("", 6), 412u);
  EXPECT_EQ(taker->look("incoming/a/part-0000000"), "first");
}

TEST_P(UploadTest, NeitherListsReadsBackNorDeletes) {
  taker->place("incoming/a/receipt", "first");
  const std::vector<std::string> with{bearer(kSending)};
  for (const char* method : {"GET", "HEAD"})
    for (const char* name : {"incoming/a/receipt", "incoming", "incoming/", "incoming/a", "incoming/a/"})
      EXPECT_EQ(taker->ask(name, with, method, {}), 404u) << method << " " << name;
  for (const char* method : {"DELETE", "POST"})
    EXPECT_EQ(taker->ask("incoming/a/receipt", with, method, {}), 405u) << method;
  for (const char* method : {"MKCOL", "MOVE", "COPY", "PROPFIND", "PROPPATCH", "LOCK", "PATCH"}) {
    const RawConnection connection(taker->address());
    connection.say(std::string(method) + " /incoming/a/receipt HTTP/1.1\r\nHost: x\r\n" + bearer(kSending) +
                   "\r\nDestination: " + taker->address() + "/incoming/a/2\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(connection.status(), 405u) << method;
  }
  EXPECT_EQ(taker->look("incoming/a/receipt"), "first");
  EXPECT_EQ(taker->look("incoming/a/2"), std::nullopt);
}

TEST_P(UploadTest, LetsAPageFromElsewhereSendAndKnowWhatBecameOfIt) {
  const auto head_of = [&](const std::string& method, const std::string& name, const std::string& more) {
    const RawConnection connection(taker->address());
    connection.say(method + " /" + name + " HTTP/1.1\r\nHost: x\r\nOrigin: null\r\n" + more);
    std::string head = connection.head();
    std::ranges::transform(head, head.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
    return head;
  };
  const std::string asks =
      "Access-Control-Request-Method: PUT\r\nAccess-Control-Request-Headers: authorization\r\n\r\n";
  const std::string allowed = "access-control-allow-origin: *";
  const std::string may = head_of("OPTIONS", "incoming/a/receipt", asks);
  EXPECT_TRUE(may.starts_with("http/1.1 204")) << may;
  for (const std::string& line :
       {allowed, std::string("access-control-allow-methods: put"), std::string("access-control-allow-headers: auth")})
    EXPECT_NE(may.find(line), std::string::npos) << may;
  for (const char* elsewhere : {"checkpoint", "charter/1", "home/head"})
    EXPECT_EQ(head_of("OPTIONS", elsewhere, asks).find("access-control"), std::string::npos) << elsewhere;
  EXPECT_EQ(head_of("GET", "incoming/a/receipt", "\r\n").find("access-control"), std::string::npos);
  const std::string put = bearer(kSending) + "\r\nContent-Length: 1\r\n\r\n";
  for (const auto& [body, status] : {std::pair("x", "201"), std::pair("y", "412")}) {
    const std::string head = head_of("PUT", "incoming/a/part-0000000", put + body);
    EXPECT_TRUE(head.starts_with(std::string("http/1.1 ") + status)) << head;
    EXPECT_NE(head.find(allowed), std::string::npos) << head;
  }
}

TEST_P(UploadTest, CreatesBelowIncomingOnly) {
  for (const char* name :
       {"checkpoint", "charter/9", "deposits/ab/abcd/receipt", "home/head", "incoming/%2e%2e/home/head", "incoming/",
        "incoming", "incoming/.hidden", "incoming/a/-x", "incoming/a%20b", "incoming/a//b", "incoming/\xc3\xa9"})
    EXPECT_EQ(put(name, "x"), 403u) << name;
  for (const char* name : {"checkpoint", "charter/9", "home/head", "incoming/.hidden"})
    EXPECT_EQ(taker->look(name), std::nullopt) << name;
}

TEST_P(UploadTest, IsForWhoHasATokenForIt) {
  EXPECT_EQ(taker->ask("incoming/c/receipt", {}, "PUT", as_view("x")), 401u);
  for (const std::string& token : {kReading, std::string("x"), kSending + "s", std::string()})
    EXPECT_EQ(put("incoming/c/receipt", "x", token), 401u) << token;
  EXPECT_EQ(put("checkpoint", "x", kReading), 401u);
  EXPECT_EQ(taker->look("incoming/c/receipt"), std::nullopt);
  taker->place("keyring/1/evidence/a.age", "sealed");
  EXPECT_EQ(taker->ask("keyring/1/evidence/a.age", {bearer(kSending)}, "GET", {}), 401u);
}

TEST_P(UploadTest, HasALengthAndALimit) {
  EXPECT_EQ(put("incoming/a/1", std::string(1'000'001, 'x')), 413u);
  EXPECT_EQ(taker->look("incoming/a/1"), std::nullopt);
  const RawConnection connection(taker->address());
  connection.say("PUT /incoming/a/2 HTTP/1.1\r\nHost: x\r\n" + bearer(kSending) +
                 "\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n");
  EXPECT_EQ(connection.status(), 411u);
}

TEST_P(UploadTest, OfTwoAtOnceOneCreatesAndItsBytesStay) {
  const std::string head =
      "PUT /incoming/a/1 HTTP/1.1\r\nHost: x\r\n" + bearer(kSending) + "\r\nContent-Length: 4\r\n\r\n";
  const RawConnection slow(taker->address());
  slow.say(head + "sl");
  // A request of its own, so that the first one has surely been seen.
  EXPECT_EQ(put("incoming/a/0", "x"), 201u);
  const RawConnection fast(taker->address());
  fast.say(head + "fast");
  const unsigned of_fast = fast.status();
  slow.say("ow");
  const unsigned of_slow = slow.status();
  EXPECT_TRUE((of_fast == 201) != (of_slow == 201)) << of_fast << " " << of_slow;
  EXPECT_EQ(taker->look("incoming/a/1"), of_fast == 201 ? "fast" : "slow");
  EXPECT_EQ(put("incoming/a/1", "else"), 412u);
  EXPECT_EQ(taker->look("incoming/a/1"), of_fast == 201 ? "fast" : "slow");
}

TEST_P(UploadTest, ThatIsCutOffLeavesNothing) {
  const std::string head =
      "PUT /incoming/a/1 HTTP/1.1\r\nHost: x\r\n" + bearer(kSending) + "\r\nContent-Length: 4\r\n\r\n";
  {
    const RawConnection cut(taker->address());
    cut.say(head + "cu");
  }
  unsigned status = 0;
  for (int i = 0; i < 100 && status != 201; ++i) status = put("incoming/a/1", "whole");  // once the cut was seen
  EXPECT_EQ(status, 201u);
  EXPECT_EQ(taker->look("incoming/a/1"), "whole");
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(OwnServer, UploadTest,
                         ::testing::Values([]() -> std::unique_ptr<Taker> { return std::make_unique<OwnServer>(); }));

INSTANTIATE_TEST_SUITE_P(Nginx, UploadTest, ::testing::Values([]() -> std::unique_ptr<Taker> {
                           if (::access(kNginx, X_OK) != 0) return nullptr;
                           return std::make_unique<StockNginx>();
                         }));

}  // namespace muniment
