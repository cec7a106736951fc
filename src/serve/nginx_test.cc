#include "serve/nginx.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "serve/serve_testing.h"
#include "testing/expect_code.h"
#include "testing/temporary_folder.h"

namespace muniment {
namespace {

class NginxTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::access(kNginx, X_OK) != 0) GTEST_SKIP() << "nginx is not installed here";
  }
};

const std::string kWithToken = bearer(kReading);

TEST_F(NginxTest, GivesWhatOurServerGivesAndNothingElse) {
  const TemporaryFolder folder;
  const Nginx nginx(folder.path(), Role::vault);
  for (const char* name :
       {"charter/1", "README.txt", "checkpoint", "tile/entries/x001/234.p/5", "deposits/ab/abcd/part-0000000"}) {
    nginx.place(name, "open");
    EXPECT_EQ(nginx.status(name), 200u) << name;
  }
  for (const char* name :
       {"deposits/ab/abcd/header-0", "deposits/ab/abcd/contents-0.age", "keyring/1/evidence/a.age"}) {
    nginx.place(name, "sealed");
    EXPECT_EQ(nginx.status(name), 401u) << name;
    EXPECT_EQ(nginx.status(name, {kWithToken + "r"}), 401u) << name;
    EXPECT_EQ(nginx.status(name, {kWithToken}), 200u) << name;
  }
  for (const char* name :
       {"home/head", "staging/1/0", "withdrawn/1/x", "public/index.html", "own.key", "charter/.hidden"}) {
    nginx.place(name, "private");
    EXPECT_EQ(nginx.status(name, {kWithToken}), 404u) << name;
  }
  nginx.place("incoming/a/receipt", "sent");
  EXPECT_EQ(nginx.status("incoming/a/receipt", {kWithToken}), 200u) << "as our own gives it to the home";
  EXPECT_EQ(nginx.status("incoming/", {kWithToken}), 200u);
  for (const char* name : {"incoming/a/receipt", "incoming/", "incoming", "incoming/a", "incoming/a/"})
    EXPECT_EQ(nginx.status(name), 404u) << name;
  for (const char* name : {"incoming", "incoming/a", "incoming/a/", "incoming/b"})
    EXPECT_EQ(nginx.status(name, {kWithToken}), 404u) << name;
  for (const char* name : {"", "charter", "charter/", "deposits/", "charter/%2e%2e/home/head"})
    EXPECT_EQ(nginx.status(name, {kWithToken}), 404u) << name;
  ASSERT_EQ(::symlink(nginx.at("home/head").c_str(), nginx.at("charter/2").c_str()), 0);
  EXPECT_NE(nginx.status("charter/2"), 200u) << "a link";
  for (const char* method : {"POST", "DELETE"}) EXPECT_EQ(nginx.status("charter/1", {kWithToken}, method), 405u);
  EXPECT_EQ(nginx.status("charter/1", {kWithToken}, "PUT"), 401u);
}

TEST_F(NginxTest, TellsNoTimeAndKeepsNoLog) {
  const TemporaryFolder folder;
  const Nginx nginx(folder.path(), Role::vault);
  nginx.place("checkpoint", "head");
  const auto client = HttpClient::make({});
  HttpRequest request;
  request.url = nginx.address + "/checkpoint";
  request.body_bytes_max = 100;
  const auto answer = (*client)->exchange(request);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->header("last-modified"), nullptr);
  EXPECT_EQ(answer->header("etag"), nullptr) << "nginx makes it from the time";
  EXPECT_EQ(*answer->header("cache-control"), "no-cache");
  EXPECT_EQ(nginx.status("nothing"), 404u);
  nginx.place("incoming/a/receipt", "one");
  EXPECT_GE(nginx.status("incoming/a", {bearer(kSending)}, "PUT", as_view("in a folder's place")), 400u);
  const auto errors = read_file(posix_fs(), folder.path() + "/errors", 1 << 20);
  for (const std::string& told : {std::string("127.0.0.1"), kSending})
    EXPECT_TRUE(!errors || as_text(*errors).find(told) == std::string_view::npos) << told;
}

TEST_F(NginxTest, APublicMirrorGivesNothingSealed) {
  const TemporaryFolder folder;
  const Nginx nginx(folder.path(), Role::published);
  for (const char* name : {"deposits/ab/abcd/header-0", "deposits/ab/abcd/part-0000000", "keyring/1/evidence/a.age"}) {
    nginx.place(name, "sealed");
    EXPECT_EQ(nginx.status(name, {kWithToken}), 404u) << name;
  }
  nginx.place("public/index.html", "page");
  EXPECT_EQ(nginx.status("public/index.html"), 200u);
}

TEST(NginxConfigurationTest, TakesNoUploadsWhereNobodyHasATokenForThem) {
  ServeSettings settings;
  settings.root = "/srv/copy";
  settings.listen = "127.0.0.1:80";
  const auto none = nginx_configuration(settings);
  EXPECT_EQ(none->find("dav"), std::string::npos);
  EXPECT_EQ(none->find("PUT"), std::string::npos);
  settings.tokens = tokens_at("http://another.example");  // those of a visitor
  EXPECT_EQ(*nginx_configuration(settings), *none);
  settings.tokens = tokens_at("");
  EXPECT_NE(nginx_configuration(settings)->find("dav_methods PUT;"), std::string::npos);
}

TEST(NginxConfigurationTest, RefusesPathsThatWouldMeanSomethingElseThere) {
  for (const char* path : {"relative", "/a\"; root /", "/a$uri", "/a\\", "/a\nb", ""})
    EXPECT_CODE(nginx_configuration({path, "127.0.0.1:80", Role::vault, {}, {}}), Code::invalid) << path;
}

}  // namespace
}  // namespace muniment
