#include "archive/verify.h"

#include <nlohmann/json.hpp>

#include "bag/validate.h"
#include "base/encoding.h"
#include "cli/agree.h"
#include "cli/commands.h"
#include "mirror/cosign.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

Status verify_bag(const std::string& path, Context& context) {
  const auto report = bag::validate_bag(context.doors.fs, path);
  if (!report) return fail(context, report.error());
  Output& out = context.output;
  for (const std::string& problem : report->problems) out.line("Problem: " + problem);
  for (const std::string& warning : report->warnings) out.line("Note: " + warning);
  out.line(report->problems.empty()
               ? "This is a whole and valid BagIt bag (version " + report->version +
                     "): " + counted(report->files, "file", "files") + ", " + human_size(report->bytes) +
                     ", are those that its own lists name."
               : "This BagIt bag is not whole: " + counted(report->problems.size(), "problem.", "problems."));
  out.line(
      "Not looked at: whether it is the bag that was logged. A bag's lists lie in the bag, and whoever alters a file "
      "can");
  out.line("alter them too: compare metadata/contents.jsonl with the receipt, as the archive's README.txt shows.");
  out.document({{"kind", "bag"},
                {"version", report->version},
                {"files", report->files},
                {"bytes", report->bytes},
                {"problems", report->problems},
                {"warnings", report->warnings}});
  return report->problems.empty() ? Status::done : Status::check_failed;
}

Json json_of_quorum(const CopyReport& report) {
  Json findings = Json::array();
  for (const Finding& finding : report.findings)
    findings.push_back({{"object", finding.object}, {"what", finding.what}});
  Json unknown = Json::array();
  for (const UnknownEntry& entry : report.view.unknown)
    unknown.push_back({{"entry", entry.index}, {"kind", entry.kind}});
  return {{"kind", "archive"},
          {"archive", report.view.id.hex()},
          {"words", id_words(report.view.id)},
          {"entries", report.view.head.head.size},
          {"root", report.view.head.head.root.hex()},
          {"deposits", report.view.deposits.size()},
          {"charter", report.view.charter.version},
          {"objects", report.objects},
          {"bytes", report.bytes},
          {"findings", findings},
          {"agreedPart", json_of_share(report.agreed)},
          {"removed",
           {{"ordered", report.removed.ordered},
            {"served", report.removed.served},
            {"withdrawn", report.removed.withdrawn}}},
          {"unlogged", report.unlogged},
          {"unknownEntries", unknown},
          {"objections", report.view.objections}};
}

void print_what_was_checked(const CopyReport& report, bool pinned, Output& out) {
  const ArchiveView& view = report.view;
  const std::uint64_t size = view.head.head.size;
  out.line("Checked: " + counted(size, "entry", "entries") + " of the log against its signed checkpoint, and " +
           counted(report.objects, "object", "objects") + " (" + human_size(report.bytes) + ") against the log.");
  if (!pinned) {
    out.line("The archive's id is    " + id_words(view.id));
    out.line(
        "Compare these words with your card. With --id \"…\" the program does it and a substituted archive cannot "
        "pass.");
  }
  for (const std::string& objection : view.objections) out.line("Not obeyed: " + objection + ".");
  for (const UnknownEntry& entry : view.unknown)
    out.line("Entry " + std::to_string(entry.index) + " is of a kind that this version does not know (" + entry.kind +
             "): kept, its objects checked, its meaning not.");
  std::uint64_t not_vouched = 0;
  for (const LoggedDeposit& deposit : view.deposits) not_vouched += view.is_accepted(deposit) ? 0u : 1u;
  if (not_vouched > 0)
    out.line("No custodian vouches for " + counted(not_vouched, "deposit", "deposits") + " (see muniment list).");
  if (const std::string removed = report.removed.text(); !removed.empty()) out.line(removed + ".");
  for (const std::string& folder : report.unlogged)
    out.line("Not in the log, and so no part of the archive: " + folder +
             " (in the home, the next muniment deposit takes it in if it is whole; in a copy, nothing reads it)");
}

Json json_of_quorum(const HeadQuorum& quorum) {
  Json by = Json::array();
  for (const CosignedBy& each : quorum.cosigned)
    by.push_back({{"name", each.name}, {"time", to_date_time(static_cast<std::int64_t>(each.time_s))}});
  return {{"askedFor", quorum.is_asked_for},
          {"by", by},
          {"missing", quorum.missing},
          {"quorum", quorum.is_met()},
          {"asOf", quorum.is_asked_for && quorum.is_met() ? Json(to_date_time(static_cast<std::int64_t>(*quorum.as_of)))
                                                          : Json(nullptr)}};
}

void print_quorum(const HeadQuorum& quorum, Output& out) {
  constexpr const char* kSealed = "whether the sealed deposits open (muniment open checks that).";
  if (!quorum.is_asked_for) {
    out.line(std::string("Not looked at: whether newer entries exist elsewhere (nobody has to cosign this log: compare "
                         "with another copy), and ") +
             kSealed);
    return;
  }
  for (const CosignedBy& each : quorum.cosigned)
    out.line("Cosigned by " + each.name + " at " + to_date_time(static_cast<std::int64_t>(each.time_s)));
  std::string missing;
  for (const std::string& name : quorum.missing) missing += (missing.empty() ? "" : ", ") + name;
  if (!missing.empty()) out.line("Not cosigned by " + missing);
  out.line(quorum.is_met()
               ? "A quorum saw this as the newest state at " + to_date_time(static_cast<std::int64_t>(*quorum.as_of)) +
                     ". Newer entries may exist since; compare with another copy."
               : "This head is NOT cosigned by the quorum that the charter asks for: it may be one that "
                 "was made for you alone. Wait, or take a copy whose head is cosigned (muniment mirror "
                 "pull).");
  out.line(std::string("Not looked at: ") + kSealed);
}

}  // namespace

Status run_verify(const VerifyArguments& arguments, Context& context) {
  // Whoever holds a copy can put a bagit.txt into it; what is meant to be an archive is checked as one.
  const auto is_archive = exists(context.doors.fs, join(arguments.path, "charter"));
  const auto is_bag = bag::looks_like_bag(context.doors.fs, arguments.path);
  if (is_bag && *is_bag && !arguments.id && is_archive && !*is_archive) return verify_bag(arguments.path, context);
  const auto pin = parse_pin(arguments.id);
  if (!pin) return fail(context, pin.error());
  const auto store = open_store(context, arguments.path);
  if (!store) return fail(context, store.error());

  auto view = view_archive(**store, *pin);
  if (!view) return fail(context, view.error());
  std::uint64_t total_bytes = 0;
  for (const LoggedDeposit& deposit : view->deposits) total_bytes += deposit.bytes;
  Progress progress(context.output, "Reading", total_bytes);
  const auto lanes = open_lanes(context, {arguments.path}, lanes_for({arguments.path}));
  if (!lanes) return fail(context, lanes.error());
  VerifyHooks hooks{.on_bytes = progress.counter()};
  for (const OpenStores& lane : *lanes) hooks.lanes.push_back(lane.all.front());
  const auto report = verify_view(**store, std::move(*view), hooks);
  if (!report) return fail(context, report.error());

  Output& out = context.output;
  print_what_was_checked(*report, pin->has_value(), out);
  for (const Finding& finding : report->not_vouched_for) {
    out.line("Of an entry that no custodian vouches for: " + finding.object + " " + finding.what);
  }
  for (const Finding& finding : report->findings) out.line("Damaged: " + finding.object + " " + finding.what);
  if (report->findings.empty() && report->agreed) {
    out.line("This copy holds " + report->agreed->text() + ", as it was. Not held, by agreement: the rest.");
  } else if (report->findings.empty()) {
    out.line("This copy is whole: all that its log names is here, and as it was.");
  } else {
    out.line("This copy is NOT whole: " + counted(report->findings.size(), "object is", "objects are") +
             " missing or altered. Next: compare with other copies (muniment mirror audit), and rebuild from what is "
             "good (muniment recover --from THIS --from OTHER …).");
  }
  const auto quorum = find_quorum(report->view.head, report->view.charter.policy);
  if (!quorum) return fail(context, quorum.error());
  print_quorum(*quorum, out);
  Json document = json_of_quorum(*report);
  document["cosigned"] = json_of_quorum(*quorum);
  out.document(document);
  return report->findings.empty() && quorum->is_met() ? Status::done : Status::check_failed;
}

}  // namespace muniment::cli
