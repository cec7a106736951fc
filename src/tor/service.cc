#include "tor/service.h"

#include <algorithm>
#include <chrono>

#include "base/encoding.h"
#include "crypto/random.h"
#include "store/http_client.h"
#include "tor/address.h"

namespace muniment {

OnionService::OnionService(Fs& fs, Random& random, Secret<32> seed, OnionSettings settings, OnionHooks hooks)
    : fs_(fs),
      random_(random),
      seed_(std::move(seed)),
      settings_(std::move(settings)),
      hooks_(std::move(hooks)),
      address_(onion_address(ed25519_public(seed_))),
      own_client_(random_secret<32>(random)),
      order_(settings_.order) {
  if (!order_.clients.empty()) order_.clients.push_back(x25519_public(own_client_));
}

Result<std::unique_ptr<OnionService>> OnionService::start(Fs& fs, Random& random, Secret<32> seed,
                                                          OnionSettings settings, OnionHooks hooks) {
  std::unique_ptr<OnionService> service(
      new OnionService(fs, random, std::move(seed), std::move(settings), std::move(hooks)));
  TRY(service->bring_up());
  service->watchdog_ = std::jthread([self = service.get()](const std::stop_token& stop) { self->run(stop); });
  return service;
}

OnionService::~OnionService() {
  watchdog_.request_stop();
  if (watchdog_.joinable()) watchdog_.join();
}

/// Makes tor have the onion anew, over the connection that is there or a new one. On an error there is no connection.
Result<void> OnionService::bring_up() {
  if (tor_) {
    auto added = tor_->delete_onion(address_);
    if (added) added = tor_->add_onion(seed_, order_);
    if (added) return {};
    const std::lock_guard lock(mutex_);
    tor_.reset();
  }
  TRY_ASSIGN(Tor tor, Tor::open(settings_.control, fs_, random_, settings_.limits.control));
  TRY(tor.add_onion(seed_, order_));
  const std::lock_guard lock(mutex_);
  tor_ = std::move(tor);
  return {};
}

void OnionService::run(const std::stop_token& stop) {
  const std::stop_callback cuts(stop, [this] {
    const std::lock_guard lock(mutex_);
    if (tor_) tor_->cut();
  });
  const OnionLimits& limits = settings_.limits;
  Result<void> state = prove(stop);
  std::optional<bool> was_up;
  std::uint64_t wait_ms = limits.first_wait_ms;
  while (!stop.stop_requested()) {
    if (was_up != state.has_value()) hooks_.on_change(state);
    was_up = state.has_value();
    if (state) {
      wait_ms = limits.first_wait_ms;
      state = rest_and_look(stop);
      continue;
    }
    if (!wait(stop, wait_ms)) return;
    wait_ms = std::min(2 * wait_ms, limits.wait_ms_max);
    state = bring_up();
    if (state && !stop.stop_requested()) state = prove(stop);
  }
}

/// After tor was given the onion: until it has been seen from outside.
Result<void> OnionService::prove(const std::stop_token& stop) {
  TRY(tor_->wait_until_uploaded(address_, settings_.limits.upload_ms_max));
  return look_from_outside(stop);
}

Result<void> OnionService::rest_and_look(const std::stop_token& stop) {
  TRY(tor_->rest(settings_.limits.check_interval_ms));
  return look_from_outside(stop);
}

Result<void> OnionService::look_from_outside(const std::stop_token& stop) {
  const bool needs_key = !order_.clients.empty();
  if (needs_key) TRY(tor_->add_client_key(address_, own_client_));
  Result<void> seen = look_once(stop);
  for (unsigned tries = 1; !seen && tries < settings_.limits.fetches_max; ++tries) {
    if (!wait(stop, settings_.limits.first_wait_ms)) break;
    seen = look_once(stop);
  }
  if (needs_key) TRY(tor_->remove_client_key(address_));
  return seen;
}

/// As a reader comes who has never been here: first to a directory, then to the onion.
Result<void> OnionService::look_once(const std::stop_token& stop) {
  TRY(tor_->fetch_descriptor(address_, settings_.limits.descriptor_ms_max));
  return fetch_and_compare(stop);
}

Result<void> OnionService::fetch_and_compare(const std::stop_token& stop) {
  TRY_ASSIGN(const Bytes before, hooks_.checkpoint());
  auto fetched = hooks_.fetch(url() + "/checkpoint", stop);
  if (!fetched) return fetched.error().in("the mirror does not reach itself through Tor");
  if (*fetched == before) return {};
  TRY_ASSIGN(const Bytes after, hooks_.checkpoint());  // the copy may have been brought up to date in between
  if (*fetched == after) return {};
  return Error(Code::forged, "at " + url() +
                                 " another checkpoint is shown than that of this copy: somebody else has "
                                 "the key of this address, and answers there");
}

/// False when it ended because the service does.
bool OnionService::wait(const std::stop_token& stop, std::uint64_t milliseconds) {
  std::unique_lock lock(mutex_);
  ending_.wait_for(lock, stop, std::chrono::milliseconds(milliseconds), [&] { return stop.stop_requested(); });
  return !stop.stop_requested();
}

Result<Bytes> fetch_by_own_circuit(const std::string& proxy, Random& random, const std::string& url,
                                   std::uint64_t bytes_max, const std::stop_token& stop) {
  constexpr std::size_t kCircuitBytes = 16;
  constexpr std::uint64_t kPatienceMs = 60'000;  // a first way to an onion takes tens of seconds on a bad day
  Bytes circuit(kCircuitBytes);
  random.fill(circuit);
  TRY_ASSIGN(const auto client, HttpClient::make({.proxy = proxy,
                                                  .proxy_circuit = to_hex(circuit),
                                                  .connect_timeout_ms = kPatienceMs,
                                                  .stall_timeout_s = kPatienceMs / 1000,
                                                  .stop = stop}));
  HttpRequest request;
  request.url = url;
  request.body_bytes_max = bytes_max;
  TRY_ASSIGN(HttpResponse answer, client->exchange(request));
  if (answer.status == 200) return std::move(answer.body);
  return Error(Code::unavailable, printable(url, 200) + " is answered with status " + std::to_string(answer.status));
}

}  // namespace muniment
