#include <csignal>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>

#include "archive/charter_chain.h"
#include "base/encoding.h"
#include "cli/commands.h"
#include "cli/onion.h"
#include "mirror/cosign.h"
#include "serve/nginx.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

Result<ServeSettings> settings_of(const ServeArguments& arguments, Context& context) {
  TRY_ASSIGN(const auto pin, parse_pin(arguments.id));
  TRY_ASSIGN(const auto store, open_folder(context, arguments.archive));
  TRY(read_charter(*store, pin));  // nobody serves another folder by mistake
  ServeSettings settings;
  settings.root = store->root();
  const bool is_onion_alone = arguments.onion_key && !arguments.print_nginx;
  settings.listen = arguments.listen.value_or(is_onion_alone ? "" : "127.0.0.1:8080");
  settings.role = arguments.role == "public" ? Role::published : Role::vault;
  settings.limits.connections_per_address_max = arguments.connections_per_address;
  settings.limits.bytes_per_second_max = arguments.bytes_per_second;
  settings.limits.bytes_per_day_max = arguments.bytes_per_day;
  settings.limits.bytes_per_month_max = arguments.bytes_per_month;
  settings.on_trouble = [&out = context.output](const std::string& sentence) { out.note(sentence); };
  TRY_ASSIGN(const auto* tokens, tokens_of(context));
  for (const Token& token : *tokens)
    settings.tokens.push_back({token.right, SecretBytes::copy_of(token.text.expose()), token.address});
  return settings;
}

/// A cosigner beside the server: what it looks at is its own copy.
class CosignDesk {
 public:
  CosignDesk(const Doors& doors, const std::string& root, IdPin pin, const HolderKeys& holder, const std::string& state)
      : doors_(doors),
        copy_(doors.fs, root, doors.random),
        pin_(std::move(pin)),
        signer_(holder.cosigner()),
        state_(doors.fs, state) {}

  PostAnswer answer(std::string_view body) {
    const std::lock_guard lock(mutex_);
    const WitnessAnswer said = answer_add_checkpoint(copy_, pin_, state_, signer_, doors_.clock, body);
    return {said.status, said.status == 409 ? "text/x.tlog.size" : "text/plain; charset=utf-8", said.body};
  }

 private:
  Doors doors_;
  FolderStore copy_;
  IdPin pin_;
  CosignerSigner signer_;
  FolderHead state_;
  std::mutex mutex_;
};

Result<std::unique_ptr<CosignDesk>> open_desk(const ServeArguments& arguments, Context& context) {
  TRY_ASSIGN(const auto pin, parse_pin(arguments.id));
  TRY_ASSIGN(const auto store, open_folder(context, arguments.archive));
  TRY_ASSIGN(const FoundCharter charter, read_charter(*store, pin));
  TRY_ASSIGN(const HolderKeys holder, open_key_file(context, *arguments.cosigner_key));
  const std::string state = cosigner_state_path(*arguments.cosigner_key, charter.charter.origin);
  TRY(make_folders(context.doors.fs, parent_of(state)));
  return std::make_unique<CosignDesk>(context.doors, store->root(), IdPin::of(charter.id), holder, state);
}

/// Signals that end the program are taken by wait_for_end() from here on, in every thread.
sigset_t hold_signals() {
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  return ending;
}

void wait_for_end(const sigset_t& ending) {
  int signal = 0;
  while (::sigwait(&ending, &signal) != 0) {
  }
}

void say_where(Output& out, const std::string& root, bool is_vault, bool gives_seals, const std::string& address) {
  out.line("Serving " + root + " as a " + (is_vault ? "vault" : "public mirror") + " at " + address +
           ". No log and no address is kept. It ends with Ctrl-C.");
  if (is_vault && !gives_seals) {
    out.line("Nobody has a token: what opens deposits is given to nobody, and other mirrors cannot pull all of it.");
  }
}

Status serve(ServeSettings settings, const std::optional<OnionPlan>& onion, Context& context) {
  const std::string root = settings.root;
  const bool is_vault = settings.role == Role::vault;
  const bool has_tokens = !settings.tokens.empty();
  const bool onion_gives_seals = has_tokens || settings.unix_may_read;
  const sigset_t ending = hold_signals();
  const auto server =
      MirrorServer::start(context.doors.fs, context.doors.random, context.doors.clock, std::move(settings));
  if (!server) return fail(context, server.error());
  Output& out = context.output;
  const std::string address = (*server)->address();
  if (!address.empty()) say_where(out, root, is_vault, has_tokens, address);
  if (!address.empty() && !address.starts_with("http://127.") && !address.starts_with("http://[::1]"))
    out.note("This is plain HTTP, which others on the way can read: let a server with TLS, or Tor, stand in front.");
  Json document{{"address", address}, {"role", is_vault ? "vault" : "public"}};
  if (!onion) {
    out.document(document);
    out.flush();
    wait_for_end(ending);
    return Status::done;
  }
  if (address.empty()) document["address"] = nullptr;
  const auto announce = [&, said = false](const std::string& url) mutable {
    if (std::exchange(said, true)) return out.note(url + " is up again.");
    document["onion"] = url;
    say_where(out, root, is_vault, onion_gives_seals, url);
    out.document(document);
    out.flush();
  };
  out.flush();
  const auto service = start_onion(*onion, root, announce, context);
  if (!service) return fail(context, service.error());
  wait_for_end(ending);
  return Status::done;
}

}  // namespace

Status run_mirror_serve(const ServeArguments& arguments, Context& context) {
  auto settings = settings_of(arguments, context);
  if (!settings) return fail(context, settings.error());
  std::optional<OnionPlan> onion;
  if (arguments.onion_key && !arguments.print_nginx) {
    auto planned = plan_onion(arguments, context);
    if (!planned) return fail(context, planned.error());
    onion = std::move(*planned);
    settings->unix_path = onion->settings.order.unix_path;
    settings->unix_may_read = !onion->settings.order.clients.empty();
  }
  std::unique_ptr<CosignDesk> desk;
  if (arguments.cosigner_key) {
    auto opened = open_desk(arguments, context);
    if (!opened) return fail(context, opened.error());
    desk = std::move(*opened);
    settings->on_post = [&desk](std::string_view body) { return desk->answer(body); };
    settings->post_path = "/add-checkpoint";
    settings->post_bytes_max = kAddCheckpointBytesMax;
  }
  if (!arguments.print_nginx) return serve(std::move(*settings), onion, context);
  const auto text = nginx_configuration(*settings);
  if (!text) return fail(context, text.error());
  context.output.raw(*text);
  context.output.document({{"configuration", *text}});
  return Status::done;
}

}  // namespace muniment::cli
