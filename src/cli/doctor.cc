// muniment mirror doctor: what a mirror gives away.
#include "mirror/doctor.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "serve/nginx_leaks.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

Result<Examination> examine(const DoctorArguments& arguments, Context& context) {
  Examination found;
  if (arguments.address) {
    const bool is_web = arguments.address->starts_with("http://") || arguments.address->starts_with("https://");
    if (!is_web) return Error(Code::invalid, "give the http:// or https:// address of a running mirror");
    TRY_ASSIGN(const auto pin, parse_pin(arguments.id));
    TRY_ASSIGN(const auto store, open_store(context, *arguments.address));
    TRY_ASSIGN(const ArchiveView view, view_archive(*store, pin));
    TRY_ASSIGN(const auto client, HttpClient::make(context.network));
    TRY_ASSIGN(const auto* tokens, tokens_of(context));
    const auto depositor = std::ranges::find_if(*tokens, [&](const Token& token) {
      return token.right == Token::Right::deposit && token.address == *arguments.address;
    });
    if (arguments.sends && depositor == tokens->end())
      return Error(Code::invalid, "--send needs a line \"deposit TOKEN " + *arguments.address + "\" in --token-file");
    TRY_ASSIGN(found, examine_mirror(*client, *arguments.address, view, arguments.sends ? &*depositor : nullptr,
                                     context.doors.random));
  }
  if (arguments.nginx) {
    TRY_ASSIGN(const Bytes bytes, read_file(context.doors.fs, *arguments.nginx, kNginxBytesMax));
    TRY_ASSIGN(const auto leaks, find_nginx_leaks(as_text(bytes)));
    for (const std::string& leak : leaks) found.leaks.push_back({"configuration", leak});
    if (leaks.empty()) found.looked_at.emplace_back("the configuration keeps no log and lets nobody write");
  }
  return found;
}

}  // namespace

Status run_mirror_doctor(const DoctorArguments& arguments, Context& context) {
  if (!arguments.address && !arguments.nginx)
    return fail(context, Error(Code::invalid, "give the ADDRESS of a running mirror, or --nginx FILE, or both"));
  const auto found = examine(arguments, context);
  if (!found) return fail(context, found.error());
  Output& out = context.output;
  Json leaks = Json::array();
  for (const Leak& leak : found->leaks) {
    out.line("Leaks: " + leak.sentence);
    leaks.push_back({{"kind", leak.kind}, {"sentence", leak.sentence}});
  }
  for (const std::string& sentence : found->looked_at) out.line("Looked at: " + sentence);
  out.line(
      "Not looked at: what the machine, its provider, the network and, without --nginx, a log keep. A visitor cannot "
      "see that.");
  out.document({{"leaks", leaks}, {"lookedAt", found->looked_at}});
  return found->leaks.empty() ? Status::done : Status::check_failed;
}

}  // namespace muniment::cli
