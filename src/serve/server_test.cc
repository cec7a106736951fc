#include "serve/server.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "base/encoding.h"
#include "serve/serve_testing.h"
#include "testing/expect_code.h"
#include "testing/temporary_folder.h"

namespace muniment {
namespace {

TEST(ServerTest, GivesObjectsAndSaysHowLongTheyLast) {
  const TemporaryFolder folder;
  const Served served(folder.path());
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
  const TemporaryFolder folder;
  const Served served(folder.path());
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
  const TemporaryFolder folder;
  const Served served(folder.path());
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
  const TemporaryFolder folder;
  const Served served(folder.path());
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
  const TemporaryFolder folder;
  const Served served(folder.path(), Role::published);
  for (const char* name : {"deposits/ab/abcd/header-0", "deposits/ab/abcd/part-0000000", "deposits/ab/abcd/receipt",
                           "keyring/1/evidence/a.age"}) {
    served.place(name, "sealed");
    EXPECT_EQ(served.status(name, {bearer(kReading)}), 404u) << name;
  }
  served.place("public/index.html", "page");
  served.place("charter/1", "charter");
  EXPECT_EQ(served.status("public/index.html"), 200u);
  EXPECT_EQ(served.status("charter/1"), 200u);
  const TemporaryFolder vault_folder;
  const Served vault(vault_folder.path());
  vault.place("public/index.html", "page");
  EXPECT_EQ(vault.status("public/index.html"), 404u);
}

TEST(ServerTest, WhatArrivedIsThereForWhoHasATokenForReadingAndForNobodyElse) {
  const TemporaryFolder folder;
  const Served served(folder.path());
  EXPECT_EQ(served.ask("incoming/", {bearer(kReading)}).status, 200u) << "nothing has arrived yet";
  served.place("incoming/b/receipt", "second");
  served.place("incoming/a/receipt", "first");
  served.place("incoming/half/header-0", "no receipt yet");
  served.place("incoming/a/part-0000000", "part");
  const HttpResponse list = served.ask("incoming/", {bearer(kReading)});
  EXPECT_EQ(as_text(list.body), "a\nb\n");
  EXPECT_EQ(*list.header("cache-control"), "private, no-store");
  const HttpResponse part = served.ask("incoming/a/part-0000000", {bearer(kReading)});
  EXPECT_EQ(as_text(part.body), "part");
  EXPECT_EQ(*part.header("cache-control"), "private, no-store");
  EXPECT_EQ(served.ask("incoming/", {bearer(kReading)}, "HEAD").status, 200u);
  for (const char* name : {"incoming/", "incoming/a/receipt", "incoming/half/header-0"}) {
    EXPECT_EQ(served.status(name), 404u) << name;
    EXPECT_EQ(served.status(name, {bearer(kSending)}), 404u) << name;
  }
  for (const char* name : {"incoming", "incoming/a", "incoming/a/", "incoming/../home/head"})
    EXPECT_EQ(served.status(name, {bearer(kReading)}), 404u) << name;
  const TemporaryFolder public_folder;
  const Served published(public_folder.path(), Role::published);
  published.place("incoming/a/receipt", "first");
  for (const char* name : {"incoming/", "incoming/a/receipt"})
    EXPECT_EQ(published.status(name, {bearer(kReading)}), 404u) << name;
}

TEST(ServerTest, NothingElseIsThere) {
  const TemporaryFolder folder;
  const Served served(folder.path());
  for (const char* name : {"home/head", "staging/1/0", "withdrawn/1/part-0000000", "own.key"}) {
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

TEST(ServerTest, UploadsOfADayEndAtTheirLimit) {
  const TemporaryFolder folder;
  const Served served(folder.path(), Role::vault, {.upload_bytes_max = 1000, .upload_bytes_per_day_max = 1500});
  const std::vector<std::string> with{bearer(kSending)};
  const Bytes thousand(1000, 'x');
  EXPECT_EQ(served.ask("incoming/a/2", with, "PUT", thousand).status, 201u);
  EXPECT_EQ(served.ask("incoming/a/3", with, "PUT", thousand).status, 503u) << "enough for today";
}

TEST(ServerTest, ACapOnBytesIsSaidWithTheTimeToAskAgain) {
  const TemporaryFolder folder;
  const Served served(folder.path(), Role::vault, {.bytes_per_day_max = 10});
  served.place("charter/1", "1234567");
  EXPECT_EQ(served.status("charter/1"), 200u);
  const HttpResponse refused = served.ask("charter/1");
  EXPECT_EQ(refused.status, 503u);
  EXPECT_NE(refused.header("retry-after"), nullptr);
}

TEST(ServerTest, OneAddressHasSoManyConnections) {
  const TemporaryFolder folder;
  const Served served(folder.path(), Role::vault, {.connections_per_address_max = 1});
  served.place("charter/1", "charter");
  EXPECT_EQ(served.status("charter/1"), 200u) << "and the connection stays open";
  const auto second = HttpClient::make({});
  HttpRequest request;
  request.url = served.server->address() + "/charter/1";
  EXPECT_CODE((*second)->exchange(request), Code::unavailable);
}

/// The status of what a server at a unix socket answers to one request.
std::string status_over(const std::string& path, const std::string& name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(static_cast<char*>(address.sun_path), path.data(), path.size());
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  EXPECT_EQ(::connect(socket, static_cast<sockaddr*>(static_cast<void*>(&address)), sizeof(address)), 0);
  const timeval patience{.tv_sec = 60, .tv_usec = 0};
  EXPECT_EQ(::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)), 0);
  const std::string asked = "GET /" + name + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  EXPECT_EQ(::send(socket, asked.data(), asked.size(), MSG_NOSIGNAL), static_cast<ssize_t>(asked.size()));
  char answer[13] = {};
  EXPECT_EQ(::recv(socket, answer, 12, MSG_WAITALL), 12);
  ::close(socket);
  return answer;
}

TEST(ServerTest, ServesAUnixSocketAloneAndTakesItAwayAtTheEnd) {
  const TemporaryFolder folder;
  const TemporaryFolder sockets;
  const std::string path = sockets.path() + "/mirror.socket";
  ASSERT_TRUE(write_new(posix_fs(), folder.path() + "/checkpoint", as_view("head")));
  {
    ServeSettings settings;
    settings.root = folder.path();
    settings.unix_path = path;
    const auto server = MirrorServer::start(posix_fs(), system_random(), system_clock(), std::move(settings));
    ASSERT_TRUE(server) << server.error().sentence();
    EXPECT_EQ((*server)->address(), "");
    EXPECT_EQ(status_over(path, "checkpoint"), "HTTP/1.1 200");
    EXPECT_EQ(status_over(path, "home/head"), "HTTP/1.1 404");
    EXPECT_EQ(status_over(path, "keyring/1/evidence/oak.age"), "HTTP/1.1 401");
  }
  EXPECT_FALSE(*exists(posix_fs(), path));
}

TEST(ServerTest, WhomTorLetInReadsSealsAndWhoComesByThePortDoesNot) {
  const TemporaryFolder folder;
  const TemporaryFolder sockets;
  const std::string path = sockets.path() + "/mirror.socket";
  const std::string seal = "keyring/1/evidence/oak.age";
  ASSERT_TRUE(make_folders(posix_fs(), parent_of(folder.path() + "/" + seal)));
  ASSERT_TRUE(write_new(posix_fs(), folder.path() + "/" + seal, as_view("sealed")));
  ServeSettings settings;
  settings.root = folder.path();
  settings.listen = "127.0.0.1:0";
  settings.unix_path = path;
  settings.unix_may_read = true;
  const auto server = MirrorServer::start(posix_fs(), system_random(), system_clock(), std::move(settings));
  ASSERT_TRUE(server) << server.error().sentence();
  EXPECT_EQ(status_over(path, seal), "HTTP/1.1 200");
  HttpRequest request;
  request.url = (*server)->address() + "/" + seal;
  request.body_bytes_max = 100;
  EXPECT_EQ((*HttpClient::make({}))->exchange(request)->status, 401u);
}

TEST(ServerTest, CutsOffWhoeverDoesNotFinishAsking) {
  const TemporaryFolder folder;
  const Served served(folder.path(), Role::vault, {.request_seconds_max = 0});
  const RawConnection connection(served.server->address());
  connection.say("GET /charter/1 HT");
  EXPECT_EQ(connection.status(), 0u) << "the end, and no answer";
}

}  // namespace
}  // namespace muniment
