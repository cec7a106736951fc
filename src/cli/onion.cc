#include "cli/onion.h"

#include "ledger/log.h"
#include "tor/address.h"
#include "tor/client_keys.h"

namespace muniment::cli {
namespace {

constexpr const char* kTorsOwnProxy = "socks5h://127.0.0.1:9050";  // where Debian's tor has it

}  // namespace

Result<OnionPlan> plan_onion(const ServeArguments& arguments, Context& context) {
  OnionPlan plan;
  OnionOrder& order = plan.settings.order;
  if (arguments.onion_clients) {
    TRY_ASSIGN(const Bytes text, read_file(context.doors.fs, *arguments.onion_clients, kClientKeysBytesMax));
    auto clients = parse_client_keys(as_text(text));
    if (!clients) return clients.error().in(*arguments.onion_clients);
    order.clients = std::move(*clients);
  }
  const PrivateFiles only_for_me;
  TRY_ASSIGN(const HolderKeys holder, obtain_keys(context, *arguments.onion_key, "mirror-1"));
  plan.seed = holder.onion_seed();
  // One folder may have the sockets of several mirrors: the name is the beginning of the address.
  constexpr std::size_t kNameCharacters = 16;
  const std::string address = onion_address(ed25519_public(plan.seed));
  order.unix_path = join(absolute_path(arguments.onion_folder), address.substr(0, kNameCharacters) + ".socket");
  order.streams_max = arguments.connections_per_address;
  plan.settings.control = arguments.tor_control;
  plan.settings.limits.check_interval_ms = arguments.onion_check_s * 1000;
  return plan;
}

Result<std::unique_ptr<OnionService>> start_onion(const OnionPlan& plan, const std::string& root,
                                                  std::function<void(const std::string& url)> on_up, Context& context) {
  const std::string url = "http://" + onion_address(ed25519_public(plan.seed)) + ".onion";
  const std::string proxy = context.network.proxy.empty() ? kTorsOwnProxy : context.network.proxy;
  OnionHooks hooks;
  hooks.checkpoint = [root, &context] {
    return read_file(context.doors.fs, join(root, "checkpoint"), kCheckpointBytesMax);
  };
  hooks.fetch = [proxy, &context](const std::string& what, const std::stop_token& stop) {
    return fetch_by_own_circuit(proxy, context.doors.random, what, kCheckpointBytesMax, stop);
  };
  hooks.on_change = [url, on_up = std::move(on_up), &context](const Result<void>& state) {
    if (state) return on_up(url);
    context.output.note(url + " is not up: " + state.error().sentence() + ". It is tried again.");
  };
  return OnionService::start(context.doors.fs, context.doors.random, Secret<32>::copy_of(plan.seed.expose()),
                             plan.settings, std::move(hooks));
}

}  // namespace muniment::cli
