// The tor of this machine, as far as an onion service needs it. Spec: Tor's control-spec, sections 3.24
// (AUTHCHALLENGE), 3.26 (HSFETCH), 3.27 (ADD_ONION), 3.28 (DEL_ONION), 3.30 (ONION_CLIENT_AUTH_ADD).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/fs.h"
#include "base/random.h"
#include "crypto/x25519.h"
#include "tor/control.h"

namespace muniment {

/// What tor is to do with an onion.
struct OnionOrder {
  std::string unix_path;              // where its port 80 leads; letters, digits and "/._-" only
  std::vector<X25519Public> clients;  // that may reach it; none: everybody
  unsigned streams_max = 0;           // of one client's circuit at once; 0: any
};

/// Authenticated. For one thread; cut() for any.
class Tor {
 public:
  /// Errors: those of ControlConnection::open and its questions, `unsupported` for a tor without cookies, `denied` for
  /// a cookie that cannot be read or is not the right one.
  static Result<Tor> open(const std::string& control, Fs& fs, Random& random, const ControlLimits& limits = {});

  /// The onion of this key is there as long as this connection is; tor keeps the key in memory only. With tor's proof
  /// of work against floods where it knows that. Errors: `invalid` for the order, `conflict` when tor has it already,
  /// `forged` when it names another address.
  Result<void> add_onion(const Secret<32>& seed, const OnionOrder& order);
  /// Success also where there was none.
  Result<void> delete_onion(const std::string& address);
  /// Waits until a descriptor of this address has been uploaded. Errors: `unavailable` when that takes longer.
  Result<void> wait_until_uploaded(const std::string& address, std::uint64_t wait_ms);
  /// Has tor fetch the descriptor of this address from a directory of its network, whatever it has kept of it. Success
  /// also where tor asks none, which is when it has asked them all within some minutes. Errors: `unavailable` where the
  /// directory does not have it, or does not answer in time.
  Result<void> fetch_descriptor(const std::string& address, std::uint64_t wait_ms);
  /// Success after so many milliseconds of nothing but events; an error as soon as the connection ends.
  Result<void> rest(std::uint64_t wait_ms);
  /// This tor's own clients may reach the address by this key, until it is taken away or tor ends; it is not written.
  Result<void> add_client_key(const std::string& address, const Secret<32>& key);
  Result<void> remove_client_key(const std::string& address);
  void cut() { connection_->cut(); }

 private:
  explicit Tor(std::unique_ptr<ControlConnection> connection) : connection_(std::move(connection)) {}
  Result<void> authenticate(Fs& fs, Random& random);

  std::unique_ptr<ControlConnection> connection_;
};

}  // namespace muniment
