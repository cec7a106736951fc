#include "serve/server.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/posix_fs.h"
#include "crypto/random.h"
#include "store/http_store.h"
#include "testing/fixed_clock.h"
#include "testing/store_contract.h"
#include "testing/temporary_folder.h"

namespace muniment {
namespace {

const std::string kReading(32, 'r');
const std::string kSending(32, 's');

std::vector<Token> tokens_at(const std::string& address) {
  std::vector<Token> tokens;
  tokens.push_back({Token::Right::read, SecretBytes::copy_of(as_view(kReading)), address});
  tokens.push_back({Token::Right::deposit, SecretBytes::copy_of(as_view(kSending)), address});
  return tokens;
}

/// A folder that is served.
struct Served {
  explicit Served(Role role = Role::vault, const ServeLimits& limits = {}) {
    auto started = MirrorServer::start(posix_fs(), system_random(), system_clock(),
                                       {folder.path(), "127.0.0.1:0", role, tokens_at(""), limits});
    MUNIMENT_CHECK(started.has_value());
    server = std::move(*started);
  }
  void place(const std::string& name, const std::string& text) const {
    const std::string path = join(folder.path(), name);
    MUNIMENT_CHECK(make_folders(posix_fs(), parent_of(path)) && replace_durably(posix_fs(), path, as_view(text)));
  }
  std::optional<std::string> look(const std::string& name) const {
    const auto bytes = read_file(posix_fs(), join(folder.path(), name), 1 << 24);
    return bytes ? std::optional<std::string>(as_text(*bytes)) : std::nullopt;
  }
  HttpResponse ask(const std::string& name, const std::vector<std::string>& headers = {}, const char* method = "GET",
                   ByteView body = {}) const {
    HttpRequest request;
    request.method = method;
    request.url = server->address() + "/" + name;
    request.headers = headers;
    request.body = body;
    request.body_bytes_max = 1 << 24;
    const auto answer = client->exchange(request);
    EXPECT_TRUE(answer) << answer.error().sentence();
    return answer ? *answer : HttpResponse{};
  }
  unsigned status(const std::string& name, const std::vector<std::string>& headers = {}) const {
    return ask(name, headers).status;
  }

  TemporaryFolder folder;
  std::unique_ptr<MirrorServer> server;
  std::unique_ptr<HttpClient> client = *HttpClient::make({});
};

std::string bearer(const std::string& token) { return "Authorization: Bearer " + token; }

TEST(ServerTest, GivesObjectsAndSaysHowLongTheyLast) {
  const Served served;
  served.place("charter/1", "charter");
  served.place("checkpoint", "head");
  const HttpResponse charter = served.ask("charter/1");
  EXPECT_EQ(charter.status, 200u);
  EXPECT_EQ(as_text(charter.body), "charter");
  EXPECT_EQ(*charter.header("cache-control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(*charter.header("content-length"), "7");
  EXPECT_EQ(*served.ask("checkpoint").header("cache-control"), "no-cache");
  EXPECT_EQ(charter.header("last-modified"), nullptr) << "the hour of a deposit is nobody's business";
  const HttpResponse head = served.ask("charter/1", {}, "HEAD");
  EXPECT_EQ(*head.header("content-length"), "7");
  EXPECT_TRUE(head.body.empty());
}

TEST(ServerTest, ATagStandsForTheBytesAtAName) {
  const Served served;
  served.place("checkpoint", "one");
  const std::string tag = *served.ask("checkpoint").header("etag");
  EXPECT_TRUE(tag.starts_with('"'));
  EXPECT_EQ(served.status("checkpoint", {"If-None-Match: " + tag}), 304u);
  served.place("checkpoint", "two");
  EXPECT_EQ(served.status("checkpoint", {"If-None-Match: " + tag}), 200u);
  EXPECT_EQ(served.status("checkpoint", {"Range: bytes=1-1", "If-Range: " + tag}), 200u)
      << "the whole, since it changed";
}

TEST(ServerTest, GivesRanges) {
  const Served served;
  served.place("deposits/ab/abcd/part-0000000", "0123456789");
  const HttpResponse part = served.ask("deposits/ab/abcd/part-0000000", {"Range: bytes=2-4"});
  EXPECT_EQ(part.status, 206u);
  EXPECT_EQ(as_text(part.body), "234");
  EXPECT_EQ(*part.header("content-range"), "bytes 2-4/10");
  const HttpResponse beyond = served.ask("deposits/ab/abcd/part-0000000", {"Range: bytes=10-"});
  EXPECT_EQ(beyond.status, 416u);
  EXPECT_EQ(*beyond.header("content-range"), "bytes */10");
  EXPECT_EQ(as_text(served.ask("deposits/ab/abcd/part-0000000", {"Range: bytes=0-1,4-5"}).body), "0123456789");
}

TEST(ServerTest, WhatOpensADepositIsForATokenOnly) {
  const Served served;
  for (const char* name :
       {"deposits/ab/abcd/header-0", "deposits/ab/abcd/contents-0.age", "keyring/1/evidence/a.age"}) {
    served.place(name, "sealed");
    EXPECT_EQ(served.status(name), 401u) << name;
    for (const std::string& wrong :
         {bearer(kSending), bearer("x"), bearer(""), bearer(kReading + "r"), "Authorization: Basic " + kReading})
      EXPECT_EQ(served.status(name, {wrong}), 401u) << name << " with " << wrong;
    const HttpResponse given = served.ask(name, {bearer(kReading)});
    EXPECT_EQ(as_text(given.body), "sealed") << name;
    EXPECT_EQ(*given.header("cache-control"), "private, no-store");
  }
  EXPECT_EQ(served.status("deposits/ab/abcd/header-9"), 401u) << "a stranger does not learn what is there";
}

TEST(ServerTest, APublicMirrorGivesNothingSealed) {
  const Served served(Role::published);
  for (const char* name : {"deposits/ab/abcd/header-0", "deposits/ab/abcd/part-0000000", "deposits/ab/abcd/receipt",
                           "keyring/1/evidence/a.age"}) {
    served.place(name, "sealed");
    EXPECT_EQ(served.status(name, {bearer(kReading)}), 404u) << name;
  }
  served.place("public/index.html", "page");
  served.place("charter/1", "charter");
  EXPECT_EQ(served.status("public/index.html"), 200u);
  EXPECT_EQ(served.status("charter/1"), 200u);
  const Served vault;
  vault.place("public/index.html", "page");
  EXPECT_EQ(vault.status("public/index.html"), 404u);
}

TEST(ServerTest, NothingElseIsThere) {
  const Served served;
  for (const char* name : {"home/head", "staging/1/0", "withdrawn/1/part-0000000", "incoming/a/receipt", "own.key"}) {
    served.place(name, "private");
    EXPECT_EQ(served.status(name, {bearer(kReading)}), 404u) << name;
  }
  served.place("charter/1", "charter");
  for (const char* name : {"", "charter", "charter/", "deposits/", "%68ome/head", "charter/%2e%2e/home/head",
                           "charter//1", "charter/1?x", "charter/1/"}) {
    const unsigned status = served.status(name);
    EXPECT_TRUE(status == 404u || (status == 200u && std::string(name) == "charter/1?x")) << name << " " << status;
  }
}

TEST(ServerTest, ADepositorsTokenCreatesAndDoesNothingElse) {
  const Served served;
  served.place("incoming/a/receipt", "first");
  const std::vector<std::string> with{bearer(kSending)};
  EXPECT_EQ(served.ask("incoming/b/receipt", with, "PUT", as_view("new")).status, 201u);
  EXPECT_EQ(served.look("incoming/b/receipt"), "new");
  EXPECT_EQ(served.ask("incoming/b/receipt", with, "PUT", as_view("new")).status, 200u);
  EXPECT_EQ(served.ask("incoming/a/receipt", with, "PUT", as_view("other")).status, 412u);
  EXPECT_EQ(served.look("incoming/a/receipt"), "first");
  EXPECT_EQ(served.ask("incoming/a/receipt", with, "DELETE").status, 405u);
  EXPECT_EQ(served.ask("incoming/a/receipt", with, "POST", as_view("x")).status, 405u);
  EXPECT_EQ(served.status("incoming/a/receipt", with), 404u);
  EXPECT_EQ(served.status("incoming/", with), 404u);
  for (const char* name :
       {"checkpoint", "charter/9", "deposits/ab/abcd/receipt", "home/head", "incoming/%2e%2e/home/head", "incoming/"})
    EXPECT_EQ(served.ask(name, with, "PUT", as_view("x")).status, 403u) << name;
  for (const std::vector<std::string>& headers : {std::vector<std::string>{}, {bearer(kReading)}, {bearer("x")}})
    EXPECT_EQ(served.ask("incoming/c/receipt", headers, "PUT", as_view("x")).status, 401u);
  EXPECT_EQ(served.look("incoming/c/receipt"), std::nullopt);
  EXPECT_EQ(served.look("checkpoint"), std::nullopt);
}

TEST(ServerTest, UploadsEndAtTheirLimits) {
  const Served served(Role::vault, {.upload_bytes_max = 1000, .upload_bytes_per_day_max = 1500});
  const std::vector<std::string> with{bearer(kSending)};
  const Bytes thousand(1000, 'x');
  const Bytes more(1001, 'x');
  EXPECT_EQ(served.ask("incoming/a/1", with, "PUT", more).status, 413u);
  EXPECT_EQ(served.ask("incoming/a/2", with, "PUT", thousand).status, 201u);
  EXPECT_EQ(served.ask("incoming/a/3", with, "PUT", thousand).status, 503u) << "enough for today";
}

TEST(ServerTest, ACapOnBytesIsSaidWithTheTimeToAskAgain) {
  const Served served(Role::vault, {.bytes_per_day_max = 10});
  served.place("charter/1", "1234567");
  EXPECT_EQ(served.status("charter/1"), 200u);
  const HttpResponse refused = served.ask("charter/1");
  EXPECT_EQ(refused.status, 503u);
  EXPECT_NE(refused.header("retry-after"), nullptr);
}

TEST(ServerTest, OneAddressHasSoManyConnections) {
  const Served served(Role::vault, {.connections_per_address_max = 1});
  served.place("charter/1", "charter");
  EXPECT_EQ(served.status("charter/1"), 200u) << "and the connection stays open";
  const auto second = HttpClient::make({});
  HttpRequest request;
  request.url = served.server->address() + "/charter/1";
  EXPECT_CODE((*second)->exchange(request), Code::unavailable);
}

class ServerSubject final : public StoreSubject {
 public:
  Store& store() override { return store_; }
  void place(const std::string& name, const std::string& text) override { served_.place(name, text); }
  std::optional<std::string> look(const std::string& name) override { return served_.look(name); }
  bool creates_anywhere() const override { return false; }
  bool changes_and_lists() const override { return false; }

 private:
  Served served_;
  std::vector<Token> tokens_ = tokens_at(served_.server->address());
  HttpStore store_{*HttpClient::make({}), system_sleeper(), served_.server->address(), tokens_};
};

}  // namespace

INSTANTIATE_TEST_SUITE_P(OwnServer, StoreContract, ::testing::Values([]() -> std::unique_ptr<StoreSubject> {
                           return std::make_unique<ServerSubject>();
                         }));

}  // namespace muniment
