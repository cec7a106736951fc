#include "tor/reply.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "testing/expect_code.h"

namespace muniment {
namespace {

TEST(ControlLine, HasAStatusAndSaysWhetherItIsTheLast) {
  const auto middle = parse_control_line("250-ServiceID=abc");
  ASSERT_TRUE(middle);
  EXPECT_EQ(middle->status, 250u);
  EXPECT_FALSE(middle->is_last);
  EXPECT_EQ(middle->text, "ServiceID=abc");
  EXPECT_TRUE(parse_control_line("515 ")->is_last);
}

TEST(ControlLine, OfAnyOtherFormIsRefused) {
  for (const std::string line : {"", "250", "25 OK", "2500OK", "250+data=", "25a OK", "099 OK", "-50 OK",
                                 "HTTP/1.1 200 OK", "250 \x1b[2J", "250 \x7f"}) {
    EXPECT_CODE(parse_control_line(line), Code::corrupt) << line;
  }
  EXPECT_CODE(parse_control_line(std::string_view("250 a\0b", 7)), Code::corrupt);
}

TEST(ControlValue, IsFoundBehindItsNameAlsoInQuotes) {
  EXPECT_EQ(*value_in("AUTH METHODS=COOKIE,SAFECOOKIE COOKIEFILE=\"/run/x\"", "METHODS"), "COOKIE,SAFECOOKIE");
  EXPECT_EQ(*value_in("A=\"x B=2\" B=3", "B"), "3");
  EXPECT_EQ(*value_in("P=\"/a\\\"b\\\\c\\303\\251 d\"", "P"), "/a\"b\\c\xc3\xa9 d");
  EXPECT_EQ(*value_in("P=", "P"), "");
  EXPECT_CODE(value_in("APP=1", "P"), Code::not_found);
  EXPECT_CODE(value_in("P", "P"), Code::not_found);
}

TEST(ControlValue, ThatDoesNotEndOrHidesControlCharactersIsRefused) {
  for (const char* line :
       {"P=\"abc", "P=\"abc\\", "P=\"a\\x\"", "P=\"\\0\"", "P=\"\\000\"", "P=\"\\012\"", "P=\"\\777\"", "P=\""})
    EXPECT_CODE(value_in(line, "P"), Code::corrupt) << line;
}

TEST(CookiePath, IsTakenWhereTorTakesTheSafeCookie) {
  const std::string auth = "AUTH METHODS=COOKIE,SAFECOOKIE COOKIEFILE=\"/run/tor/control.authcookie\"";
  EXPECT_EQ(*cookie_path_in({250, {"PROTOCOLINFO 1", auth, "VERSION Tor=\"0.4.9.11\"", "OK"}}),
            "/run/tor/control.authcookie");
  EXPECT_CODE(cookie_path_in({250, {"AUTH METHODS=NULL"}}), Code::unsupported);
  EXPECT_CODE(cookie_path_in({250, {"AUTH METHODS=COOKIE COOKIEFILE=\"/x\""}}), Code::unsupported);
  EXPECT_CODE(cookie_path_in({250, {"AUTH METHODS=SAFECOOKIE"}}), Code::corrupt);
  EXPECT_CODE(cookie_path_in({250, {"AUTH METHODS=SAFECOOKIE COOKIEFILE=\"relative\""}}), Code::corrupt);
  EXPECT_CODE(cookie_path_in({250, {"OK"}}), Code::corrupt);
}

TEST(Challenge, HasAHashAndANonceOfThirtyTwoBytes) {
  const std::string hash(64, 'A');
  const std::string nonce(64, '0');
  const auto challenge = parse_cookie_challenge({250, {"AUTHCHALLENGE SERVERHASH=" + hash + " SERVERNONCE=" + nonce}});
  ASSERT_TRUE(challenge);
  EXPECT_EQ(challenge->server_hash, Bytes(32, 0xaa));
  EXPECT_EQ(challenge->server_nonce, Bytes(32, 0));
  EXPECT_CODE(parse_cookie_challenge({250, {"AUTHCHALLENGE SERVERHASH=" + hash}}), Code::corrupt);
  EXPECT_CODE(parse_cookie_challenge({250, {"AUTHCHALLENGE SERVERHASH=" + hash + "00 SERVERNONCE=" + nonce}}),
              Code::corrupt);
  EXPECT_CODE(parse_cookie_challenge({250, {"OK"}}), Code::corrupt);
  EXPECT_CODE(parse_cookie_challenge({250, {}}), Code::corrupt);
}

TEST(DescriptorEvents, AreToldFromOthers) {
  const auto event = parse_descriptor_event("HS_DESC UPLOADED abc UNKNOWN $AB~relay");
  ASSERT_TRUE(event);
  EXPECT_EQ(event->action, "UPLOADED");
  EXPECT_EQ(event->address, "abc");
  EXPECT_FALSE(event->is_fetch);
  EXPECT_EQ(event->directory, "$AB~relay");
  const auto failed = parse_descriptor_event("HS_DESC FAILED abc NO_AUTH $AB~relay xyz REASON=NOT_FOUND");
  ASSERT_TRUE(failed);
  EXPECT_TRUE(failed->is_fetch);
  EXPECT_EQ(failed->reason, "NOT_FOUND");
  EXPECT_EQ(parse_descriptor_event("HS_DESC FAILED abc NO_AUTH")->directory, "");
  EXPECT_FALSE(parse_descriptor_event("HS_DESC UPLOADED"));
  EXPECT_FALSE(parse_descriptor_event("HS_DESC_CONTENT abc x y"));
  EXPECT_FALSE(parse_descriptor_event(""));
}

}  // namespace
}  // namespace muniment
