// muniment mirror heal: a copy, or the home, made whole from others.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/encoding.h"
#include "cli/commands.h"
#include "mirror/copy.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Healed {
  Survey survey;
  CopyResult result;
};

/// The copy itself comes first: what is good there stays, and what it gives that is not good is the damage.
Result<Healed> heal(Store& copy, const std::vector<Store*>& others, const std::optional<IdPin>& pin,
                    const std::vector<CopyLane>& lanes, Context& context) {
  std::vector<Store*> all{&copy};
  all.insert(all.end(), others.begin(), others.end());
  TRY_ASSIGN(Survey survey, survey_copies(all, pin));
  Progress progress(context.output, "Reading " + copy.where());
  const CopyOptions options{.read_present = true, .may_be_home = true, .on_bytes = progress.counter(), .lanes = lanes};
  const bool is_home = copy.size(ObjectName("home/place")).has_value();
  if (!is_home) {
    follow_newest(survey);
    TRY_ASSIGN(CopyResult result, copy_newest(all, survey, copy, options));
    return Healed{std::move(survey), std::move(result)};
  }
  if (!survey.copies[0].head) return survey.copies[0].error->in("the home itself shows no head to go by");
  survey.best = 0;
  TRY_ASSIGN(CopyResult result, copy_archive(all, survey.charter, *survey.copies[0].head, copy, options));
  return Healed{std::move(survey), std::move(result)};
}

Json json_of_finding(const Finding& finding) { return {{"object", finding.object}, {"what", finding.what}}; }

}  // namespace

Status run_mirror_heal(const MirrorArguments& arguments, Context& context) {
  const auto pin = parse_pin(arguments.id);
  if (!pin) return fail(context, pin.error());
  const auto copy = open_target(context, arguments.archive);
  if (!copy) return fail(context, copy.error());
  const auto addresses = sources_of(context, arguments.others, arguments.archive);
  if (!addresses) return fail(context, addresses.error());
  const auto others = open_stores(context, *addresses);
  if (!others) return fail(context, others.error());
  std::vector<std::string> all{arguments.archive};
  all.insert(all.end(), addresses->begin(), addresses->end());
  all.push_back(arguments.archive);
  const auto lanes = open_lanes(context, all, lanes_for(all));
  if (!lanes) return fail(context, lanes.error());
  const auto healed = heal(**copy, others->all, *pin, lanes_into_last(*lanes), context);
  if (!healed) return fail(context, healed.error());

  Output& out = context.output;
  const CopyResult& result = healed->result;
  Json damaged = Json::array();
  for (const SourceFinding& bad : result.bad) {
    if (bad.source != 0) {
      out.note("From " + others->all[bad.source - 1]->where() + ": " + bad.finding.object + " " + bad.finding.what);
      continue;
    }
    const bool is_lost = std::ranges::find(result.lost, bad.finding.object, &Finding::object) != result.lost.end();
    out.line((is_lost ? "Not healed: " : "Healed: ") + bad.finding.object + ", which " + bad.finding.what);
    damaged.push_back(json_of_finding(bad.finding));
  }
  Json lost = Json::array();
  for (const Finding& finding : result.lost) {
    out.line("Lost: " + finding.object + " " + finding.what);
    lost.push_back(json_of_finding(finding));
  }
  const std::uint64_t entries = healed->survey.copies[healed->survey.best].head->head.size;
  out.line((*copy)->where() + " was read whole: " + counted(result.objects_copied, "object", "objects") +
           " brought back (" + human_size(result.bytes_copied) + "), " + std::to_string(result.objects_present) +
           " were good. It shows " + counted(entries, "entry.", "entries."));
  out.document({{"archive", healed->survey.charter.id.hex()},
                {"entries", entries},
                {"healed", result.objects_copied},
                {"bytes", result.bytes_copied},
                {"damaged", damaged},
                {"lost", lost}});
  return result.lost.empty() ? Status::done : Status::check_failed;
}

}  // namespace muniment::cli
