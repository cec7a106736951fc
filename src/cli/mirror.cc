#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/encoding.h"
#include "cli/agree.h"
#include "cli/commands.h"
#include "cli/orders.h"
#include "mirror/audit.h"
#include "mirror/copy.h"
#include "mirror/cosign.h"
#include "mirror/registry.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

/// Remembers how many entries a mirror shows, and of how many it holds everything.
void remember(Context& context, const std::optional<std::string>& root, const std::string& where, std::uint64_t size,
              std::uint64_t held) {
  if (!root) return context.output.note("Without --state FOLDER it is not remembered that " + where + " is a copy.");
  const KnownMirror mirror{.where = where, .size = size, .held = held, .seen = to_date(context.doors.clock.now_s())};
  const auto remembered = remember_mirror(context.doors.fs, *root, mirror);
  if (!remembered) context.output.note("The list of mirrors could not be written: " + remembered.error().sentence());
}

Json json_of_copy(const CopyResult& copied) {
  Json lost = Json::array();
  for (const Finding& finding : copied.lost) lost.push_back({{"object", finding.object}, {"what", finding.what}});
  return {{"objectsCopied", copied.objects_copied}, {"objectsPresent", copied.objects_present},
          {"bytesCopied", copied.bytes_copied},     {"isPart", copied.is_part},
          {"elsewhere", copied.elsewhere},          {"lost", lost}};
}

/// None for a bucket without --state: nothing is remembered then.
std::optional<std::string> own_root_of(const Place& place) {
  const auto own = place.own_root();
  return own ? std::optional(*own) : std::nullopt;
}

struct Pushed {
  std::string where;
  CopyResult copied;
  Json removals;
  Status status = Status::done;
};

void print_copied(const Pushed& pushed, std::uint64_t entries, Output& out) {
  out.line(pushed.where + ": " + counted(pushed.copied.objects_copied, "object", "objects") + " copied (" +
           human_size(pushed.copied.bytes_copied) + "), " + std::to_string(pushed.copied.objects_present) +
           " there already." +
           (pushed.copied.elsewhere == 0
                ? " It now shows " + counted(entries, "entry.", "entries.")
                : " " + counted(pushed.copied.elsewhere, "object is", "objects are") +
                      " on other sticks: it shows nothing new before they were pulled from as well."));
  if (pushed.copied.is_part) out.line("It holds a part, by agreement.");
  for (const Finding& finding : pushed.copied.lost) out.line("Lost: " + finding.object + " " + finding.what);
}

/// What those that are pushed to have cosigned since: this copy shows it from now on, and hands it on.
void collect_from(const std::vector<std::string>& addresses, Store& source, const Survey& survey, Context& context) {
  const tlog::Policy& policy = survey.charter.charter.policy;
  if (policy.witnesses.empty()) return;
  OpenStores others;
  for (const std::string& address : addresses) {
    auto store = open_store(context, address);
    if (!store) continue;  // named when it is pushed to
    others.all.push_back(store->get());
    others.owned.push_back(std::move(*store));
  }
  const auto fresh = collect_cosignatures(source, *survey.copies[survey.best].head, policy, others.all);
  if (!fresh) return context.output.note("Cosignatures could not be taken over: " + fresh.error().sentence());
  if (*fresh > 0) context.output.line("Taken over: " + counted(*fresh, "new cosignature.", "new cosignatures."));
}

Result<Pushed> push_to(const std::string& address, const std::string& archive, Store& source, const Survey& survey,
                       const std::string& agreed_part, Context& context) {
  TRY_ASSIGN(const auto target, open_target(context, address));
  if (target->where() == source.where())
    return Error(Code::invalid, address + " is the archive itself, and no copy of it");
  Pushed pushed{target->where(), {}, {}, Status::done};
  auto progress = std::make_unique<Progress>(context.output, "Copying to " + target->where());
  const SignedHead& head = *survey.copies[survey.best].head;
  const std::vector<std::string> addresses{archive, address};
  TRY_ASSIGN(const auto lanes, open_lanes(context, addresses, lanes_for(addresses)));
  const CopyOptions options{
      .agreed_part = agreed_part,
      .on_bytes = progress->counter(),
      .lanes = lanes_into_last(lanes),
      .steady_ns = steady_ns,
  };
  TRY_ASSIGN(pushed.copied, copy_archive({&source}, survey.charter, head, *target, options));
  progress.reset();
  print_copied(pushed, head.head.size, context.output);
  const IdPin pin = IdPin::of(survey.charter.id);
  pushed.removals = carry_out_after(context, *target, pin, pushed.status);
  return pushed;
}

}  // namespace

Status run_mirror_push(const MirrorArguments& arguments, Context& context) {
  if (arguments.limit || arguments.wrapped) return run_mirror_push_sticks(arguments, context);
  const auto pin = parse_pin(arguments.id);
  if (!pin) return fail(context, pin.error());
  const auto place = open_place(context, arguments.archive);
  if (!place) return fail(context, place.error());
  const std::optional<std::string> own_root = own_root_of(**place);
  Store& source = (*place)->store();
  const auto survey = survey_copies({&source}, *pin);
  if (!survey) return fail(context, survey.error());
  const SignedHead& head = *survey->copies[0].head;
  const auto selection = read_selection(context, arguments.select);
  if (!selection) return fail(context, selection.error());

  Output& out = context.output;
  collect_from(arguments.others, source, *survey, context);
  // One mirror in trouble does not keep the others from theirs.
  Json results = Json::array();
  Status status = Status::done;
  for (const std::string& address : arguments.others) {
    const auto pushed = push_to(address, arguments.archive, source, *survey, *selection, context);
    if (!pushed) {
      out.note("muniment: " + pushed.error().sentence());
      results.push_back({{"where", address}, {"error", pushed.error().sentence()}});
      status = std::max(status, status_of(pushed.error().code()));
      continue;
    }
    const bool holds_all = pushed->copied.lost.empty() && !pushed->copied.is_part;
    const std::uint64_t held = holds_all ? head.head.size : 0;
    remember(context, own_root, pushed->where, head.head.size, held);
    if (!pushed->copied.lost.empty()) status = std::max(status, Status::check_failed);
    status = std::max(status, pushed->status);
    Json result = json_of_copy(pushed->copied);
    result["removals"] = pushed->removals;
    result["where"] = pushed->where;
    results.push_back(result);
  }
  out.document({{"archive", survey->charter.id.hex()}, {"entries", head.head.size}, {"mirrors", results}});
  return status;
}

namespace {

struct Pulled {
  Survey survey;
  CopyResult copied;
};

/// Which archive a copy is to be of, and the charters that it has of it already.
struct TargetArchive {
  IdPin pin;
  std::optional<FoundCharter> known;
};

/// The copy itself says it where it exists, a new one must be told.
Result<TargetArchive> archive_of_target(Store& target, const std::optional<std::string>& id) {
  TRY_ASSIGN(auto pin, parse_pin(id));
  auto present = read_charter(target, pin);
  if (present) {
    const IdPin own = IdPin::of(present->id);
    return TargetArchive{own, std::move(*present)};
  }
  if (present.error().code() != Code::not_found) return present.error();
  if (!pin)
    return Error(Code::invalid, "a new copy must be told which archive it is to be: give --id \"the 12 words\"");
  return TargetArchive{std::move(*pin), std::nullopt};
}

Result<Pulled> pull(const MirrorArguments& arguments, Store& target, const std::vector<std::string>& addresses,
                    const std::vector<Store*>& sources, Context& context) {
  TRY_ASSIGN(const TargetArchive archive, archive_of_target(target, arguments.id));
  auto surveyed = survey_copies(sources, archive.pin, archive.known);
  if (!surveyed) return Error(surveyed.error().code(), surveyed.error().sentence() + "\nNothing was copied");
  Survey survey = std::move(*surveyed);
  for (const SurveyedCopy& copy : survey.copies) {
    if (copy.ended) context.output.note("Not ours: " + copy.error->sentence());
  }
  follow_newest(survey);
  const auto forks = find_forks(*survey.copies[survey.best].store, survey);
  if (forks && !forks->empty()) {
    return Error(Code::forged, "the log of " + sources[forks->front().copy]->where() +
                                   " contradicts the others, and both are signed by the log key: the log has been "
                                   "forked. Nothing was copied");
  }
  Progress progress(context.output, "Copying to " + target.where());
  TRY_ASSIGN(const std::string selection, read_selection(context, arguments.select));
  std::vector<std::string> all = addresses;
  all.push_back(arguments.archive);
  TRY_ASSIGN(const auto lanes, open_lanes(context, all, lanes_for(all), FirstContact::brief));
  const CopyOptions options{.waits_for_sticks = true,
                            .agreed_part = selection,
                            .on_bytes = progress.counter(),
                            .lanes = lanes_into_last(lanes),
                            .steady_ns = steady_ns};
  TRY_ASSIGN(CopyResult copied, copy_newest(sources, survey, target, options));
  return Pulled{std::move(survey), std::move(copied)};
}

/// Sources that gave no answer, and were not needed for any object either.
void name_unreached(const Pulled& pulled, Output& out) {
  for (std::size_t i = 0; i < pulled.survey.copies.size(); ++i) {
    const SurveyedCopy& copy = pulled.survey.copies[i];
    if (!copy.error || copy.error->code() != Code::unavailable) continue;
    if (std::ranges::any_of(pulled.copied.bad, [&](const SourceFinding& bad) { return bad.source == i; })) continue;
    out.line("From " + copy.store->where() + ": nothing, it was not needed: " + copy.error->sentence());
  }
}

}  // namespace

Status run_mirror_pull(const MirrorArguments& arguments, Context& context) {
  const auto target = open_target(context, arguments.archive);
  if (!target) return fail(context, target.error());
  const auto addresses = sources_of(context, arguments.others, arguments.archive);
  if (!addresses) return fail(context, addresses.error());
  const auto sources = open_stores(context, *addresses, FirstContact::brief);
  if (!sources) return fail(context, sources.error());
  auto pulled = pull(arguments, **target, *addresses, sources->all, context);
  if (!pulled) return fail(context, pulled.error());
  const std::uint64_t entries = pulled->survey.copies[pulled->survey.best].head->head.size;
  print_copied({(*target)->where(), pulled->copied, {}, Status::done}, entries, context.output);
  for (const SourceFinding& bad : pulled->copied.bad) {
    context.output.line("From " + sources->all[bad.source]->where() + ": " + bad.finding.object + " " +
                        bad.finding.what);
  }
  name_unreached(*pulled, context.output);
  Status status = pulled->copied.lost.empty() && pulled->copied.elsewhere == 0 ? Status::done : Status::check_failed;
  Json document = json_of_copy(pulled->copied);
  // A copy that waits for further sticks shows no new order yet.
  if (pulled->copied.elsewhere == 0)
    document["removals"] = carry_out_after(context, **target, IdPin::of(pulled->survey.charter.id), status);
  document["archive"] = pulled->survey.charter.id.hex();
  document["entries"] = entries;
  document["badFromSources"] = pulled->copied.bad.size();
  context.output.document(document);
  return status;
}

Status run_mirror_list(const MirrorArguments& arguments, Context& context) {
  const auto place = open_place(context, arguments.archive);
  if (!place) return fail(context, place.error());
  const auto own_root = (*place)->own_root();
  if (!own_root) return fail(context, own_root.error());
  const auto pin = parse_pin(arguments.id);
  if (!pin) return fail(context, pin.error());
  const auto survey = survey_copies({&(*place)->store()}, *pin);
  if (!survey) return fail(context, survey.error());
  const auto mirrors = read_mirrors(context.doors.fs, *own_root);
  if (!mirrors) return fail(context, mirrors.error());
  const std::uint64_t size = survey->copies[0].head->head.size;
  Json list = Json::array();
  for (const KnownMirror& mirror : *mirrors) {
    const std::string seen = mirror.seen.empty() ? ", never read" : ", seen " + mirror.seen;
    context.output.line(mirror.where + "  " + std::to_string(mirror.size) + " of " + counted(size, "entry", "entries") +
                        seen);
    list.push_back({{"where", printable(mirror.where, 8192)},
                    {"entries", mirror.size},
                    {"held", mirror.held},
                    {"seen", mirror.seen}});
  }
  if (mirrors->empty())
    context.output.line("No mirror is known here. Make one:    muniment mirror push " + arguments.archive + " FOLDER");
  context.output.document({{"archive", survey->charter.id.hex()}, {"entries", size}, {"mirrors", list}});
  return Status::done;
}

namespace {

Json json_of_copy(const AuditedCopy& copy) {
  Json findings = Json::array();
  for (const Finding& finding : copy.findings) findings.push_back({{"object", finding.object}, {"what", finding.what}});
  return {{"where", printable(copy.where, 8192)},
          {"state", name_of(copy.state)},
          {"entries", copy.size},
          {"behind", copy.behind},
          {"objects", copy.objects},
          {"bytes", copy.bytes},
          {"unread", copy.unread},
          {"findings", findings},
          {"agreedPart", json_of_share(copy.agreed)},
          {"removed",
           {{"ordered", copy.removed.ordered}, {"served", copy.removed.served}, {"withdrawn", copy.removed.withdrawn}}},
          {"sentence", copy.sentence}};
}

/// What a mirror shows counts only where its entries could be followed, and it holds only what was found good.
void remember_audited(const std::vector<AuditedCopy>& audited, const std::string& own, const std::string& root,
                      Context& context) {
  for (const AuditedCopy& copy : audited) {
    if (copy.where == own || copy.state == CopyState::forked || copy.state == CopyState::not_ours ||
        copy.state == CopyState::unreachable)
      continue;
    // Where a part is held by agreement, nothing is held of which another copy could be spared.
    const bool is_good = copy.state != CopyState::damaged;
    const bool holds_all = is_good && !copy.agreed;
    remember(context, root, copy.where, is_good ? copy.size : 0, holds_all ? copy.size : 0);
  }
}

/// Where the list of copies lies; none for what is far away and keeps no list for us.
Result<std::optional<std::string>> own_root_for(Context& context, const std::string& address) {
  if (is_remote(address) && !context.state_folder) return std::optional<std::string>{};
  if (is_remote(address) && !is_bucket(address)) return std::optional<std::string>{};
  TRY_ASSIGN(const auto place, open_place(context, address));
  return own_root_of(*place);
}

}  // namespace

namespace {

/// What was opened by threads, by copies.
std::vector<std::vector<Store*>> lanes_by_store(const std::vector<OpenStores>& lanes, std::size_t stores) {
  std::vector<std::vector<Store*>> by_store(stores);
  for (const OpenStores& lane : lanes) {
    for (std::size_t i = 0; i < stores; ++i) by_store[i].push_back(lane.all[i]);
  }
  return by_store;
}

}  // namespace

Status run_mirror_audit(const MirrorArguments& arguments, Context& context) {
  const auto pin = parse_pin(arguments.id);
  if (!pin) return fail(context, pin.error());
  const auto root = own_root_for(context, arguments.archive);
  if (!root) return fail(context, root.error());
  const auto known = *root ? read_mirrors(context.doors.fs, **root) : std::vector<KnownMirror>{};
  if (!known) return fail(context, known.error());
  std::vector<std::string> addresses{arguments.archive};
  addresses.insert(addresses.end(), arguments.others.begin(), arguments.others.end());
  if (arguments.others.empty()) {
    for (const KnownMirror& mirror : *known) addresses.push_back(mirror.where);
  }
  const auto stores = open_stores(context, addresses);
  if (!stores) return fail(context, stores.error());
  const auto survey = survey_copies(stores->all, *pin);
  if (!survey) return fail(context, survey.error());
  Progress progress(context.output, "Reading the copies");
  const auto lanes = open_lanes(context, addresses, lanes_for(addresses));
  if (!lanes) return fail(context, lanes.error());
  const AuditHooks hooks{.on_bytes = progress.counter(),
                         .lanes = lanes_by_store(*lanes, addresses.size()),
                         .sampling = {.percent = arguments.sample, .random = &context.doors.random}};
  const auto audited = audit_copies(*survey, last_seen_sizes(*known), hooks);
  if (!audited) return fail(context, audited.error());

  Json copies = Json::array();
  bool all_whole = true;
  for (const AuditedCopy& copy : *audited) {
    context.output.line(copy.where + ": " + copy.sentence);
    copies.push_back(json_of_copy(copy));
    all_whole &= copy.state == CopyState::whole || copy.state == CopyState::agreed_part;
  }
  if (*root) remember_audited(*audited, survey->copies[0].store->where(), **root, context);
  if (!all_whole) {
    context.output.line(
        "What a copy lacks, muniment mirror push brings; what was altered or lost in it, muniment mirror heal.");
  }
  context.output.document(
      {{"archive", survey->charter.id.hex()}, {"words", id_words(survey->charter.id)}, {"copies", copies}});
  return all_whole ? Status::done : Status::check_failed;
}

}  // namespace muniment::cli
