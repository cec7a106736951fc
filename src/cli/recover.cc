#include "mirror/recover.h"

#include <nlohmann/json.hpp>

#include "archive/salvage.h"
#include "base/encoding.h"
#include "cli/commands.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

Result<RecoverReport> recover(const RecoverArguments& arguments, Context& context) {
  TRY_ASSIGN(const IdPin pin, IdPin::parse(arguments.id));
  TRY_ASSIGN(const OpenStores sources, open_stores(context, arguments.from));
  TRY_ASSIGN(const auto target, open_target(context, arguments.output));
  for (const Store* source : sources.all) {
    if (source->where() == target->where())
      return Error(Code::invalid, "a copy cannot be recovered into itself: " + arguments.output);
  }
  Progress progress(context.output, "Looking at the copies");
  return recover_archive(
      sources.all, pin, *target,
      {.on_bytes = progress.counter(), .on_step = [&](const std::string& doing) { progress.set_doing(doing); }});
}

Json json_of_report(const RecoverReport& report) {
  Json copies = Json::array();
  for (const AuditedCopy& copy : report.copies) {
    copies.push_back({{"where", copy.where},
                      {"state", name_of(copy.state)},
                      {"entries", copy.size},
                      {"behind", copy.behind},
                      {"sentence", copy.sentence}});
  }
  Json lost = Json::array();
  for (const Finding& finding : report.copied.lost)
    lost.push_back({{"object", finding.object}, {"what", finding.what}});
  return {{"archive", report.charter.id.hex()},
          {"words", id_words(report.charter.id)},
          {"entries", report.head.size},
          {"largestShown", report.largest_shown},
          {"deposits", report.verified.view.deposits.size()},
          {"copies", copies},
          {"objectsCopied", report.copied.objects_copied},
          {"objectsPresent", report.copied.objects_present},
          {"bytesCopied", report.copied.bytes_copied},
          {"lost", lost},
          {"findings", report.verified.findings.size()}};
}

}  // namespace

Status run_recover(const RecoverArguments& arguments, Context& context) {
  const auto report = recover(arguments, context);
  if (!report) return fail(context, report.error());
  Output& out = context.output;
  for (const AuditedCopy& copy : report->copies) out.line(copy.where + ": " + copy.sentence);
  out.line("");
  out.line("Recovered " + arguments.output + ": " +
           counted(report->verified.view.deposits.size(), "deposit", "deposits") + ", " +
           counted(report->head.size, "entry", "entries") + " in the log, under the id that you gave.");
  for (const Finding& finding : report->copied.lost) out.line("Lost: " + finding.object + ": " + finding.what);
  for (const Finding& finding : report->verified.findings) {
    out.line("Not whole: " + finding.object + " " + finding.what);
  }
  const bool is_newest = report->largest_shown == report->head.size;
  if (!is_newest) {
    out.line("A copy shows a signed checkpoint over " + counted(report->largest_shown, "entry", "entries") +
             ", and no copy has them all: what is above was lost, or never was.");
  }
  const bool is_whole = is_newest && report->copied.lost.empty() && report->verified.findings.empty();
  if (is_whole) {
    out.line("Everything that its log names is there, was read back, and is as it was.");
  } else {
    out.line("It is NOT all there: " + counted(report->verified.findings.size(), "object is", "objects are") +
             " missing. Any further copy that turns up can be added: run the same command again with --from THAT as "
             "well.");
  }
  out.line(
      "It can be read, checked and copied on. It takes in nothing new: the key that orders the log was lost with the "
      "old home.");
  out.line("Next:    muniment open " + arguments.output + " DEPOSIT -o /dev/shm/opened --key KEYFILE");
  if (const auto& trustees = report->verified.view.charter.trustees) {
    out.line("To go on with it as the home, with a new custodian, if need be, and the shares of " +
             std::to_string(trustees->threshold) + " trustees:    muniment charter succeed " + arguments.output +
             " --custodian KEYFILE");
  }
  out.document(json_of_report(*report));
  return is_whole ? Status::done : Status::check_failed;
}

namespace {

Result<SalvageReport> salvage(const SalvageArguments& arguments, Context& context) {
  TRY_ASSIGN(const auto pin, parse_pin(arguments.id));
  TRY(check_target(context, arguments.output, arguments.to_disk));
  TRY_ASSIGN(const auto store, open_store(context, arguments.archive));
  TRY_ASSIGN(const FoundCharter charter, read_charter(*store, pin));
  TRY(context.doors.fs.info(arguments.folder));
  TRY_ASSIGN(const auto key, open_compartments(context, *store, charter.charter, arguments.key_file));
  return salvage_deposit(context.doors, arguments.folder, key, arguments.output);
}

}  // namespace

Status run_salvage(const SalvageArguments& arguments, Context& context) {
  const PrivateFiles only_for_me;
  const auto report = salvage(arguments, context);
  if (!report) return fail(context, report.error());
  Output& out = context.output;
  for (const std::string& file : report->whole) out.line("whole       " + printable(file));
  for (const std::string& file : report->incomplete) out.line("incomplete  " + printable(file));
  out.line("Salvaged " + counted(report->whole.size(), "whole file", "whole files") + " from " +
           counted(report->parts, "part", "parts") + " into " + arguments.output + ".");
  if (!report->stopped.empty()) out.line("It ends there because " + report->stopped + ".");
  out.line("What came out is what was sealed, bit for bit. That it is all of it is not shown. " + arguments.folder +
           " was left as it is.");
  out.document({{"whole", report->whole},
                {"incomplete", report->incomplete},
                {"parts", report->parts},
                {"stopped", report->stopped}});
  return report->stopped.empty() ? Status::done : Status::check_failed;
}

}  // namespace muniment::cli
