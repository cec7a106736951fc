#include "archive/seal.h"

#include <nlohmann/json.hpp>

#include "archive/card.h"
#include "base/encoding.h"
#include "base/eraser.h"
#include "cli/sealing.h"
#include "cli/shredding.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Sealed {
  SealReport report;
  std::optional<ShredReport> removal;  // with --shred
};

/// What is removed cannot be sealed a second time.
Result<void> check_given_once(const std::vector<std::string>& paths) {
  for (std::size_t i = 0; i < paths.size(); ++i) {
    for (std::size_t other = 0; other < paths.size(); ++other) {
      if (i != other && lies_in(absolute_path(paths[i]), absolute_path(paths[other])))
        return Error(Code::invalid, paths[i] + " is, or lies in, " + paths[other] + ": with --shred, give it once");
    }
  }
  return {};
}

/// Seals one path after the other; with a shredder, removes what was sealed and read back.
Result<void> seal_paths(const SealArguments& arguments, const SealTarget& target, Shredder* shredder, Context& context,
                        SealReport& all) {
  const Doors& doors = context.doors;
  TRY_ASSIGN(StagingFolder staging, make_staging_folder(doors.fs, arguments.output, doors.random));
  Result<void> result = shredder == nullptr ? Result<void>() : check_lasts(doors.fs, arguments.output);
  Progress progress(context.output, "Sealing");
  SealHooks hooks = hooks_into(doors, arguments.output, progress);
  hooks.place = [&, place = hooks.place](SealedDeposit& deposit) -> Result<void> {
    TRY(place(deposit));
    if (shredder != nullptr) TRY(shredder->remove_originals({&deposit, 1}));
    all.deposits.push_back(deposit);
    return {};
  };
  if (shredder != nullptr) hooks.on_taken = [&](const TakenItem& taken) { shredder->note(taken); };
  for (const std::string& path : arguments.paths) {
    if (!result) break;
    auto report = seal_path(doors, path, staging.path, target, hooks);
    if (!report) {
      result = report.error();
      break;
    }
    if (shredder != nullptr) shredder->remove_emptied_folders(path);
    all.not_whole.insert(all.not_whole.end(), report->not_whole.begin(), report->not_whole.end());
    all.links += report->links;
  }
  remove_staging_folder(doors.fs, std::move(staging));
  return result;
}

Result<Sealed> seal(const SealArguments& arguments, const Card& card, Context& context) {
  const SealTarget target = target_for(card);
  Sealed sealed;
  std::optional<Shredder> shredder;
  if (arguments.shred) shredder.emplace(context.doors, posix_eraser());
  const auto result = seal_paths(arguments, target, shredder ? &*shredder : nullptr, context, sealed.report);
  if (shredder) sealed.removal = shredder->report();
  if (!result) {
    // What was removed before is to be known all the same.
    if (sealed.removal) tell_of_removal(context.output, *sealed.removal);
    const std::size_t kept = sealed.report.deposits.size();
    return result.error().in(kept == 0 ? "nothing was sealed"
                                       : "only the first " + counted(kept, "deposit is", "deposits are") +
                                             " sealed and good");
  }
  return sealed;
}

Status seal_files(const SealArguments& arguments, const Card& card, Context& context) {
  const auto sealed = seal(arguments, card, context);
  if (!sealed) return fail(context, sealed.error());
  Output& out = context.output;
  const SealedSums sums = sums_of(sealed->report);
  out.line("Sealed " + counted(sums.files, "file", "files") + " (" + human_size(sums.source_bytes) + ") into " +
           counted(sealed->report.deposits.size(), "deposit", "deposits") + " in " + arguments.output +
           ", for the archive");
  say_archive(out, card);
  if (sealed->report.links > 0)
    out.line(counted(sealed->report.links, "link was", "links were") + " recorded and not followed.");
  for (const std::string& sentence : sealed->report.not_whole) out.note("Not whole: " + sentence);
  if (sealed->removal) tell_of_removal(out, *sealed->removal);
  out.line(std::string(sealed->removal ? "" : "The originals are still where they were. ") +
           "Next: carry the folder to a custodian, who runs    muniment deposit ARCHIVE " + arguments.output);
  Json document{{"archive", card.archive.hex()},
                {"words", id_words(card.archive)},
                {"deposits", documents_of(sealed->report)},
                {"files", sums.files},
                {"sourceBytes", sums.source_bytes},
                {"links", sealed->report.links},
                {"hybrid", seals_hybrid(card)},
                {"notWhole", sealed->report.not_whole}};
  if (sealed->removal) add_removal(document, *sealed->removal);
  out.document(document);
  const bool all_done = sealed->report.not_whole.empty() && (!sealed->removal || sealed->removal->left.empty());
  return all_done ? Status::done : Status::check_failed;
}

}  // namespace

Result<Card> read_seal_card(const SealArguments& arguments, Context& context) {
  TRY_ASSIGN(const Bytes text, read_file(context.doors.fs, arguments.card, kCardBytesMax));
  auto card = parse_card(as_text(text));
  if (!card) return card.error().in(arguments.card);
  TRY_ASSIGN(const auto pin, parse_pin(arguments.id));
  if (pin) TRY(pin->check(card->archive));
  TRY(check_not_expired(*card, context.doors.clock.now_s()));
  return card;
}

Result<void> check_sources(const SealArguments& arguments, Fs& fs) {
  if (arguments.watch && !arguments.paths.empty())
    return Error(Code::invalid, "--watch names the folder: give no PATH beside it");
  if (!arguments.watch && arguments.paths.empty()) return Error(Code::invalid, "PATH is required, or --watch");
  const std::string output = absolute_path(arguments.output);
  for (const std::string& path : arguments.paths) {
    TRY(fs.info(path));  // all are there before anything is made
    if (lies_in(output, absolute_path(path))) {
      return Error(Code::invalid,
                   arguments.output + " lies in " + path + ", which is to be sealed: name a folder outside it");
    }
  }
  return {};
}

SealHooks hooks_into(const Doors& doors, const std::string& output, Progress& progress) {
  return {.place = [&fs = doors.fs, output](SealedDeposit& deposit) { return place_sealed(fs, deposit, output); },
          .on_bytes = progress.counter()};
}

bool seals_hybrid(const Card& card) { return target_for(card).recipient != card.recipient; }

void say_archive(Output& out, const Card& card) {
  out.line("");
  out.line("    " + id_words(card.archive));
  out.line("");
  out.line(
      "Compare these words with what you were told: only that archive's custodians can open it, and this device "
      "cannot.");
  warn_of_classic_seal(out, card);
}

void warn_of_classic_seal(Output& out, const Card& card) {
  if (seals_hybrid(card)) return;
  out.line(
      "Sealed to a classic key: who copies it today may open it when large quantum computers exist. A device with "
      "libcrypto 3.5 (Debian 13) seals against that, too, where the card has a hybrid key.");
}

Json json_of(const SealedDeposit& deposit) {
  return {{"id", deposit.id.hex()},
          {"folder", deposit.folder},
          {"files", deposit.files},
          {"sealedBytes", deposit.receipt.bytes}};
}

SealedSums sums_of(const SealReport& report) {
  SealedSums sums;
  for (const SealedDeposit& deposit : report.deposits) {
    sums.files += deposit.files;
    sums.source_bytes += deposit.source_bytes;
  }
  return sums;
}

Json documents_of(const SealReport& report) {
  Json documents = Json::array();
  for (const SealedDeposit& deposit : report.deposits) documents.push_back(json_of(deposit));
  return documents;
}

Status run_seal(const SealArguments& arguments, Context& context) {
  auto checked = check_sources(arguments, context.doors.fs);
  if (checked && arguments.shred) checked = check_given_once(arguments.paths);
  if (!checked) return fail(context, checked.error());
  if (arguments.is_testimony) return run_seal_testimony(arguments, context);
  const auto card = read_seal_card(arguments, context);
  if (!card) return fail(context, card.error());
  return arguments.watch ? seal_what_appears(arguments, *card, context) : seal_files(arguments, *card, context);
}

}  // namespace muniment::cli
