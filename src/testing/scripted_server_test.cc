#include "testing/scripted_server.h"

#include <gtest/gtest.h>

#include "store/http_client.h"

namespace muniment {
namespace {

TEST(ScriptedServerTest, AnswersInOrderAndRemembersWhatItWasAsked) {
  const ScriptedServer server({{http_answer(200, "one")}, {http_answer(201, "two"), ScriptedAnswer::Then::close}});
  const auto client = HttpClient::make({});
  ASSERT_TRUE(client);
  HttpRequest request;
  request.url = server.address() + "/a";
  request.body_bytes_max = 100;
  EXPECT_EQ(as_text((*client)->exchange(request)->body), "one");
  request.method = "PUT";
  request.body = as_view("sent");
  EXPECT_EQ((*client)->exchange(request)->status, 201u);
  EXPECT_FALSE((*client)->exchange(request)) << "there is no third answer";
  const auto asked = server.requests();
  ASSERT_GE(asked.size(), 3u);
  EXPECT_TRUE(asked[0].starts_with("GET /a HTTP/1.1\r\n"));
  EXPECT_TRUE(asked[1].ends_with("\r\n\r\nsent"));
  EXPECT_GE(server.connections(), 2u) << "the first one was closed";
}

}  // namespace
}  // namespace muniment
