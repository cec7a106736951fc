#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/encoding.h"
#include "cli/commands.h"
#include "mirror/arrivals.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

/// One mirror in trouble does not keep the others from theirs.
struct From {
  std::string address;
  Result<FetchedArrivals> fetched;
  std::uint64_t taken_away = 0;  // from a bucket, where no program runs that would do it
};

Result<std::vector<From>> fetch_all(const MirrorArguments& arguments, Context& context) {
  TRY_ASSIGN(const auto pin, parse_pin(arguments.id));
  TRY_ASSIGN(const auto home, open_folder(context, arguments.archive));
  TRY_ASSIGN(auto addresses, sources_of(context, arguments.others, arguments.archive));
  if (arguments.others.empty())
    std::erase_if(addresses, [](const std::string& where) { return !where.starts_with("http"); });
  TRY_ASSIGN(const ArchiveView view, view_archive(*home, pin));
  Progress progress(context.output, "Fetching what arrived");
  std::vector<From> all;
  for (const std::string& address : addresses) {
    const auto mirror = open_store(context, address);
    if (!mirror) {
      all.push_back({.address = address, .fetched = mirror.error()});
      continue;
    }
    From from{.address = address,
              .fetched = fetch_arrivals(context.doors, **mirror, home->root(), view, progress.counter())};
    if (from.fetched && is_bucket(address)) {
      const auto taken_away = clear_arrivals(**mirror, from.fetched->logged, view.id);
      if (taken_away) from.taken_away = *taken_away;
      if (!taken_away) from.fetched = taken_away.error();
    }
    all.push_back(std::move(from));
  }
  return all;
}

}  // namespace

Status run_mirror_fetch_incoming(const MirrorArguments& arguments, Context& context) {
  const auto all = fetch_all(arguments, context);
  if (!all) return fail(context, all.error());
  Output& out = context.output;
  Status status = Status::done;
  Json mirrors = Json::array();
  std::size_t count = 0;
  for (const From& from : *all) {
    if (!from.fetched) {
      out.note("muniment: " + from.fetched.error().sentence());
      status = std::max(status, status_of(from.fetched.error().code()));
      mirrors.push_back({{"where", from.address}, {"error", from.fetched.error().sentence()}});
      continue;
    }
    count += from.fetched->fetched.size();
    Json fetched = Json::array();
    for (const Sha256& id : from.fetched->fetched) fetched.push_back(id.hex());
    Json refused = Json::array();
    for (const Finding& finding : from.fetched->refused) {
      out.note("Not fetched from " + from.address + ": " + finding.object + ": " + finding.what);
      refused.push_back({{"path", finding.object}, {"why", finding.what}});
      status = std::max(status, Status::check_failed);
    }
    out.line(
        "From " + from.address + ": " + counted(from.fetched->fetched.size(), "deposit", "deposits") + ", " +
        std::to_string(from.fetched->here) + " there already" +
        (from.taken_away > 0 ? ", " + std::to_string(from.taken_away) + " taken away, being in the log" : "") +
        (from.fetched->unfinished > 0 ? ", " + std::to_string(from.fetched->unfinished) + " not whole yet." : "."));
    mirrors.push_back({{"where", from.address},
                       {"fetched", fetched},
                       {"here", from.fetched->here},
                       {"unfinished", from.fetched->unfinished},
                       {"takenAway", from.taken_away},
                       {"refused", refused}});
  }
  if (count > 0) out.line("Next: muniment deposit " + arguments.archive + " --key KEYFILE");
  out.document({{"mirrors", mirrors}});
  return status;
}

}  // namespace muniment::cli
