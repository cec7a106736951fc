#include "tor/tor.h"

#include "testing/expect_code.h"
#include "testing/fixed_random.h"
#include "testing/temporary_folder.h"
#include "tor/tor_testing.h"

namespace muniment {
namespace {

class TorTest : public ::testing::Test {
 protected:
  Result<Tor> open() { return Tor::open(fake.control(), posix_fs(), random, {.answer_ms_max = 5000}); }
  /// With this in place of the honest answer.
  Result<void> add_with(const std::string& answer) {
    fake.answer_with("ADD_ONION", [answer] { return FakeTor::Answer(answer); });
    auto tor = open();
    if (!tor) return tor.error();
    return tor->add_onion(seed_of_sevens(), order);
  }
  void info(const std::string& auth) {
    fake.answer_with("PROTOCOLINFO", [auth] { return FakeTor::Answer("250-" + auth + "\r\n250 OK\r\n"); });
  }

  TemporaryFolder folder;
  FakeTor fake{folder.path()};
  FixedRandom random;
  OnionOrder order{.unix_path = "/run/muniment/mirror.socket", .clients = {}, .streams_max = 32};
};

TEST_F(TorTest, IsAskedForAnOnionOnceItHasTakenTheCookie) {
  auto tor = open();
  ASSERT_TRUE(tor) << tor.error().sentence();
  ASSERT_TRUE(tor->add_onion(seed_of_sevens(), order));
  EXPECT_EQ(fake.words(),
            (std::vector<std::string>{"PROTOCOLINFO", "AUTHCHALLENGE", "AUTHENTICATE", "SETEVENTS", "ADD_ONION"}));
  EXPECT_EQ(fake.last("ADD_ONION"), "ADD_ONION ED25519-V3:" + to_base64(ed25519_expanded(seed_of_sevens()).expose()) +
                                        " MaxStreams=32 PoWDefensesEnabled=1 Port=80,unix:/run/muniment/mirror.socket");
  EXPECT_TRUE(tor->wait_until_uploaded(fake.service_id(), 5000));
}

TEST_F(TorTest, LetsOnlyClientsInWhereThereAreSome) {
  order.clients = {X25519Public{1}};
  order.streams_max = 0;
  auto tor = open();
  ASSERT_TRUE(tor);
  ASSERT_TRUE(tor->add_onion(seed_of_sevens(), order));
  const std::string command = fake.last("ADD_ONION");
  EXPECT_NE(command.find(" Flags=V3Auth "), std::string::npos) << command;
  EXPECT_TRUE(command.ends_with(" ClientAuthV3=ae" + std::string(50, 'a'))) << command;
  EXPECT_EQ(command.find("MaxStreams"), std::string::npos);
}

TEST_F(TorTest, WithoutItsCookieNothingIsAnsweredToIt) {
  const std::string methods = "AUTH METHODS=COOKIE,SAFECOOKIE COOKIEFILE=";
  info(methods + "\"" + folder.path() + "/nothing\"");
  EXPECT_CODE(open(), Code::denied);
  MUNIMENT_CHECK(write_new(posix_fs(), folder.path() + "/short", as_view("short")).has_value());
  info(methods + "\"" + folder.path() + "/short\"");
  EXPECT_CODE(open(), Code::denied);
  MUNIMENT_CHECK(write_new(posix_fs(), folder.path() + "/long", Bytes(33, 0x5a)).has_value());
  info(methods + "\"" + folder.path() + "/long\"");
  EXPECT_CODE(open(), Code::denied);
  info(methods + "\"" + folder.path() + "\"");
  EXPECT_CODE(open(), Code::denied);
  info("AUTH METHODS=NULL");
  EXPECT_CODE(open(), Code::unsupported);
  EXPECT_EQ(fake.count("AUTHCHALLENGE"), 0u);
}

TEST_F(TorTest, WhoDoesNotKnowTheCookieIsNotToldAnythingMadeFromIt) {
  fake.key = Bytes(32, 0x33);
  EXPECT_CODE(open(), Code::denied);
  EXPECT_EQ(fake.count("AUTHENTICATE"), 0u);
}

TEST_F(TorTest, ThatRefusesTheCookieIsNamed) {
  fake.answer_with("AUTHENTICATE", [] { return FakeTor::Answer("515 Authentication failed\r\n"); });
  EXPECT_CODE(open(), Code::denied);
}

TEST_F(TorTest, ThatRefusesTheOnionIsNamed) {
  EXPECT_CODE(add_with("550 Onion address collision\r\n"), Code::conflict);
  EXPECT_CODE(add_with("551 Failed to add Onion Service\r\n"), Code::unavailable);
  EXPECT_CODE(add_with("250-Service"), Code::unavailable) << "cut in the middle";
  EXPECT_CODE(add_with("512 Bad arguments\r\n"), Code::unavailable);
}

TEST_F(TorTest, ThatNamesAnotherAddressIsNotBelieved) {
  EXPECT_CODE(add_with("250-ServiceID=" + std::string(56, 'a') + "\r\n250 OK\r\n"), Code::forged);
  EXPECT_CODE(add_with("250 OK\r\n"), Code::forged);
}

TEST_F(TorTest, WithoutProofOfWorkIsAskedWithoutIt) {
  fake.answer_with("ADD_ONION", [this] {
    const bool is_new = fake.last("ADD_ONION").find("PoW") != std::string::npos;
    return FakeTor::Answer(is_new ? "512 Unrecognized argument\r\n"
                                  : "250-ServiceID=" + fake.service_id() + "\r\n250 OK\r\n");
  });
  auto tor = open();
  ASSERT_TRUE(tor);
  EXPECT_TRUE(tor->add_onion(seed_of_sevens(), order));
  EXPECT_EQ(fake.count("ADD_ONION"), 2u);
}

TEST_F(TorTest, APathThatCouldBeTakenForMoreIsNotSent) {
  auto tor = open();
  ASSERT_TRUE(tor);
  for (const char* path : {"", "relative", "/a b", "/a\r\nSIGNAL HALT", "/a,b", "/a\"b", "/\xc3\xa9"}) {
    order.unix_path = path;
    EXPECT_CODE(tor->add_onion(seed_of_sevens(), order), Code::invalid) << path;
  }
  EXPECT_EQ(fake.count("ADD_ONION"), 0u);
}

TEST_F(TorTest, ADescriptorOfAnotherOrOneThatFailedIsNotUploaded) {
  auto tor = open();
  ASSERT_TRUE(tor);
  fake.say("650 HS_DESC UPLOADED " + std::string(56, 'a') + " UNKNOWN x\r\n650 HS_DESC FAILED " + fake.service_id() +
           " UNKNOWN x REASON=UPLOAD_REJECTED\r\n650 HS_DESC UPLOAD " + fake.service_id() + " UNKNOWN x\r\n");
  const auto uploaded = tor->wait_until_uploaded(fake.service_id(), 300);
  ASSERT_FALSE(uploaded);
  EXPECT_EQ(uploaded.error().code(), Code::unavailable);
  EXPECT_NE(uploaded.error().sentence().find("1 uploads failed"), std::string::npos) << uploaded.error().sentence();
}

TEST_F(TorTest, ADescriptorIsFetchedOnceADirectoryHasGivenIt) {
  auto tor = open();
  ASSERT_TRUE(tor);
  EXPECT_TRUE(tor->fetch_descriptor(fake.service_id(), 5000));
  EXPECT_EQ(fake.last("HSFETCH"), "HSFETCH " + fake.service_id());
}

TEST_F(TorTest, ADescriptorThatADirectoryDoesNotGiveIsNotFetched) {
  const std::string received = fake.fetch_event("RECEIVED", "");
  std::string of_others = received;
  of_others.replace(of_others.find("$AB"), 3, "$CD");
  const std::string uploads = "650 HS_DESC UPLOADED " + fake.service_id() + " UNKNOWN $AB~x\r\n650 HS_DESC FAILED " +
                              fake.service_id() + " UNKNOWN $AB~x REASON=UPLOAD_REJECTED\r\n";
  // Of a fetch before this one:
  fake.answer_with("SETEVENTS",
                   [&] { return FakeTor::Answer(fake.fetch_event("REQUESTED", "") + received + "250 OK\r\n"); });
  auto tor = open();
  ASSERT_TRUE(tor);
  fake.answer_with("HSFETCH", [&] {
    return FakeTor::Answer("250 OK\r\n" + uploads + fake.fetch_event("REQUESTED", " desc HSDIR_INDEX=1") + uploads +
                           of_others + fake.fetch_event("FAILED", " desc REASON=NOT_FOUND"));
  });
  const auto fetched = tor->fetch_descriptor(fake.service_id(), 5000);
  ASSERT_FALSE(fetched);
  EXPECT_NE(fetched.error().sentence().find("NOT_FOUND"), std::string::npos) << fetched.error().sentence();
  fake.answer_with("HSFETCH",
                   [&] { return FakeTor::Answer("250 OK\r\n" + fake.fetch_event("REQUESTED", "") + of_others); });
  EXPECT_CODE(tor->fetch_descriptor(fake.service_id(), 50), Code::unavailable) << "another directory's answer";
  fake.answer_with("HSFETCH", [] { return FakeTor::Answer("510 Unrecognized command\r\n"); });
  EXPECT_CODE(tor->fetch_descriptor(fake.service_id(), 50), Code::unavailable);
}

TEST_F(TorTest, WhereTorAsksNoDirectoryAgainNothingIsWaitedFor) {
  auto tor = open();
  ASSERT_TRUE(tor);
  fake.answer_with("HSFETCH", [] { return FakeTor::Answer("250 OK\r\n"); });
  EXPECT_TRUE(tor->fetch_descriptor(fake.service_id(), 50));
}

TEST_F(TorTest, AnOnionThatWasNotThereIsDeleted) {
  auto tor = open();
  ASSERT_TRUE(tor);
  fake.answer_with("DEL_ONION", [] { return FakeTor::Answer("552 Unknown Onion Service id\r\n"); });
  EXPECT_TRUE(tor->delete_onion(fake.service_id()));
  fake.answer_with("DEL_ONION", [] { return FakeTor::Answer("551 Internal\r\n"); });
  EXPECT_CODE(tor->delete_onion(fake.service_id()), Code::unavailable);
}

}  // namespace
}  // namespace muniment
