#include "tor/control.h"

#include "testing/expect_code.h"
#include "testing/temporary_folder.h"
#include "tor/tor_testing.h"

namespace muniment {
namespace {

class ControlTest : public ::testing::Test {
 protected:
  /// A connection to something that answers WORD so.
  std::unique_ptr<ControlConnection> connect(FakeTor::Answer answer, ControlLimits limits = {}) {
    tor.answer_with("WORD", [answer] { return answer; });
    auto connection = ControlConnection::open(tor.control(), limits);
    MUNIMENT_CHECK(connection.has_value());
    return std::move(*connection);
  }

  TemporaryFolder folder;
  FakeTor tor{folder.path()};
};

TEST_F(ControlTest, GivesWholeAnswersAndKeepsEventsApart) {
  const auto connection = connect("650 NEWS one\r\n250-a\r\n650-NEWS more\r\n650 NEWS two\r\n250 b\r\n");
  const auto reply = connection->ask("WORD");
  ASSERT_TRUE(reply) << reply.error().sentence();
  EXPECT_EQ(reply->lines, (std::vector<std::string>{"a", "b"}));
  const auto soon = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  EXPECT_EQ(**connection->next_event(soon), "NEWS one");
  EXPECT_EQ(**connection->next_event(soon), "NEWS two");
  EXPECT_FALSE(connection->next_event(std::chrono::steady_clock::now() + std::chrono::milliseconds(20))->has_value());
}

TEST_F(ControlTest, ALineWithoutAnEndIsNotReadFurther) {
  const auto connection = connect(std::string(1 << 20, '2'));
  EXPECT_CODE(connection->ask("WORD"), Code::limit);
  EXPECT_CODE(connection->ask("WORD"), Code::unavailable) << "it has ended";
}

TEST_F(ControlTest, AnAnswerThatIsThereTooLateIsNone) {
  const auto connection = connect("", {.answer_ms_max = 0});
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!tor.say("250 OK\r\n") && std::chrono::steady_clock::now() < patience) std::this_thread::yield();
  EXPECT_CODE(connection->ask("WORD"), Code::unavailable) << "it lay there, but the time was over";
}

TEST_F(ControlTest, AnAnswerWithoutAnEndIsNotReadFurther) {
  std::string lines;
  for (int i = 0; i < 1000; ++i) lines += "250-more\r\n";
  EXPECT_CODE(connect(lines)->ask("WORD"), Code::limit);
}

TEST_F(ControlTest, AFloodOfEventsEndsWithTheTime) {
  const auto connection = connect("", {.events_max = 10, .answer_ms_max = 200});
  const auto begun = std::chrono::steady_clock::now();
  std::jthread floods([&](const std::stop_token& stop) {
    std::string flood;
    for (int i = 0; i < 10'000; ++i) flood += "650 NEWS\r\n";
    while (!stop.stop_requested() && std::chrono::steady_clock::now() < begun + std::chrono::seconds(20))
      tor.say(flood);
  });
  EXPECT_CODE(connection->ask("WORD"), Code::unavailable);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(10));
}

TEST_F(ControlTest, OnceTheTimeIsOverNoEventIsGivenHoweverManyWait) {
  const auto connection = connect("650 NEWS one\r\n650 NEWS two\r\n250 OK\r\n");
  ASSERT_TRUE(connection->ask("WORD"));
  const auto now = std::chrono::steady_clock::now();
  EXPECT_FALSE(connection->next_event(now - std::chrono::milliseconds(1))->has_value());
  EXPECT_EQ(**connection->next_event(now + std::chrono::minutes(1)), "NEWS one");
}

TEST_F(ControlTest, WhatIsNoAnswerIsRefused) {
  for (const char* answer :
       {"250-a\r\n251 b\r\n", "250+data=\r\n.\r\n250 OK\r\n", "HTTP/1.1 400 Bad Request\r\n", "\r\n"})
    EXPECT_CODE(connect(answer)->ask("WORD"), Code::corrupt) << answer;
}

TEST_F(ControlTest, SilenceEndsWithTheTime) {
  EXPECT_CODE(connect("", {.answer_ms_max = 50})->ask("WORD"), Code::unavailable);
  EXPECT_CODE(connect("250-begun\r\n250 no end", {.answer_ms_max = 50})->ask("WORD"), Code::unavailable);
}

TEST_F(ControlTest, AConnectionThatIsCutInTheMiddleIsNamed) {
  EXPECT_CODE(connect(std::nullopt)->ask("WORD"), Code::unavailable);
  const auto connection = connect("250-half an ans");
  std::jthread cuts([&] {
    EXPECT_TRUE(tor.wait_for("WORD", 2));
    tor.end_connection();
  });
  EXPECT_CODE(connection->ask("WORD"), Code::unavailable);
}

TEST_F(ControlTest, WhoWaitsIsFreedByACut) {
  const auto connection = connect("250 OK\r\n");
  std::jthread cuts([&] { connection->cut(); });
  EXPECT_CODE(connection->next_event(std::chrono::steady_clock::now() + std::chrono::minutes(5)), Code::unavailable);
}

TEST_F(ControlTest, IsOnThisMachineOnly) {
  for (const char* where : {"", "control", "192.0.2.1:9051", "localhost:9051", "127.0.0.1", "127.0.0.1:0",
                            "127.0.0.1:65536", "[::2]:9051", "127.1:9051"})
    EXPECT_CODE(ControlConnection::open(where, {}), Code::invalid) << where;
  EXPECT_CODE(ControlConnection::open("/" + std::string(200, 'x'), {}), Code::invalid);
  EXPECT_CODE(ControlConnection::open(folder.path() + "/nothing", {}), Code::not_found);
  EXPECT_CODE(ControlConnection::open(folder.path() + "/cookie", {}), Code::unavailable) << "a file, and no socket";
}

}  // namespace
}  // namespace muniment
