#include "store/http_store.h"

#include <gtest/gtest.h>

#include "testing/expect_code.h"
#include "testing/scripted_server.h"

namespace muniment {
namespace {

using Then = ScriptedAnswer::Then;

class NoWaits final : public Sleeper {
 public:
  void wait_ms(std::uint64_t /*milliseconds*/) override { ++waits; }
  int waits = 0;
};

/// A store at a server that gives these answers.
struct Visit {
  explicit Visit(std::vector<ScriptedAnswer> answers) : server(std::move(answers)) {
    tokens.push_back({Token::Right::read, SecretBytes::copy_of(as_view("reading")), server.address()});
    tokens.push_back({Token::Right::deposit, SecretBytes::copy_of(as_view("sending")), server.address()});
    tokens.push_back({Token::Right::read, SecretBytes::copy_of(as_view("elsewhere")), "https://other.example"});
    auto client = HttpClient::make({});
    MUNIMENT_CHECK(client.has_value());
    store = std::make_unique<HttpStore>(std::move(*client), sleeper, server.address() + "/", tokens);
  }
  std::string text(const char* name = "tile/0/000", std::uint64_t bytes_max = 10'000) {
    const auto bytes = store->get(ObjectName(name), bytes_max);
    return bytes ? std::string(as_text(*bytes))
                 : std::string(name_of(bytes.error().code())) + ": " + bytes.error().sentence();
  }

  ScriptedServer server;
  NoWaits sleeper;
  std::vector<Token> tokens;
  std::unique_ptr<HttpStore> store;
};

bool contains(const std::string& text, const std::string& what) { return text.find(what) != std::string::npos; }

std::string bytes_from(std::size_t first, std::size_t count) {
  std::string text;
  for (std::size_t i = first; i < first + count; ++i) text += static_cast<char>('a' + i % 26);
  return text;
}

/// An answer about `total` bytes that breaks off after `count` of them from `first` on.
ScriptedAnswer broken_whole(std::size_t total, std::size_t count, const std::string& tag = "ETag: \"1\"\r\n") {
  return {"HTTP/1.1 200 OK\r\n" + tag + "Content-Length: " + std::to_string(total) + "\r\n\r\n" + bytes_from(0, count),
          Then::close};
}
ScriptedAnswer part(std::size_t first, std::size_t last, std::size_t total, std::size_t count,
                    const std::string& tag = "\"1\"") {
  return {"HTTP/1.1 206 Partial\r\nETag: " + tag + "\r\nContent-Length: " + std::to_string(last - first + 1) +
              "\r\nContent-Range: bytes " + std::to_string(first) + "-" + std::to_string(last) + "/" +
              std::to_string(total) + "\r\n\r\n" + bytes_from(first, count),
          count < last - first + 1 ? Then::close : Then::keep};
}

TEST(HttpStoreTest, GetsAnObjectByItsNameBelowTheAddress) {
  Visit visit({{http_answer(200, "one")}});
  EXPECT_EQ(visit.text("charter/1"), "one");
  EXPECT_TRUE(visit.server.requests()[0].starts_with("GET /charter/1 HTTP/1.1\r\n"));
  EXPECT_EQ(visit.store->where(), visit.server.address());
}

/// What one PUT of "body" comes to at a server that gives these answers.
std::string sentence_of_put(std::vector<ScriptedAnswer> answers) {
  Visit visit(std::move(answers));
  const auto put = visit.store->put(ObjectName("incoming/a/part-0000000"), as_view("body"));
  return put ? "done" : std::string(name_of(put.error().code())) + ": " + put.error().sentence();
}

TEST(HttpStoreTest, SaysOfWhatIsThereOnlyWhatItHasSeen) {
  const std::string hidden = sentence_of_put({{http_answer(412, "")}, {http_answer(404, "")}});
  EXPECT_TRUE(hidden.starts_with("conflict: ") && contains(hidden, "cannot be seen")) << hidden;
  EXPECT_FALSE(contains(hidden, "other bytes")) << hidden;
  for (const char* other : {"BODY", "longer than it"}) {
    const std::string seen = sentence_of_put({{http_answer(412, "")}, {http_answer(200, other)}});
    EXPECT_TRUE(seen.starts_with("conflict: ") && contains(seen, "with other bytes")) << seen;
  }
}

TEST(HttpStoreTest, APageOfSomebodyBetweenIsNoSuccess) {
  const std::string page = sentence_of_put({{http_answer(200, "<html>Please log in</html>")}});
  EXPECT_TRUE(page.starts_with("unavailable: ") && contains(page, "login page")) << page;
  const std::string portal = sentence_of_put({{http_answer(511, "Log in")}});
  EXPECT_TRUE(portal.starts_with("unavailable: ") && contains(portal, "captive portal")) << portal;
  const std::string moved = sentence_of_put({{http_answer(302, "")}});
  EXPECT_TRUE(moved.starts_with("unavailable: ") && contains(moved, "captive portal")) << moved;
  EXPECT_EQ(sentence_of_put({{http_answer(201, "")}}), "done");
}

TEST(HttpStoreTest, SaysTheDigestOfWhatItSends) {
  Visit visit({{http_answer(201, "")}});
  ASSERT_TRUE(visit.store->put(ObjectName("incoming/a/receipt"), as_view("r")));
  EXPECT_TRUE(contains(visit.server.requests()[0],
                       "\r\nRepr-Digest: sha-256=:RUNJ5CLwUpcZHq0T4h09tSDlq+9SBV5JZLgvshP1k6E=:\r\n"));
}

TEST(HttpStoreTest, GoesOnWhereATransferBrokeOff) {
  Visit visit({broken_whole(9000, 4500), part(4500, 8999, 9000, 4400), part(8900, 8999, 9000, 100)});
  EXPECT_EQ(visit.text(), bytes_from(0, 9000));
  const auto asked = visit.server.requests();
  ASSERT_EQ(asked.size(), 3u);
  EXPECT_FALSE(contains(asked[0], "Range"));
  EXPECT_TRUE(contains(asked[1], "\r\nRange: bytes=4500-8999\r\n"));
  EXPECT_TRUE(contains(asked[1], "\r\nIf-Range: \"1\"\r\n"));
  EXPECT_TRUE(contains(asked[2], "\r\nRange: bytes=8900-8999\r\n"));
  EXPECT_EQ(visit.sleeper.waits, 0) << "what goes forward is not waited for";
}

TEST(HttpStoreTest, TakesTheWholeWhereTheServerKnowsNoRangesOrHasOtherBytesNow) {
  Visit visit({broken_whole(9000, 4500),
               {http_answer(200, "new bytes")},
               broken_whole(9000, 4500),
               {http_answer(416, "")},
               {http_answer(200, "again")}});
  EXPECT_EQ(visit.text(), "new bytes");
  EXPECT_EQ(visit.text(), "again");
}

TEST(HttpStoreTest, AConnectionThatBringsAlmostNothingIsTriedFourTimes) {
  Visit visit({broken_whole(9000, 1), part(1, 8999, 9000, 1), part(2, 8999, 9000, 1), part(3, 8999, 9000, 1),
               part(4, 8999, 9000, 8996)});
  const std::string ended = visit.text();
  EXPECT_TRUE(ended.starts_with("unavailable: ")) << ended;
  EXPECT_TRUE(contains(ended, "after 1 bytes")) << ended;
  EXPECT_EQ(visit.server.requests().size(), 4u);
  EXPECT_EQ(visit.sleeper.waits, 3);
  EXPECT_EQ(visit.text(), ended) << "and the server is not asked again";
  EXPECT_EQ(visit.server.requests().size(), 4u);
}

TEST(HttpStoreTest, RefusesRangesThatItDidNotAskFor) {
  for (const ScriptedAnswer& wrong :
       {part(4501, 8999, 9000, 4499), part(4500, 8998, 9000, 4499), part(4500, 8999, 9001, 4500),
        part(0, 8999, 9000, 9000), part(4500, 8999, 9000, 4500, "\"2\""),
        ScriptedAnswer{http_answer(206, bytes_from(4500, 4500))}}) {
    Visit visit({broken_whole(9000, 4500), wrong, {http_answer(200, "never asked for")}});
    const std::string ended = visit.text();
    EXPECT_TRUE(ended.starts_with("unavailable: ")) << ended << "\n" << wrong.bytes.substr(0, 200);
    EXPECT_EQ(visit.server.requests().size(), 2u);
  }
  Visit unasked({part(0, 2, 9, 3)});
  EXPECT_TRUE(unasked.text().starts_with("unavailable: "));
}

TEST(HttpStoreTest, SaysWhatTheServerSaid) {
  Visit visit({{http_answer(404, "")},
               {http_answer(410, "")},
               {http_answer(403, "")},
               {http_answer(401, "")},
               {http_answer(200, bytes_from(0, 101))}});
  EXPECT_TRUE(visit.text().starts_with("not_found: "));
  EXPECT_TRUE(visit.text().starts_with("not_found: "));
  EXPECT_TRUE(contains(visit.text(), "--token-file"));
  EXPECT_TRUE(visit.text().starts_with("denied: "));
  EXPECT_TRUE(visit.text("charter/1", 100).starts_with("limit: "));
}

TEST(HttpStoreTest, NamesARedirectAndDoesNotFollowIt) {
  for (const char* to : {"file:///etc/passwd", "https://login.example/"}) {
    Visit visit({{http_answer(302, "", "Location: " + std::string(to) + "\r\n")}});
    EXPECT_TRUE(contains(visit.text(), std::string("a redirect to ") + to)) << visit.text();
    EXPECT_EQ(visit.server.requests().size(), 1u);
  }
}

TEST(HttpStoreTest, OutlastsABusyServerAndNamesOneThatStaysSo) {
  Visit visit({{http_answer(503, "")}, {http_answer(500, "")}, {http_answer(429, "")}, {http_answer(200, "at last")}});
  EXPECT_EQ(visit.text(), "at last");
  EXPECT_EQ(visit.sleeper.waits, 3);
  Visit storm(std::vector<ScriptedAnswer>(9, {http_answer(500, "")}));
  EXPECT_TRUE(contains(storm.text(), "answers 500")) << storm.text();
  EXPECT_EQ(storm.server.requests().size(), 4u);
}

TEST(HttpStoreTest, AsksForTheSizeWithoutTheObject) {
  Visit visit({{"HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n"},
               {http_answer(404, "")},
               {"HTTP/1.1 200 OK\r\n\r\n", Then::close}});
  EXPECT_EQ(*visit.store->size(ObjectName("a")), 1234u);
  EXPECT_CODE(visit.store->size(ObjectName("a")), Code::not_found);
  EXPECT_CODE(visit.store->size(ObjectName("a")), Code::unavailable) << "no length";
  EXPECT_TRUE(visit.server.requests()[0].starts_with("HEAD /a "));
}

TEST(HttpStoreTest, SendsATokenOnlyWithWhatNeedsItAndOnlyToItsOwnMirror) {
  std::vector<ScriptedAnswer> answers(4, {http_answer(200, "x")});
  answers.push_back({http_answer(200, "")});
  answers.push_back({http_answer(200, "")});
  Visit visit(std::move(answers));
  visit.text("checkpoint");
  visit.text("deposits/ab/abcd/part-0000000");
  visit.text("deposits/ab/abcd/header-0");
  visit.text("keyring/1/evidence/custodian-1.age");
  ASSERT_TRUE(visit.store->put(ObjectName("incoming/a/receipt"), as_view("r")));
  ASSERT_TRUE(visit.store->list(ObjectName("incoming")));
  const auto asked = visit.server.requests();
  EXPECT_FALSE(contains(asked[0], "Authorization"));
  EXPECT_FALSE(contains(asked[1], "Authorization"));
  EXPECT_TRUE(contains(asked[2], "\r\nAuthorization: Bearer reading\r\n"));
  EXPECT_TRUE(contains(asked[3], "\r\nAuthorization: Bearer reading\r\n"));
  EXPECT_TRUE(contains(asked[4], "\r\nAuthorization: Bearer sending\r\n"));
  EXPECT_TRUE(contains(asked[5], "\r\nAuthorization: Bearer reading\r\n"));
}

TEST(HttpStoreTest, ListsWhatArrivedAndNothingElse) {
  Visit visit({{http_answer(200, "b\na\n")}, {http_answer(404, "")}, {http_answer(200, "../home\n")}});
  EXPECT_EQ(*visit.store->list(ObjectName("incoming")), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(visit.server.requests()[0].starts_with("GET /incoming/ HTTP/1.1\r\n"));
  EXPECT_CODE(visit.store->list(ObjectName("incoming")), Code::denied) << "another server, or no token";
  EXPECT_CODE(visit.store->list(ObjectName("incoming")), Code::corrupt);
  EXPECT_CODE(visit.store->list(ObjectName("deposits")), Code::unsupported);
}

TEST(HttpStoreTest, CreatesBelowIncomingAndNowhereElse) {
  Visit visit({{http_answer(201, "")},
               {http_answer(412, "")},
               {http_answer(200, "same")},
               {http_answer(412, "")},
               {http_answer(403, "")},
               {http_answer(403, "")},
               {http_answer(507, "")},
               {http_answer(405, "")}});
  const ObjectName name("incoming/a/part-0000000");
  EXPECT_TRUE(visit.store->put(name, as_view("body")));
  EXPECT_TRUE(visit.store->put(name, as_view("same"))) << "an answer that was lost before";
  EXPECT_CODE(visit.store->put(name, as_view("body")), Code::conflict) << "what is there cannot even be read";
  EXPECT_CODE(visit.store->put(name, as_view("body")), Code::denied);
  EXPECT_CODE(visit.store->put(name, as_view("body")), Code::denied) << "full";
  const auto asked = visit.server.requests();
  EXPECT_TRUE(asked[0].starts_with("PUT /incoming/a/part-0000000 "));
  EXPECT_TRUE(contains(asked[0], "\r\nIf-None-Match: *\r\n"));
  EXPECT_TRUE(asked[0].ends_with("\r\n\r\nbody"));
  for (const char* other : {"checkpoint", "deposits/ab/abcd/receipt", "incoming-2/a"})
    EXPECT_CODE(visit.store->put(ObjectName(other), as_view("x")), Code::unsupported);
  EXPECT_CODE(visit.store->replace(ObjectName("checkpoint"), as_view("x")), Code::unsupported);
  EXPECT_CODE(visit.store->remove(name), Code::unsupported);
  EXPECT_CODE(visit.store->list(ObjectName("deposits")), Code::unsupported);
  EXPECT_EQ(visit.server.requests().size(), asked.size());
}

}  // namespace
}  // namespace muniment
