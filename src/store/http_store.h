// A store on a web server: any static one that serves the layout, an onion service, or our own. Spec: docs/formats.md
// "A copy over HTTP".
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "store/http_retry.h"
#include "store/store.h"
#include "store/token_file.h"

namespace muniment {

/// Reads, and creates below incoming/ where it has a token for that. What the server says of lengths and ranges is
/// checked here, what its bytes are by the caller. A transfer that breaks off goes on where it broke. A server that
/// could not be reached in all tries is not asked again by this store, so that a run ends soon and says why.
class HttpStore final : public Store {
 public:
  /// `address` is "https://mirror.example/archive" or "http://….onion"; of `tokens` those of this address are used, and
  /// sent only with the requests that need them. All that is referred to outlives this.
  HttpStore(std::unique_ptr<HttpClient> client, Sleeper& sleeper, std::string address, const std::vector<Token>& tokens,
            RetryLimits limits = {});

  std::string where() const override { return address_; }
  /// Errors also: `denied` for what needs a token.
  Result<Bytes> get(const ObjectName& name, std::uint64_t bytes_max) override;
  Result<Bytes> get_on(const ObjectName& name, std::uint64_t bytes_max, Unfinished& unfinished) override;
  Result<std::uint64_t> size(const ObjectName& name) override;
  /// Below incoming/ only, durable once this returns. Errors also: `unsupported` elsewhere, `denied`; `conflict` as
  /// well where something is there and the server, which gives it to nobody, does not say whether it is the same.
  Result<void> put(const ObjectName& name, ByteView bytes) override;
  Result<void> flush() override { return {}; }
  /// Of incoming/ the whole arrivals, for who has a token for reading. `unsupported` elsewhere. Errors also: `denied`,
  /// `corrupt`.
  Result<std::vector<std::string>> list(const ObjectName& folder) override;
  /// `unsupported`: nobody replaces or removes from afar.
  Result<void> replace(const ObjectName& name, ByteView bytes) override;
  Result<void> remove(const ObjectName& name) override;
  Result<void> move(const ObjectName& from, const ObjectName& to, std::uint64_t bytes_max) override;

 private:
  HttpRequest request_for(const ObjectName& name, const char* method) const;
  Result<Bytes> fetch(const ObjectName& name, std::uint64_t bytes_max, Unfinished* unfinished);
  Result<HttpResponse> ask(const HttpRequest& request);
  Error refusal(const ObjectName& name, const HttpResponse& answer) const;
  Error unsupported(const char* what) const;
  Error remember(Error error);

  std::unique_ptr<HttpClient> client_;
  HttpRetry retry_;
  std::string address_;
  const std::vector<Token>& tokens_;
  std::optional<Error> gone_;  // why the server is not asked any more
};

}  // namespace muniment
