#include <csignal>
#include <nlohmann/json.hpp>

#include "archive/charter_chain.h"
#include "base/encoding.h"
#include "cli/commands.h"
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
  settings.listen = arguments.listen;
  settings.role = arguments.role == "public" ? Role::published : Role::vault;
  settings.limits.connections_per_address_max = arguments.connections_per_address;
  settings.limits.bytes_per_second_max = arguments.bytes_per_second;
  settings.limits.bytes_per_day_max = arguments.bytes_per_day;
  TRY_ASSIGN(const auto* tokens, tokens_of(context));
  for (const Token& token : *tokens)
    settings.tokens.push_back({token.right, SecretBytes::copy_of(token.text.expose()), token.address});
  return settings;
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

Status serve(ServeSettings settings, Context& context) {
  const std::string root = settings.root;
  const bool is_vault = settings.role == Role::vault;
  const bool has_tokens = !settings.tokens.empty();
  const sigset_t ending = hold_signals();
  const auto server =
      MirrorServer::start(context.doors.fs, context.doors.random, context.doors.clock, std::move(settings));
  if (!server) return fail(context, server.error());
  Output& out = context.output;
  const std::string address = (*server)->address();
  out.line("Serving " + root + " as a " + (is_vault ? "vault" : "public mirror") + " at " + address +
           ". No log and no address is kept. It ends with Ctrl-C.");
  if (is_vault && !has_tokens) {
    out.line("Nobody has a token: what opens deposits is given to nobody, and other mirrors cannot pull all of it.");
  }
  if (!address.starts_with("http://127.") && !address.starts_with("http://[::1]"))
    out.note("This is plain HTTP, which others on the way can read: let a server with TLS, or Tor, stand in front.");
  out.document({{"address", address}, {"role", is_vault ? "vault" : "public"}});
  out.flush();
  wait_for_end(ending);
  return Status::done;
}

}  // namespace

Status run_mirror_serve(const ServeArguments& arguments, Context& context) {
  auto settings = settings_of(arguments, context);
  if (!settings) return fail(context, settings.error());
  if (!arguments.print_nginx) return serve(std::move(*settings), context);
  const auto text = nginx_configuration(*settings);
  if (!text) return fail(context, text.error());
  context.output.raw(*text);
  context.output.document({{"configuration", *text}});
  return Status::done;
}

}  // namespace muniment::cli
