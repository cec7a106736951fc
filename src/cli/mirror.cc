#include <nlohmann/json.hpp>

#include "base/encoding.h"
#include "cli/commands.h"
#include "mirror/audit.h"
#include "mirror/copy.h"
#include "mirror/registry.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

Result<void> remember(Context& context, const std::string& root, const std::string& where, std::uint64_t size) {
  return remember_mirror(context.doors.fs, root,
                         {.where = where, .size = size, .seen = to_date(context.doors.clock.now_s())});
}

Json json_of(const CopyResult& copied) {
  Json lost = Json::array();
  for (const Finding& finding : copied.lost) lost.push_back({{"object", finding.object}, {"what", finding.what}});
  return {{"objectsCopied", copied.objects_copied},
          {"objectsPresent", copied.objects_present},
          {"bytesCopied", copied.bytes_copied},
          {"lost", lost}};
}

struct Pushed {
  std::string where;
  CopyResult copied;
};

Result<Pushed> push_to(const std::string& address, const std::vector<Store*>& sources, const FoundCharter& charter,
                       const SignedHead& head, Context& context) {
  TRY_ASSIGN(const auto target, open_store(context.doors, address));
  Progress progress(context.output, "Copying to " + target->where());
  TRY_ASSIGN(CopyResult copied, copy_archive(sources, charter, head, *target, {.on_bytes = progress.counter()}));
  return Pushed{target->where(), std::move(copied)};
}

void print_copied(const Pushed& pushed, std::uint64_t entries, Output& out) {
  out.line(pushed.where + ": " + counted(pushed.copied.objects_copied, "object", "objects") + " copied (" +
           human_size(pushed.copied.bytes_copied) + "), " + std::to_string(pushed.copied.objects_present) +
           " there already. It now shows " + counted(entries, "entry.", "entries."));
  for (const Finding& finding : pushed.copied.lost) out.line("Lost: " + finding.object + " " + finding.what);
}

}  // namespace

Status run_mirror_push(const MirrorArguments& arguments, Context& context) {
  const auto pin = parse_pin(arguments.id);
  if (!pin) return fail(context, pin.error());
  const auto source = open_store(context.doors, arguments.archive);
  if (!source) return fail(context, source.error());
  const auto survey = survey_copies({source->get()}, *pin);
  if (!survey) return fail(context, survey.error());
  const SignedHead& head = *survey->copies[0].head;

  // One mirror in trouble does not keep the others from theirs.
  Output& out = context.output;
  Json results = Json::array();
  Status status = Status::done;
  for (const std::string& address : arguments.others) {
    auto pushed = push_to(address, {source->get()}, survey->charter, head, context);
    auto remembered = pushed ? remember(context, (*source)->root(), pushed->where, head.head.size) : Result<void>();
    if (!pushed) {
      out.note("muniment: " + pushed.error().sentence());
      results.push_back({{"where", address}, {"error", pushed.error().sentence()}});
      status = std::max(status, status_of(pushed.error().code()));
      continue;
    }
    print_copied(*pushed, head.head.size, out);
    if (!remembered) out.note("The list of mirrors could not be written: " + remembered.error().sentence());
    if (!pushed->copied.lost.empty()) status = std::max(status, Status::check_failed);
    Json result = json_of(pushed->copied);
    result["where"] = pushed->where;
    results.push_back(result);
  }
  out.document({{"archive", survey->charter.id.hex()}, {"entries", head.head.size}, {"mirrors", results}});
  return status;
}

Status run_mirror_pull(const MirrorArguments& arguments, Context& context) {
  const auto pin = parse_pin(arguments.id);
  if (!pin) return fail(context, pin.error());
  std::vector<std::unique_ptr<FolderStore>> owned;
  std::vector<Store*> sources;
  for (const std::string& address : arguments.others) {
    auto store = open_store(context.doors, address);
    if (!store) return fail(context, store.error());
    sources.push_back(store->get());
    owned.push_back(std::move(*store));
  }
  const auto target = open_store(context.doors, arguments.archive);
  if (!target) return fail(context, target.error());
  // A copy that exists says itself which archive it is; a new one must be told.
  const auto present = read_charter(**target, *pin);
  if (!present && present.error().code() != Code::not_found) return fail(context, present.error());
  if (!present && !*pin)
    return fail(context,
                Error(Code::invalid, "a new copy must be told which archive it is to be: give --id \"the 12 words\""));
  const auto survey = survey_copies(sources, present ? IdPin::of(present->id) : **pin);
  if (!survey) return fail(context, survey.error());
  const auto forks = find_forks(*survey->copies[survey->best].store, *survey);
  if (forks && !forks->empty())
    return fail(context, Error(Code::forged, "the log of " + sources[forks->front().copy]->where() +
                                                 " contradicts the others, and both are signed by the log key: the log "
                                                 "has been forked. Nothing was copied"));

  const SignedHead& head = *survey->copies[survey->best].head;
  std::vector<Store*> best_first = {survey->copies[survey->best].store};
  for (Store* source : sources) {
    if (source != best_first[0]) best_first.push_back(source);
  }
  const auto pulled = push_to(arguments.archive, best_first, survey->charter, head, context);
  if (!pulled) return fail(context, pulled.error());
  print_copied(*pulled, head.head.size, context.output);
  for (const SourceFinding& bad : pulled->copied.bad) {
    context.output.line("From " + best_first[bad.source]->where() + ": " + bad.finding.object + " " + bad.finding.what);
  }
  Json document = json_of(pulled->copied);
  document["archive"] = survey->charter.id.hex();
  document["entries"] = head.head.size;
  document["badFromSources"] = pulled->copied.bad.size();
  context.output.document(document);
  return pulled->copied.lost.empty() ? Status::done : Status::check_failed;
}

Status run_mirror_list(const MirrorArguments& arguments, Context& context) {
  const auto store = open_store(context.doors, arguments.archive);
  if (!store) return fail(context, store.error());
  const auto pin = parse_pin(arguments.id);
  if (!pin) return fail(context, pin.error());
  const auto survey = survey_copies({store->get()}, *pin);
  if (!survey) return fail(context, survey.error());
  const auto mirrors = read_mirrors(context.doors.fs, (*store)->root());
  if (!mirrors) return fail(context, mirrors.error());
  const std::uint64_t size = survey->copies[0].head->head.size;
  Json list = Json::array();
  for (const KnownMirror& mirror : *mirrors) {
    context.output.line(mirror.where + "  " + std::to_string(mirror.size) + " of " + counted(size, "entry", "entries") +
                        ", seen " + mirror.seen);
    list.push_back({{"where", mirror.where}, {"entries", mirror.size}, {"seen", mirror.seen}});
  }
  if (mirrors->empty())
    context.output.line("No mirror is known here. Make one:    muniment mirror push " + arguments.archive + " FOLDER");
  context.output.document({{"archive", survey->charter.id.hex()}, {"entries", size}, {"mirrors", list}});
  return Status::done;
}

namespace {

Json json_of(const AuditedCopy& copy) {
  Json findings = Json::array();
  for (const Finding& finding : copy.findings) findings.push_back({{"object", finding.object}, {"what", finding.what}});
  return {{"where", copy.where},   {"state", name_of(copy.state)}, {"entries", copy.size},
          {"behind", copy.behind}, {"objects", copy.objects},      {"bytes", copy.bytes},
          {"findings", findings},  {"sentence", copy.sentence}};
}

/// Remembers what each mirror shows, so that a later rollback is known for one.
void remember_audited(const std::vector<AuditedCopy>& audited, const std::string& root, Context& context) {
  for (const AuditedCopy& copy : audited) {
    if (copy.where == root || copy.size == 0 || copy.state == CopyState::forked) continue;
    const auto remembered = remember(context, root, copy.where, copy.size);
    if (!remembered) context.output.note("The list of mirrors could not be written: " + remembered.error().sentence());
  }
}

}  // namespace

Status run_mirror_audit(const MirrorArguments& arguments, Context& context) {
  const auto pin = parse_pin(arguments.id);
  if (!pin) return fail(context, pin.error());
  const std::string root = absolute_path(arguments.archive);
  const auto known = read_mirrors(context.doors.fs, root);
  if (!known) return fail(context, known.error());
  std::vector<std::string> addresses{arguments.archive};
  addresses.insert(addresses.end(), arguments.others.begin(), arguments.others.end());
  if (arguments.others.empty()) {
    for (const KnownMirror& mirror : *known) addresses.push_back(mirror.where);
  }
  std::vector<std::unique_ptr<FolderStore>> owned;
  std::vector<Store*> stores;
  for (const std::string& address : addresses) {
    auto store = open_store(context.doors, address);
    if (!store) return fail(context, store.error());
    stores.push_back(store->get());
    owned.push_back(std::move(*store));
  }
  const auto survey = survey_copies(stores, *pin);
  if (!survey) return fail(context, survey.error());
  Progress progress(context.output, "Reading the copies");
  const auto audited = audit_copies(*survey, last_seen_sizes(*known), {.on_bytes = progress.counter()});
  if (!audited) return fail(context, audited.error());

  Json copies = Json::array();
  bool all_whole = true;
  for (const AuditedCopy& copy : *audited) {
    context.output.line(copy.where + ": " + copy.sentence);
    copies.push_back(json_of(copy));
    all_whole &= copy.state == CopyState::whole;
  }
  remember_audited(*audited, root, context);
  if (!all_whole) {
    context.output.line(
        "What a copy lacks, muniment mirror push brings. An object that was altered is brought anew once its file has "
        "been removed from the copy.");
  }
  context.output.document(
      {{"archive", survey->charter.id.hex()}, {"words", id_words(survey->charter.id)}, {"copies", copies}});
  return all_whole ? Status::done : Status::check_failed;
}

}  // namespace muniment::cli
