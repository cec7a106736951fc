#include <nlohmann/json.hpp>

#include "archive/id.h"
#include "archive/watch_seal.h"
#include "base/encoding.h"
#include "base/eraser.h"
#include "cli/sealing.h"
#include "cli/shredding.h"

namespace muniment::cli {
namespace {

constexpr std::size_t kNamedMax = 10;

/// What was not sealed, the first by name.
void tell_of_paths(Output& out, const std::vector<std::string>& paths, const std::string& why) {
  for (std::size_t i = 0; i < paths.size() && i < kNamedMax; ++i) out.note(printable(paths[i]) + " " + why);
  if (paths.size() > kNamedMax) out.note("… and " + counted(paths.size() - kNamedMax, "other", "others") + " as well");
}

/// A deposit in a line; with --json the document comes at the end, and lines are notes.
void tell_of_deposit(Output& out, const SealedDeposit& deposit) {
  const std::string line = "Sealed " + counted(deposit.files, "file", "files") + " (" +
                           human_size(deposit.source_bytes) + "): " + deposit.folder;
  if (out.is_json()) {
    out.note(line);
  } else {
    out.line(line);
    out.flush();
  }
}

Result<void> check_folders(const SealArguments& arguments, const std::string& root, Fs& fs) {
  TRY_ASSIGN(const FileInfo info, fs.info(root));
  if (info.type != FileType::folder)
    return Error(Code::invalid, *arguments.watch + " is a " + std::string(name_of(info.type)) +
                                    ": a folder is watched. Without --watch, a file is sealed once");
  const std::string output = absolute_path(arguments.output);
  if (lies_in(output, root) || lies_in(root, output))
    return Error(Code::invalid, "of " + arguments.output + " and " + *arguments.watch +
                                    " one lies in the other: what is sealed goes somewhere else than what is not");
  TRY(make_folders(fs, arguments.output));
  const PrivateFiles only_for_me;
  return make_folders(fs, join(arguments.output, kWatchedFolder));
}

Status tell_of_end(const SealArguments& arguments, const Card& card, const WatchReport& report,
                   const std::optional<ShredReport>& removal, Context& context) {
  Output& out = context.output;
  const SealedSums sums = sums_of(report.sealed);
  out.line("Sealed in all " + counted(sums.files, "file", "files") + " (" + human_size(sums.source_bytes) + ") into " +
           counted(report.sealed.deposits.size(), "deposit", "deposits") + " in " + arguments.output + ".");
  if (removal) tell_of_removal(out, *removal);
  tell_of_paths(out, report.waiting, "is not sealed yet: it was being written, or came just now");
  tell_of_paths(out, report.passed_over,
                "is not sealed: its name is hidden or that of an unfinished file, or it is no file");
  nlohmann::ordered_json document{{"archive", card.archive.hex()},           {"words", id_words(card.archive)},
                                  {"deposits", documents_of(report.sealed)}, {"files", sums.files},
                                  {"sourceBytes", sums.source_bytes},        {"hybrid", seals_hybrid(card)},
                                  {"notWhole", report.sealed.not_whole},     {"waiting", report.waiting},
                                  {"passedOver", report.passed_over}};
  if (removal) add_removal(document, *removal);
  out.document(document);
  const bool all_done = report.sealed.not_whole.empty() && report.waiting.empty() && report.troubles == 0 &&
                        (!removal || removal->left.empty());
  return all_done ? Status::done : Status::check_failed;
}

}  // namespace

Status seal_what_appears(const SealArguments& arguments, const Card& card, Context& context) {
  const std::string root = absolute_path(*arguments.watch);
  Output& out = context.output;
  if (const auto checked = check_folders(arguments, root, context.doors.fs); !checked)
    return fail(context, checked.error());
  auto watch = posix_folder_watch();
  if (!watch) return fail(context, watch.error());
  std::optional<Shredder> shredder;
  if (arguments.shred) shredder.emplace(context.doors, posix_eraser());
  if (!out.is_json()) {
    out.line("Sealing what appears in " + *arguments.watch + " into " + arguments.output + ", for the archive");
    out.line("");
    out.line("    " + id_words(card.archive));
    out.line("");
    warn_of_classic_seal(out, card);
    out.line("It ends with Ctrl-C.");
    out.flush();
  }
  std::optional<Progress> progress;
  const WatchHooks hooks{.on_sealed =
                             [&](const SealedDeposit& deposit) {
                               progress.reset();
                               tell_of_deposit(out, deposit);
                             },
                         .on_trouble =
                             [&](const std::string& sentence) {
                               progress.reset();
                               out.note(sentence);
                             },
                         .on_bytes =
                             [&](std::uint64_t bytes) {
                               if (!progress) progress.emplace(out, "Sealing");
                               progress->add(bytes);
                             }};
  WatchReport report;
  const auto watched = watch_and_seal(context.doors, **watch, shredder ? &*shredder : nullptr,
                                      {.root = root, .output = arguments.output, .card = card}, hooks, report);
  progress.reset();
  const auto removal = shredder ? std::optional(shredder->report()) : std::nullopt;
  if (watched) return tell_of_end(arguments, card, report, removal, context);
  if (removal) tell_of_removal(out, *removal);
  return fail(context, watched.error().in(counted(report.sealed.deposits.size(), "deposit is", "deposits are") +
                                          " sealed and good, and it ended because of this"));
}

}  // namespace muniment::cli
