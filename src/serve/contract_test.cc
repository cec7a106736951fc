// A store over HTTP against the contract of all stores: at our own server, and at nginx.
#include "serve/serve_testing.h"
#include "testing/store_contract.h"
#include "testing/temporary_folder.h"

namespace muniment {
namespace {

class ServerSubject final : public StoreSubject {
 public:
  Store& store() override { return store_; }
  void place(const std::string& name, const std::string& text) override { served_.place(name, text); }
  std::optional<std::string> look(const std::string& name) override { return served_.look(name); }
  bool creates_anywhere() const override { return false; }
  bool changes_and_lists() const override { return false; }

 private:
  TemporaryFolder folder_;
  Served served_{folder_.path()};
  std::vector<Token> tokens_ = tokens_at(served_.server->address());
  HttpStore store_{*HttpClient::make({}), system_sleeper(), served_.server->address(), tokens_};
};

class NginxSubject final : public StoreSubject {
 public:
  Store& store() override { return store_; }
  void place(const std::string& name, const std::string& text) override { nginx_.place(name, text); }
  std::optional<std::string> look(const std::string& name) override { return nginx_.look(name); }
  bool creates_anywhere() const override { return false; }
  bool changes_and_lists() const override { return false; }

 private:
  TemporaryFolder folder_;
  Nginx nginx_{folder_.path()};
  std::vector<Token> tokens_ = tokens_at(nginx_.address);
  HttpStore store_{*HttpClient::make({}), system_sleeper(), nginx_.address, tokens_};
};

}  // namespace

INSTANTIATE_TEST_SUITE_P(OwnServer, StoreContract, ::testing::Values([]() -> std::unique_ptr<StoreSubject> {
                           return std::make_unique<ServerSubject>();
                         }));

INSTANTIATE_TEST_SUITE_P(Nginx, StoreContract, ::testing::Values([]() -> std::unique_ptr<StoreSubject> {
                           if (::access(kNginx, X_OK) != 0) return nullptr;
                           return std::make_unique<NginxSubject>();
                         }));

}  // namespace muniment
