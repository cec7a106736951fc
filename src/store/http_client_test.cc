#include "store/http_client.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>

#include "testing/expect_code.h"
#include "testing/scripted_server.h"

namespace muniment {
namespace {

using Then = ScriptedAnswer::Then;

std::unique_ptr<HttpClient> client_with(HttpSettings settings = {}) {
  auto client = HttpClient::make(std::move(settings));
  return client ? std::move(*client) : nullptr;
}

HttpRequest get(const ScriptedServer& server, std::uint64_t bytes_max = 1000) {
  HttpRequest request;
  request.url = server.address() + "/object";
  request.body_bytes_max = bytes_max;
  return request;
}

bool has_line(const std::string& request, const std::string& line) {
  return request.find("\r\n" + line + "\r\n") != std::string::npos;
}

TEST(HttpClientTest, GivesStatusHeadersAndBodyOverAConnectionThatIsKept) {
  const ScriptedServer server(
      {{http_answer(200, "one", "ETag: \"x\"\r\nX-Odd:   spaced  \r\n")}, {http_answer(404, "none")}});
  const auto client = client_with();
  const auto first = client->exchange(get(server));
  ASSERT_TRUE(first) << first.error().sentence();
  EXPECT_EQ(first->status, 200u);
  EXPECT_EQ(as_text(first->body), "one");
  ASSERT_NE(first->header("etag"), nullptr);
  EXPECT_EQ(*first->header("etag"), "\"x\"");
  EXPECT_EQ(*first->header("x-odd"), "spaced");
  EXPECT_EQ(first->header("ETag"), nullptr) << "names are asked for in lower case";
  const auto second = client->exchange(get(server));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->status, 404u);
  EXPECT_EQ(server.connections(), 1u);
}

TEST(HttpClientTest, DoesNotSendABodyThatIsRefused) {
  const Bytes body(8 << 20, 'p');
  for (const unsigned status : {401u, 403u, 507u}) {
    const ScriptedServer server({{http_answer(status, "no"), Then::close, /*is_early=*/true}});
    HttpRequest put = get(server);
    put.method = "PUT";
    put.body = body;
    const auto answer = client_with()->exchange(put);
    ASSERT_TRUE(answer) << answer.error().sentence();
    EXPECT_EQ(answer->status, status);
    ASSERT_EQ(server.requests().size(), 1u);
    EXPECT_LT(server.requests()[0].size(), 10'000u) << "only its head";
  }
}

TEST(HttpClientTest, SendsABodyToAServerThatDoesNotSayThatItMayCome) {
  const ScriptedServer server({{http_answer(201, "")}});
  const Bytes body(2 << 20, 'p');
  HttpRequest put = get(server);
  put.method = "PUT";
  put.body = body;
  EXPECT_EQ(client_with()->exchange(put)->status, 201u);
  EXPECT_GT(server.requests().at(0).size(), body.size());
}

TEST(HttpClientTest, ARefusalCountsThoughItsReasonIsCutOff) {
  const std::string answer = "HTTP/1.1 507 Full\r\nContent-Length: 1000\r\n\r\nthe disk";
  const ScriptedServer server({{answer, Then::close}, {answer, Then::close}});
  HttpRequest put = get(server);
  put.method = "PUT";
  const Bytes body(1000, 'p');
  put.body = body;
  const auto refused = client_with()->exchange(put);
  ASSERT_TRUE(refused) << refused.error().sentence();
  EXPECT_EQ(refused->status, 507u);
  EXPECT_EQ(as_text(refused->body), "the disk");
  EXPECT_CODE(client_with()->exchange(get(server)), Code::unavailable) << "what was to be read is not whole";
}

TEST(HttpClientTest, SaysNothingOfItselfAndSendsWhatItIsTold) {
  const ScriptedServer server({{http_answer(206, "b", "Content-Range: bytes 1-1/3\r\n")}, {http_answer(201, "")}});
  const auto client = client_with();
  HttpRequest ranged = get(server);
  ranged.range = {1, 1};
  ranged.headers = {"Authorization: Bearer abc"};
  EXPECT_EQ(client->exchange(ranged)->status, 206u);
  HttpRequest put = get(server);
  put.method = "PUT";
  const Bytes body(100'000, 'p');
  put.body = body;
  EXPECT_EQ(client->exchange(put)->status, 201u);
  const auto asked = server.requests();
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_TRUE(asked[0].starts_with("GET /object HTTP/1.1\r\n"));
  EXPECT_TRUE(has_line(asked[0], "Range: bytes=1-1"));
  EXPECT_TRUE(has_line(asked[0], "Authorization: Bearer abc"));
  EXPECT_EQ(asked[0].find("User-Agent"), std::string::npos);
  EXPECT_TRUE(asked[1].starts_with("PUT /object HTTP/1.1\r\n"));
  EXPECT_TRUE(asked[1].ends_with(std::string(100'000, 'p')));
  for (const char* extra : {"Range", "Authorization", "Expect", "Content-Type", "User-Agent"})
    EXPECT_EQ(asked[1].find(extra), std::string::npos) << extra << " is of an exchange before, or of libcurl's own";
}

TEST(HttpClientTest, AHeadHasALengthAndNoBody) {
  const ScriptedServer server({{"HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n"}});
  HttpRequest head = get(server, 0);
  head.method = "HEAD";
  const auto answer = client_with()->exchange(head);
  ASSERT_TRUE(answer) << answer.error().sentence();
  EXPECT_EQ(*answer->header("content-length"), "12345");
  EXPECT_TRUE(answer->body.empty());
}

TEST(HttpClientTest, NeverFollowsARedirect) {
  const ScriptedServer elsewhere({{http_answer(200, "stolen")}});
  const ScriptedServer server({{http_answer(302, "", "Location: " + elsewhere.address() + "/\r\n")}});
  EXPECT_EQ(client_with()->exchange(get(server))->status, 302u);
  EXPECT_TRUE(elsewhere.requests().empty());
}

TEST(HttpClientTest, StopsAtTheLimitsOfBodiesAndHeaders) {
  std::string many;
  for (int i = 0; i < 101; ++i) many += "X-" + std::to_string(i) + ": 1\r\n";
  const ScriptedServer server(
      {{http_answer(200, std::string(1001, 'x'))},
       {http_answer(200, std::string(1000, 'x'))},
       {http_answer(200, "", many)},
       {http_answer(200, "", "X-Long: " + std::string(70'000, 'x') + "\r\n")},
       {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" + std::string(2000, 'x'), Then::stall}});
  const auto client = client_with();
  EXPECT_CODE(client->exchange(get(server)), Code::limit);
  EXPECT_EQ(client->exchange(get(server))->body.size(), 1000u);
  EXPECT_CODE(client->exchange(get(server)), Code::limit) << "too many headers";
  EXPECT_CODE(client->exchange(get(server)), Code::limit) << "a header too long";
  EXPECT_CODE(client->exchange(get(server)), Code::limit) << "a body without a stated length";
}

TEST(HttpClientTest, TheStatusOfAnErrorCountsHoweverLongItsPageIs) {
  const ScriptedServer server(
      {{http_answer(404, std::string(10, 'x'))}, {http_answer(404, std::string(1 << 20, 'x'))}});
  const auto client = client_with();
  EXPECT_EQ(client->exchange(get(server, 0))->status, 404u);
  const auto long_page = client->exchange(get(server, 0));
  ASSERT_TRUE(long_page) << long_page.error().sentence();
  EXPECT_EQ(long_page->status, 404u);
  EXPECT_LE(long_page->body.size(), 65'536u);
}

TEST(HttpClientTest, SaysAtWhichStageItEndedAndKeepsWhatHadCome) {
  const std::string half = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\nETag: \"x\"\r\n\r\n0123456789";
  const ScriptedServer server({{half, Then::close}, {half, Then::stall}, {"nonsense\r\n\r\n", Then::close}});
  const auto client = client_with({.proxy = {}, .connect_timeout_ms = 2000, .stall_timeout_s = 1});
  for (const char* how : {"closed", "stalled"}) {
    BrokenExchange broken;
    HttpRequest request = get(server);
    request.broken = &broken;
    const auto ended = client->exchange(request);
    ASSERT_TRUE(fails_with(ended, Code::unavailable)) << how;
    EXPECT_NE(ended.error().sentence().find("after 10 bytes"), std::string::npos) << ended.error().sentence();
    EXPECT_EQ(broken.stage, HttpStage::answer);
    EXPECT_EQ(broken.response.status, 200u);
    EXPECT_EQ(as_text(broken.response.body), "0123456789");
    EXPECT_NE(broken.response.header("etag"), nullptr);
  }
  EXPECT_CODE(client->exchange(get(server)), Code::unavailable) << "an answer that is not HTTP";
  EXPECT_CODE(client->exchange(get(server)), Code::unavailable) << "closed without a word";

  HttpRequest nobody;
  nobody.url = "http://127.0.0.1:1/";
  const auto refused = client->exchange(nobody);
  ASSERT_TRUE(fails_with(refused, Code::unavailable));
  EXPECT_NE(refused.error().sentence().find("no connection ("), std::string::npos) << refused.error().sentence();
  HttpRequest unknown;
  unknown.url = "https://name.invalid/";
  const auto unresolved = client->exchange(unknown);
  ASSERT_TRUE(fails_with(unresolved, Code::unavailable));
  EXPECT_NE(unresolved.error().sentence().find("name could not be resolved"), std::string::npos)
      << unresolved.error().sentence();
}

TEST(HttpClientTest, AServerWithoutTlsFailsAtThatStage) {
  const ScriptedServer server({{http_answer(200, "plain"), Then::close}});
  HttpRequest request = get(server);
  request.url.replace(0, 4, "https");
  const auto ended = client_with({.proxy = {}, .connect_timeout_ms = 1000})->exchange(request);
  ASSERT_TRUE(fails_with(ended, Code::unavailable));
  EXPECT_NE(ended.error().sentence().find("by TLS"), std::string::npos) << ended.error().sentence();
}

TEST(HttpClientTest, ANameLiesWhereItsOwnerSaysForTlsOnly) {
  const ScriptedServer server({{http_answer(200, "plain"), Then::close}, {http_answer(200, "plain")}});
  const std::string port = server.address().substr(server.address().rfind(':'));
  HttpRequest request;
  request.url = "https://name.invalid" + port + "/object";
  const auto unresolved = client_with()->exchange(request);
  ASSERT_TRUE(fails_with(unresolved, Code::unavailable));
  EXPECT_NE(unresolved.error().sentence().find("resolved"), std::string::npos) << unresolved.error().sentence();

  const HttpSettings told{.proxy = {}, .addresses = {*parse_host_address("name.invalid=127.0.0.1")}};
  const auto reached = client_with(told)->exchange(request);
  ASSERT_TRUE(fails_with(reached, Code::unavailable)) << "whoever answers there needs TLS";
  EXPECT_NE(reached.error().sentence().find("by TLS"), std::string::npos) << reached.error().sentence();
  EXPECT_EQ(server.connections(), 1u);

  const HttpSettings elsewhere{.proxy = {}, .addresses = {*parse_host_address("localhost=192.0.2.7")}};
  request = get(server);
  request.url = "http://localhost" + port + "/object";
  EXPECT_TRUE(client_with(elsewhere)->exchange(request)) << "plain HTTP stays on this machine";
}

TEST(HttpClientTest, AfterAConnectionFellSilentEachExchangeHasItsOwn) {
  const std::string half = "HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n" + std::string(8000, 'x');
  const ScriptedServer server({{http_answer(200, std::string(1000, 'a'))},
                               {half, Then::stall},
                               {http_answer(200, "b")},
                               {http_answer(200, "c")}});
  const auto client = client_with({.proxy = {}, .connect_timeout_ms = 2000, .stall_timeout_s = 1});
  EXPECT_TRUE(client->exchange(get(server)));
  EXPECT_EQ(client->silent_after(), std::nullopt);
  EXPECT_CODE(client->exchange(get(server, 20'000)), Code::unavailable);
  ASSERT_TRUE(client->silent_after());
  EXPECT_GT(*client->silent_after(), 9000u) << "both answers came over that connection, with their headers";
  EXPECT_LT(*client->silent_after(), 9300u);
  EXPECT_EQ(server.connections(), 1u);
  EXPECT_TRUE(client->exchange(get(server)));
  EXPECT_TRUE(client->exchange(get(server)));
  EXPECT_EQ(server.connections(), 3u);
}

TEST(HttpClientTest, ClientsOfOneAddressShareWhatOneHasFoundOfSilence) {
  const std::string half = "HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n" + std::string(8000, 'x');
  const ScriptedServer server({{half, Then::stall}, {http_answer(200, "b")}, {http_answer(200, "c")}});
  SharedSilence silence = kNoSilence;
  HttpSettings settings{.proxy = {}, .connect_timeout_ms = 2000, .stall_timeout_s = 1};
  settings.silence = &silence;
  const auto one = client_with(settings);
  const auto other = client_with(settings);
  EXPECT_EQ(other->silent_after(), std::nullopt);
  EXPECT_CODE(one->exchange(get(server, 20'000)), Code::unavailable);
  ASSERT_TRUE(other->silent_after());
  EXPECT_EQ(other->silent_after(), one->silent_after());
  EXPECT_TRUE(other->exchange(get(server)));
  EXPECT_TRUE(other->exchange(get(server)));
  EXPECT_EQ(server.connections(), 3u) << "each exchange has its own connection";
}

TEST(HttpClientTest, AConnectionThatBreaksOrFallsSilentAtOnceTellsNothingOfWhatTheNextOneMayBring) {
  const std::string half = "HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n";
  const ScriptedServer server({{half + std::string(8000, 'x'), Then::close}, {half + "x", Then::stall}});
  const auto client = client_with({.proxy = {}, .connect_timeout_ms = 2000, .stall_timeout_s = 1});
  for (int i = 0; i < 2; ++i) {
    EXPECT_CODE(client->exchange(get(server, 20'000)), Code::unavailable);
    EXPECT_EQ(client->silent_after(), std::nullopt);
  }
}

TEST(HttpClientTest, SendsNothingThatIsNotARequestOfOurs) {
  const ScriptedServer server({{http_answer(200, "")}});
  const auto client = client_with();
  HttpRequest request = get(server);
  for (const std::string& header : {std::string("A: b\r\nC: d"), std::string("A: b\n"), std::string("A"),
                                    std::string("A:"), std::string(": b"), std::string("A: b\0c", 6)}) {
    request.headers = {header};
    EXPECT_CODE(client->exchange(request), Code::invalid) << header;
  }
  request = get(server);
  request.method = "TRACE";
  EXPECT_CODE(client->exchange(request), Code::invalid);
  request = get(server);
  request.range = {2, 1};
  EXPECT_CODE(client->exchange(request), Code::invalid);
  for (const char* url : {"", "file:///etc/passwd", "ftp://127.0.0.1/", "http://", "https://user:word@127.0.0.1/",
                          "http://example.org/", "http://127.0.0.1.example.org/", "http://10.0.0.1/", "http://x.onion/",
                          "https://127.0.0.1/#a", "http://127.0.0.1/a b\r\nX: y"}) {
    request = get(server);
    request.url = url;
    EXPECT_CODE(client->exchange(request), Code::invalid) << url;
  }
  EXPECT_TRUE(server.requests().empty());
}

TEST(HttpClientTest, TakesSocksByNameOnlyAndNoProxyOfTheEnvironment) {
  for (const char* proxy :
       {"socks5://127.0.0.1:9050", "http://127.0.0.1:8080", "socks5h://", "socks5h://:9050", "socks5h://h",
        "socks5h://h:0", "socks5h://h:70000", "socks5h://user@h:9050", "127.0.0.1:9050"}) {
    EXPECT_CODE(HttpClient::make({.proxy = proxy}), Code::invalid) << proxy;
  }
  ASSERT_TRUE(HttpClient::make({.proxy = "socks5h://127.0.0.1:9050"}));
  ASSERT_EQ(::setenv("ALL_PROXY", "socks5h://127.0.0.1:1", 1), 0);
  ASSERT_EQ(::setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
  const ScriptedServer server({{http_answer(200, "direct")}});
  const auto direct = client_with()->exchange(get(server));
  ::unsetenv("ALL_PROXY");
  ::unsetenv("http_proxy");
  ASSERT_TRUE(direct) << direct.error().sentence();

  ASSERT_EQ(::setenv("no_proxy", "*", 1), 0);
  HttpRequest onion;
  onion.url = "http://abcdefgh.onion/checkpoint";
  const auto proxied = client_with({.proxy = "socks5h://127.0.0.1:1"})->exchange(onion);
  ::unsetenv("no_proxy");
  ASSERT_TRUE(fails_with(proxied, Code::unavailable));
  EXPECT_NE(proxied.error().sentence().find("proxy"), std::string::npos) << proxied.error().sentence();
}

TEST(HttpClientTest, SignsForAnObjectStoreAndShowsNoSecret) {
  const ScriptedServer server({{http_answer(200, "")}});
  const SecretBytes credentials = SecretBytes::copy_of(as_view("AKEY:not-a-real-secret"));
  HttpRequest request = get(server);
  request.method = "PUT";
  request.body = as_view("body");
  request.headers = {"x-amz-content-sha256: 230d8358dc8e8890b4c58deeb62912ee2f20357ae92a5cc861b98e68fe31acb5"};
  request.sigv4 = "aws:amz:us-east-1:s3";
  request.credentials = &credentials;
  const auto answer = client_with()->exchange(request);
  ASSERT_TRUE(answer) << answer.error().sentence();
  const std::string asked = server.requests()[0];
  EXPECT_NE(asked.find("\r\nAuthorization: AWS4-HMAC-SHA256 Credential=AKEY/"), std::string::npos) << asked;
  EXPECT_EQ(asked.find("not-a-real-secret"), std::string::npos);
}

TEST(HttpClientTest, EndsSoonOnceItIsAskedToStop) {
  const ScriptedServer server({{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", Then::stall}});
  std::stop_source stop;
  HttpSettings settings;
  settings.stop = stop.get_token();
  const auto client = client_with(std::move(settings));
  const auto begun = std::chrono::steady_clock::now();
  stop.request_stop();
  EXPECT_CODE(client->exchange(get(server)), Code::unavailable);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(10)) << "and not after the 30 of a stall";
}

}  // namespace
}  // namespace muniment
