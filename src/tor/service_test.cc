#include "tor/service.h"

#include <atomic>

#include "testing/expect_code.h"
#include "testing/fixed_random.h"
#include "testing/temporary_folder.h"
#include "tor/tor_testing.h"

namespace muniment {
namespace {

class OnionServiceTest : public ::testing::Test {
 protected:
  Result<std::unique_ptr<OnionService>> start() {
    OnionSettings settings{
        .control = fake.control(), .order = {"/run/muniment/x.socket", clients, 0}, .limits = limits};
    OnionHooks hooks;
    hooks.checkpoint = [this] {
      const std::lock_guard lock(mutex);
      return Result<Bytes>(held);
    };
    hooks.fetch = [this](const std::string& url, const std::stop_token&) {
      const std::lock_guard lock(mutex);
      urls.push_back(url);
      return shown ? Result<Bytes>(*shown) : Result<Bytes>(Error(Code::unavailable, "no way"));
    };
    hooks.on_change = [this](const Result<void>& state) {
      const std::lock_guard lock(mutex);
      states.push_back(state ? "up" : std::string(name_of(state.error().code())));
      changed.notify_all();
    };
    return OnionService::start(posix_fs(), random, seed_of_sevens(), std::move(settings), std::move(hooks));
  }
  void show(std::optional<Bytes> bytes) {
    const std::lock_guard lock(mutex);
    shown = std::move(bytes);
  }
  std::vector<std::string> said() {
    const std::lock_guard lock(mutex);
    return states;
  }
  bool comes_to(const std::vector<std::string>& wanted) {
    std::unique_lock lock(mutex);
    changed.wait_for(lock, std::chrono::seconds(30), [&] { return states.size() >= wanted.size(); });
    EXPECT_EQ(states, wanted);
    return states == wanted;
  }

  TemporaryFolder folder;
  FakeTor fake{folder.path()};
  FixedRandom random;
  OnionLimits limits{.check_interval_ms = 20,
                     .upload_ms_max = 200,
                     .fetches_max = 2,
                     .first_wait_ms = 10,
                     .wait_ms_max = 40,
                     .control = {.answer_ms_max = 5000}};
  std::vector<X25519Public> clients;
  std::mutex mutex;
  std::condition_variable changed;
  Bytes held = Bytes(100, 'c');
  std::optional<Bytes> shown = held;
  std::vector<std::string> urls;
  std::vector<std::string> states;
};

TEST_F(OnionServiceTest, IsUpOnceItsDescriptorIsUploadedAndItsOwnCheckpointWasSeen) {
  const auto service = start();
  ASSERT_TRUE(service) << service.error().sentence();
  EXPECT_EQ((*service)->url(), "http://" + fake.service_id() + ".onion");
  EXPECT_TRUE(comes_to({"up"}));
  const std::lock_guard lock(mutex);
  EXPECT_EQ(urls.at(0), "http://" + fake.service_id() + ".onion/checkpoint");
}

TEST_F(OnionServiceTest, IsNotUpWithoutAnUpload) {
  fake.answer_with("ADD_ONION", [this] {
    return FakeTor::Answer("250-ServiceID=" + fake.service_id() + "\r\n250 OK\r\n650 HS_DESC FAILED " +
                           fake.service_id() + " UNKNOWN x\r\n");
  });
  const auto service = start();
  ASSERT_TRUE(service);
  EXPECT_TRUE(comes_to({"unavailable"}));
  EXPECT_TRUE(fake.wait_for("ADD_ONION", 2)) << "it is tried again";
  EXPECT_EQ(urls.size(), 0u);
}

TEST_F(OnionServiceTest, IsNotUpWhileAnotherCheckpointIsShown) {
  show(Bytes(100, 'x'));
  const auto service = start();
  ASSERT_TRUE(service);
  EXPECT_TRUE(comes_to({"forged"}));
  show(held);
  EXPECT_TRUE(comes_to({"forged", "up"}));
}

TEST_F(OnionServiceTest, IsNotUpWhileNoDirectoryGivesItsDescriptor) {
  fake.answer_with("HSFETCH", [this] {
    return FakeTor::Answer("250 OK\r\n" + fake.fetch_event("REQUESTED", "") +
                           fake.fetch_event("FAILED", " REASON=NOT_FOUND"));
  });
  const auto service = start();
  ASSERT_TRUE(service);
  EXPECT_TRUE(comes_to({"unavailable"}));
  EXPECT_TRUE(fake.wait_for("HSFETCH", limits.fetches_max + 1)) << "several times a look, and at the next one";
  {
    const std::lock_guard lock(mutex);
    EXPECT_EQ(urls.size(), 0u) << "by a descriptor that tor still has nobody is told that readers get through";
  }
  fake.answer_with("HSFETCH", nullptr);
  EXPECT_TRUE(comes_to({"unavailable", "up"}));
}

TEST_F(OnionServiceTest, IsTakenAwayAndAddedAgainWhenItNoLongerReachesItself) {
  const auto service = start();
  ASSERT_TRUE(service);
  EXPECT_TRUE(comes_to({"up"}));
  show(std::nullopt);
  EXPECT_TRUE(comes_to({"up", "unavailable"}));
  show(held);
  EXPECT_TRUE(comes_to({"up", "unavailable", "up"}));
  EXPECT_GE(fake.count("DEL_ONION"), 1u);
  EXPECT_GE(fake.count("ADD_ONION"), 2u);
  EXPECT_EQ(fake.count("PROTOCOLINFO"), 1u) << "over the connection that it had";
  EXPECT_EQ(fake.last("DEL_ONION"), "DEL_ONION " + fake.service_id());
}

TEST_F(OnionServiceTest, ComesBackOverANewConnectionWhenTorWasRestarted) {
  limits.check_interval_ms = 600'000;
  const auto service = start();
  ASSERT_TRUE(service);
  EXPECT_TRUE(comes_to({"up"}));
  fake.end_connection();
  EXPECT_TRUE(comes_to({"up", "unavailable", "up"})) << "at once, and not at the next look";
  EXPECT_EQ(fake.count("PROTOCOLINFO"), 2u);
}

TEST_F(OnionServiceTest, GoesOnTryingWhateverTheControlPortSays) {
  const auto service = start();
  ASSERT_TRUE(service);
  EXPECT_TRUE(comes_to({"up"}));
  std::atomic<int> turn = 0;
  fake.answer_with("PROTOCOLINFO", [&]() -> FakeTor::Answer {
    switch (turn++) {
      case 0: return std::nullopt;
      case 1: return std::string(100'000, 'x');
      case 2: return "515 no\r\n";
      case 3: return "650 HS_DESC UPLOADED " + fake.service_id() + " x\r\n250 OK\r\n";
      default: return "250-AUTH METHODS=SAFECOOKIE COOKIEFILE=\"" + folder.path() + "/cookie\"\r\n250 OK\r\n";
    }
  });
  fake.end_connection();
  EXPECT_TRUE(comes_to({"up", "unavailable", "up"}));
  EXPECT_EQ(turn.load(), 5);
}

TEST_F(OnionServiceTest, ReachesItselfByAKeyThatIsTakenAwayAgainWhereClientsNeedOne) {
  clients = {X25519Public{1}};
  limits.check_interval_ms = 600'000;
  const auto service = start();
  ASSERT_TRUE(service);
  EXPECT_TRUE(comes_to({"up"}));
  const std::string command = fake.last("ADD_ONION");
  EXPECT_EQ(fake.count("ONION_CLIENT_AUTH_ADD"), 1u);
  EXPECT_EQ(fake.words().back(), "ONION_CLIENT_AUTH_REMOVE");
  const std::string added = fake.last("ONION_CLIENT_AUTH_ADD");
  const Bytes secret = *from_base64(added.substr(added.rfind(':') + 1));
  const X25519Public own = x25519_public(Secret<32>::copy_of(ByteView(secret).first<32>()));
  EXPECT_NE(command.find(" ClientAuthV3=" + to_base32(clients[0])), std::string::npos);
  EXPECT_NE(command.find(" ClientAuthV3=" + to_base32(own)), std::string::npos);
}

TEST_F(OnionServiceTest, EndsSoonWhateverItWaitsFor) {
  limits.upload_ms_max = 600'000;
  fake.answer_with("ADD_ONION",
                   [this] { return FakeTor::Answer("250-ServiceID=" + fake.service_id() + "\r\n250 OK\r\n"); });
  auto service = start();
  ASSERT_TRUE(service);
  const auto begun = std::chrono::steady_clock::now();
  service->reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(5));
  EXPECT_TRUE(said().empty());
}

TEST_F(OnionServiceTest, DoesNotStartWhereTorRefuses) {
  fake.answer_with("ADD_ONION", [] { return FakeTor::Answer("551 no\r\n"); });
  EXPECT_CODE(start(), Code::unavailable);
}

}  // namespace
}  // namespace muniment
