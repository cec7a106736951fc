// A mirror as an onion service: brought up through tor's control port, announced once it was reached from outside, and
// brought up again when it no longer is. Spec: docs/formats.md "A copy as an onion service".
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "tor/tor.h"

namespace muniment {

struct OnionLimits {
  std::uint64_t check_interval_ms = 600'000;  // between looks at itself from outside
  std::uint64_t upload_ms_max = 120'000;      // from ADD_ONION until a descriptor is uploaded
  std::uint64_t descriptor_ms_max = 60'000;   // from HSFETCH until a directory has given the descriptor
  unsigned fetches_max = 3;                   // of one look: a circuit may fail by chance
  std::uint64_t first_wait_ms = 2'000;        // before it is tried again; each further wait is twice as long
  std::uint64_t wait_ms_max = 300'000;        // of a single wait
  ControlLimits control;
};

struct OnionSettings {
  std::string control;  // tor's control port: a path, or a port of this machine
  OnionOrder order;     // its clients: those of others
  OnionLimits limits;
};

/// What the service asks for and tells; all but `checkpoint` is called by the service's own thread.
struct OnionHooks {
  /// The checkpoint that the copy shows now.
  std::function<Result<Bytes>()> checkpoint;
  /// What is at an address, asked over a circuit that nothing else uses. Ends soon once `stop` is asked for.
  std::function<Result<Bytes>(const std::string& url, const std::stop_token& stop)> fetch;
  /// Success: it is up, and was reached from outside. An error: it is not, and why. Each time that this changes.
  std::function<void(const Result<void>& state)> on_change;
};

class OnionService {
 public:
  /// Tor has the onion once this returns; the rest goes on until this is destroyed. The doors outlive it. Errors: those
  /// of Tor::open and Tor::add_onion.
  static Result<std::unique_ptr<OnionService>> start(Fs& fs, Random& random, Secret<32> seed, OnionSettings settings,
                                                     OnionHooks hooks);
  ~OnionService();

  /// "http://….onion"
  std::string url() const { return "http://" + address_ + ".onion"; }

 private:
  OnionService(Fs& fs, Random& random, Secret<32> seed, OnionSettings settings, OnionHooks hooks);
  Result<void> bring_up();
  void run(const std::stop_token& stop);
  Result<void> prove(const std::stop_token& stop);
  Result<void> look_from_outside(const std::stop_token& stop);
  Result<void> look_once(const std::stop_token& stop);
  Result<void> fetch_and_compare(const std::stop_token& stop);
  Result<void> rest_and_look(const std::stop_token& stop);
  bool wait(const std::stop_token& stop, std::uint64_t milliseconds);

  Fs& fs_;
  Random& random_;
  const Secret<32> seed_;
  const OnionSettings settings_;
  const OnionHooks hooks_;
  const std::string address_;    // without ".onion"
  const Secret<32> own_client_;  // by which this looks at itself where clients need a key; of this run
  OnionOrder order_;             // with its own client
  std::mutex mutex_;             // over tor_ as it is changed, and cut by another thread
  std::optional<Tor> tor_;       // connected, as far as is known
  std::condition_variable_any ending_;
  std::jthread watchdog_;
};

/// For OnionHooks: through `proxy`, with credentials of its own each time, so that tor takes a circuit of its own.
Result<Bytes> fetch_by_own_circuit(const std::string& proxy, Random& random, const std::string& url,
                                   std::uint64_t bytes_max, const std::stop_token& stop);

}  // namespace muniment
