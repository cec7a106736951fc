// muniment mirror push --limit and --wrapped, mirror unwrap: an archive carried by people.
#include "mirror/stick.h"

#include <nlohmann/json.hpp>

#include "base/encoding.h"
#include "cli/commands.h"
#include "mirror/survey.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Carried {
  Store& source;
  const FoundCharter& charter;
  const ArchiveView& view;
};

/// Where a stick that was begun before begins; nothing for a new one. Errors: those of find_agreed_part.
Result<std::optional<std::uint64_t>> begins_at(Store& stick, const Carried& carried) {
  TRY_ASSIGN(const auto part, find_agreed_part(stick, carried.view.id, carried.charter.charter));
  if (!part || !part->is_stick) return std::optional<std::uint64_t>{};
  return std::optional(part->from);
}

Result<StickPlan> fill_folder(const Carried& carried, const std::string& to, const MirrorArguments& arguments,
                              std::optional<std::uint64_t> first, Context& context) {
  TRY_ASSIGN(const auto stick, open_target(context, to));
  TRY_ASSIGN(const auto begun, begins_at(*stick, carried));
  if (begun && first && *begun != *first) {
    return Error(Code::conflict, to + " carries deposits from entry " + std::to_string(*begun) +
                                     " on, and is to carry those from " + std::to_string(*first) +
                                     " on: give an empty folder");
  }
  const StickLimits limits{.first = first ? *first : begun.value_or(0), .bytes_max = *arguments.limit};
  TRY_ASSIGN(const StickPlan plan, plan_stick(carried.source, carried.charter, carried.view, limits));
  Progress progress(context.output, "Writing " + to, plan.bytes);
  TRY(fill_stick(carried.source, carried.charter, carried.view, plan, *stick, progress.counter()));
  return plan;
}

/// A new file, whole or not at all.
Result<StickPlan> wrap_into(const Carried& carried, const std::string& to, const MirrorArguments& arguments,
                            std::uint64_t first, Context& context) {
  Fs& fs = context.doors.fs;
  TRY_ASSIGN(const bool is_taken, exists(fs, to));
  if (is_taken) return Error(Code::conflict, to + " is there already: give a new file");
  TRY_ASSIGN(const std::string text, read_recipient(context, *arguments.wrapped));
  TRY_ASSIGN(const auto recipient, age::parse_recipient(text));
  const StickLimits limits{.first = first, .bytes_max = arguments.limit.value_or(UINT64_MAX), .is_wrapped = true};
  TRY_ASSIGN(const StickPlan plan, plan_stick(carried.source, carried.charter, carried.view, limits));
  const std::string unfinished = to + ".unfinished";
  if (const auto removed = fs.remove(unfinished); !removed && removed.error().code() != Code::not_found)
    return removed.error();
  TRY_ASSIGN(const auto file, fs.create(unfinished));
  Progress progress(context.output, "Writing " + to, plan.bytes);
  const auto count = progress.counter();
  const auto write = [&](ByteView bytes) -> Result<void> {
    if (count) count(bytes.size());
    return file->write(bytes);
  };
  auto written =
      wrap_stick(carried.source, carried.charter, carried.view, plan, *recipient, context.doors.random, write);
  if (written) written = file->sync();
  if (written) written = fs.rename_new(unfinished, to);
  if (written) written = fs.sync_folder(parent_of(to));
  if (!written) {
    (void)fs.remove(unfinished);  // what is left of it is harmless, and named by what follows
    return written.error();
  }
  return plan;
}

void print_next(const MirrorArguments& arguments, const StickPlan& plan, std::uint64_t size, Output& out) {
  if (plan.next >= size && arguments.wrapped) {
    out.line("That is all. Where it arrives:    muniment mirror unwrap FILE -o STICK --key KEYFILE");
    return;
  }
  if (plan.next >= size) {
    out.line(
        "That is all. Where they arrive, one after the other or together:    muniment mirror pull COPY --from STICK…");
    return;
  }
  out.line("The deposits from entry " + std::to_string(plan.next) +
           " on are not among them. The next:    muniment mirror push " + arguments.archive + " NEXT --limit " +
           std::to_string(*arguments.limit) + " --from-entry " + std::to_string(plan.next) +
           (arguments.wrapped ? " --wrapped " + *arguments.wrapped : ""));
}

}  // namespace

Status run_mirror_push_sticks(const MirrorArguments& arguments, Context& context) {
  if (arguments.select)
    return fail(context,
                Error(Code::invalid, "--select is for copies: a stick carries what --limit and --from-entry say"));
  const auto pin = parse_pin(arguments.id);
  if (!pin) return fail(context, pin.error());
  const auto source = open_store(context, arguments.archive);
  if (!source) return fail(context, source.error());
  const auto charter = read_charter(**source, *pin);
  if (!charter) return fail(context, charter.error());
  const auto view = view_archive(**source, *pin);
  if (!view) return fail(context, view.error());

  const Carried carried{**source, *charter, *view};
  Output& out = context.output;
  Json sticks = Json::array();
  std::optional<std::uint64_t> first = arguments.from_entry;
  const std::uint64_t size = view->head.head.size;
  StickPlan last;
  for (const std::string& to : arguments.others) {
    if (first && *first >= size && !sticks.empty()) break;  // the ones before took all
    const auto plan = arguments.wrapped ? wrap_into(carried, to, arguments, first.value_or(0), context)
                                        : fill_folder(carried, to, arguments, first, context);
    if (!plan) return fail(context, plan.error().in(to));
    out.line(to + ": the log, and " + counted(plan->deposits, "deposit", "deposits") + " of the entries from " +
             std::to_string(plan->first) + " up to " + std::to_string(plan->next) + " (" + human_size(plan->bytes) +
             ")" + (arguments.wrapped ? ", sealed." : "."));
    sticks.push_back({{"where", to},
                      {"fromEntry", plan->first},
                      {"toEntry", plan->next},
                      {"deposits", plan->deposits},
                      {"bytes", plan->bytes}});
    last = *plan;
    first = plan->next;
  }
  print_next(arguments, last, size, out);
  out.document({{"archive", view->id.hex()},
                {"entries", size},
                {"sticks", sticks},
                {"next", last.next < size ? Json(last.next) : Json(nullptr)}});
  return Status::done;
}

Status run_mirror_unwrap(const UnwrapArguments& arguments, Context& context) {
  const auto keys = open_key_file(context, arguments.key_file);
  if (!keys) return fail(context, keys.error());
  const auto file = context.doors.fs.open(arguments.file);
  if (!file) return fail(context, file.error());
  const auto target = open_folder(context, arguments.output);
  if (!target) return fail(context, target.error());
  const auto objects = unwrap_stick(**file, keys->identity(), **target);
  if (!objects) return fail(context, objects.error().in(arguments.file));
  context.output.line("Unwrapped " + counted(*objects, "object", "objects") + " into " + arguments.output +
                      ". Nothing of it was held against a log yet. Next:    muniment mirror pull COPY --from " +
                      arguments.output + " --id \"the 12 words\"");
  context.output.document({{"output", arguments.output}, {"objects", *objects}});
  return Status::done;
}

}  // namespace muniment::cli
