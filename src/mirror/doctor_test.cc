#include "mirror/doctor.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "mirror/copies_testing.h"
#include "testing/expect_code.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

/// A mirror made of one function: path and request in, status out.
class Visited final : public HttpClient {
 public:
  using Answer = std::function<unsigned(const std::string& path, const HttpRequest& request)>;
  explicit Visited(Answer answer) : answer_(std::move(answer)) {}

  Result<HttpResponse> exchange(const HttpRequest& request) override {
    asked.push_back(request.method + " " + request.url.substr(kAddress.size()));
    if (is_gone) return Error(Code::unavailable, "no connection");
    HttpResponse response;
    response.status = answer_(request.url.substr(kAddress.size()), request);
    response.headers = headers;
    return response;
  }

  static inline const std::string kAddress = "http://127.0.0.1:1";
  std::vector<std::string> asked;
  std::vector<std::pair<std::string, std::string>> headers;
  bool is_gone = false;

 private:
  Answer answer_;
};

class DoctorTest : public ::testing::Test {
 protected:
  DoctorTest() { id = office.deposit(1)[0]; }

  Result<Examination> examine(Visited& mirror, const Token* depositor = nullptr) {
    const ArchiveView view = *view_archive(office.store(), office.pin());
    return examine_mirror(mirror, Visited::kAddress, view, depositor, random);
  }
  std::set<std::string> kinds(Visited mirror, const Token* depositor = nullptr) {
    const auto found = examine(mirror, depositor);
    std::set<std::string> kinds;
    for (const Leak& leak : found ? found->leaks : std::vector<Leak>{}) kinds.insert(leak.kind);
    return kinds;
  }
  static unsigned careful(const std::string& path, const HttpRequest& request) {
    if (request.method != "GET") return 405;
    return path == "/checkpoint" ? 200 : 404;
  }
  static Visited::Answer careful_but(
      std::function<std::optional<unsigned>(const std::string&, const HttpRequest&)> odd) {
    return [odd = std::move(odd)](const std::string& path, const HttpRequest& request) {
      const auto status = odd(path, request);
      return status ? *status : careful(path, request);
    };
  }

  FixedRandom random;
  MemoryFs fs;
  Office office{fs, random};
  Sha256 id;
  Token token{Token::Right::deposit, SecretBytes::copy_of(as_view(std::string(32, 's'))), Visited::kAddress};
};

using Kinds = std::set<std::string>;

TEST_F(DoctorTest, FindsNothingWhereNothingLeaks) {
  Visited mirror(careful);
  const auto found = examine(mirror);
  ASSERT_TRUE(found) << found.error().sentence();
  EXPECT_TRUE(found->leaks.empty()) << found->leaks[0].sentence;
  EXPECT_EQ(found->looked_at.size(), 5u);
}

TEST_F(DoctorTest, NamesEachLeakByItself) {
  const auto gives = [](const std::string& start) {
    return careful_but([start](const std::string& path, const HttpRequest& request) -> std::optional<unsigned> {
      if (request.method == "GET" && path.starts_with(start)) return 200;
      return std::nullopt;
    });
  };
  EXPECT_EQ(kinds(Visited(gives("/home/"))), Kinds{"private"});
  EXPECT_EQ(kinds(Visited(gives("/withdrawn/"))), Kinds{"private"});
  EXPECT_EQ(kinds(Visited(gives("/tile/"))), Kinds{"listing"});
  EXPECT_EQ(kinds(Visited(gives("/" + deposit_folder(id) + "/header-0"))), Kinds{"seals"});
  EXPECT_EQ(kinds(Visited(gives("/keyring/1/"))), Kinds{"seals"});
  for (const char* method : {"PUT", "DELETE"}) {
    EXPECT_EQ(kinds(Visited(careful_but([&](const std::string& path, const HttpRequest& r) -> std::optional<unsigned> {
                if (r.method == method && path.starts_with("/deposits/")) return 204;
                return std::nullopt;
              }))),
              Kinds{"writing"})
        << method;
  }
  for (const char* header : {"set-cookie", "last-modified", "via", "server"}) {
    Visited mirror(careful);
    mirror.headers = {{header, "thing/1.0"}};
    EXPECT_EQ(kinds(mirror), Kinds{"visit"}) << header;
  }
}

TEST_F(DoctorTest, TriesWhatADepositorMayDoWhenItIsTold) {
  const auto depositor = [](unsigned overwriting, unsigned reading, unsigned deleting, unsigned listing = 404) {
    auto created = std::make_shared<std::set<std::string>>();
    return careful_but([=](const std::string& path, const HttpRequest& request) -> std::optional<unsigned> {
      const bool has_token = !request.headers.empty();
      if (!has_token || !path.starts_with("/incoming/")) return std::nullopt;
      if (request.method == "PUT") return created->insert(path).second ? 201 : overwriting;
      if (request.method == "GET") return path.ends_with('/') ? listing : reading;
      return deleting;
    });
  };
  EXPECT_EQ(kinds(Visited(depositor(412, 404, 405)), &token), Kinds{});
  EXPECT_EQ(kinds(Visited(depositor(200, 404, 405)), &token), Kinds{"writing"});
  EXPECT_EQ(kinds(Visited(depositor(412, 200, 405)), &token), Kinds{"reading back"});
  EXPECT_EQ(kinds(Visited(depositor(412, 404, 204)), &token), Kinds{"writing"});
  EXPECT_EQ(kinds(Visited(depositor(412, 404, 405, 200)), &token), Kinds{"listing"});
  EXPECT_EQ(kinds(Visited(careful), &token), Kinds{"unclear"}) << "a token that may do nothing";
}

TEST_F(DoctorTest, TouchesNothingOfTheCopy) {
  Visited mirror([](const std::string&, const HttpRequest&) { return 200u; });
  ASSERT_TRUE(examine(mirror, &token));
  const Files objects = office.objects();
  for (const std::string& asked : mirror.asked) {
    const bool writes = asked.starts_with("PUT ") || asked.starts_with("DELETE ");
    EXPECT_TRUE(!writes || asked.find("doctor-") != std::string::npos) << asked;
    EXPECT_FALSE(writes && objects.contains(asked.substr(asked.find('/') + 1))) << asked;
  }
}

TEST_F(DoctorTest, SaysThatItCouldNotAsk) {
  Visited mirror(careful);
  mirror.is_gone = true;
  EXPECT_CODE(examine(mirror), Code::unavailable);
}

}  // namespace
}  // namespace muniment
