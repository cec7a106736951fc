#include "mirror/probe.h"

#include <gtest/gtest.h>

#include "mirror/copies_testing.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"
#include "testing/scripted_server.h"

namespace muniment {
namespace {

using Then = ScriptedAnswer::Then;

class ProbeTest : public ::testing::Test {
 protected:
  ProbeTest() {
    office.deposit(1);
    canary = {.name = "deposits/aa/x/part-0000000", .size_bytes = 9000, .beginning = Bytes(5000, 'c')};
  }

  std::string checkpoint() { return office.head().note; }
  Probe probe(std::vector<ScriptedAnswer> answers) {
    const ScriptedServer server(std::move(answers));
    return probe_at(server.address());
  }
  Probe probe_at(const std::string& address) {
    const auto client = HttpClient::make({.proxy = {}, .connect_timeout_ms = 1000, .stall_timeout_s = 1});
    return probe_mirror(**client, address, office.charter().charter.log(), canary);
  }

  FixedRandom random;
  MemoryFs fs;
  Office office{fs, random};
  Canary canary;
};

TEST_F(ProbeTest, AnswersWithWhatIsOurs) {
  const Probe found = probe({{http_answer(200, checkpoint())},
                             {http_answer(206, std::string(5000, 'c'), "Content-Range: bytes 0-4999/9000\r\n")}});
  EXPECT_EQ(found.reach, Reach::answers) << found.sentence;
  EXPECT_EQ(found.head->head, office.head().head);
  EXPECT_EQ(probe({{http_answer(200, checkpoint())}, {http_answer(200, std::string(9000, 'c'))}}).reach, Reach::answers)
      << "a server without ranges";
  for (const unsigned status : {404u, 401u}) {
    const Probe partial = probe({{http_answer(200, checkpoint())}, {http_answer(status, "")}});
    EXPECT_EQ(partial.reach, Reach::answers) << status;
  }
}

TEST_F(ProbeTest, TellsAnotherServersAnswerFromOurs) {
  EXPECT_EQ(probe({{http_answer(200, "<html>Log in to the network</html>")}}).reach, Reach::foreign);
  std::string altered = checkpoint();
  altered[altered.size() - 5] ^= 1;
  EXPECT_EQ(probe({{http_answer(200, altered)}}).reach, Reach::foreign);
  EXPECT_EQ(probe({{http_answer(200, checkpoint())}, {http_answer(200, std::string(9000, 'x'))}}).reach,
            Reach::foreign);
  EXPECT_EQ(probe({{http_answer(200, checkpoint())}, {http_answer(206, std::string(10, 'c'))}}).reach, Reach::foreign);
  EXPECT_EQ(probe({{http_answer(200, checkpoint())}, {http_answer(200, std::string(9001, 'c'))}}).reach, Reach::foreign)
      << "longer than the object is";
}

TEST_F(ProbeTest, SaysAtWhichStageTheWayEnds) {
  EXPECT_EQ(probe_at("https://name.invalid").reach, Reach::name);
  EXPECT_EQ(probe_at("http://127.0.0.1:1").reach, Reach::connection);
  const ScriptedServer plain({{http_answer(200, "plain"), Then::close}});
  EXPECT_EQ(probe_at("https" + plain.address().substr(4)).reach, Reach::tls);
  EXPECT_EQ(probe({{http_answer(503, "")}}).reach, Reach::refused);
  EXPECT_EQ(probe({{http_answer(200, checkpoint())}, {http_answer(451, "")}}).reach, Reach::refused);
  EXPECT_EQ(probe({{http_answer(302, "", "Location: https://block.example/\r\n")}}).reach, Reach::refused);

  const std::string cut = "HTTP/1.1 206 Partial Content\r\nContent-Length: 5000\r\n\r\n" + std::string(1234, 'c');
  for (const Then then : {Then::close, Then::stall}) {
    const Probe found = probe({{http_answer(200, checkpoint())}, {cut, then}});
    EXPECT_EQ(found.reach, Reach::cut) << found.sentence;
    EXPECT_EQ(found.bytes, 1234u);
  }
}

TEST_F(ProbeTest, HasANameForEveryStage) {
  std::set<std::string_view> names;
  for (const Reach reach : {Reach::answers, Reach::name, Reach::proxy, Reach::connection, Reach::tls, Reach::cut,
                            Reach::refused, Reach::foreign})
    names.insert(name_of(reach));
  EXPECT_EQ(names.size(), 8u);
}

}  // namespace
}  // namespace muniment
