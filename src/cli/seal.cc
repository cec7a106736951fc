#include "archive/seal.h"

#include <nlohmann/json.hpp>

#include "archive/card.h"
#include "base/encoding.h"
#include "cli/sealing.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Sealed {
  Card card;
  SealReport report;
};

Result<Sealed> seal(const SealArguments& arguments, Context& context) {
  TRY(check_sources(arguments, context.doors.fs));
  TRY_ASSIGN(Card card, read_seal_card(arguments, context));
  const Doors& doors = context.doors;
  TRY_ASSIGN(StagingFolder staging, make_staging_folder(doors.fs, arguments.output, doors.random));
  Progress progress(context.output, "Sealing");
  const SealHooks hooks = hooks_into(doors, arguments.output, progress);
  const SealTarget target = target_for(card);
  Sealed sealed{.card = std::move(card), .report = {}};
  Result<void> result;
  for (const std::string& path : arguments.paths) {
    auto report = seal_path(doors, path, staging.path, target, hooks);
    if (!report) {
      result = report.error();
      break;
    }
    SealReport& all = sealed.report;
    all.deposits.insert(all.deposits.end(), report->deposits.begin(), report->deposits.end());
    all.not_whole.insert(all.not_whole.end(), report->not_whole.begin(), report->not_whole.end());
    all.links += report->links;
  }
  remove_staging_folder(doors.fs, std::move(staging));
  if (!result) {
    const std::size_t kept = sealed.report.deposits.size();
    return result.error().in(kept == 0 ? "nothing was sealed"
                                       : "only the first " + counted(kept, "deposit is", "deposits are") +
                                             " sealed and good");
  }
  return sealed;
}

Status seal_files(const SealArguments& arguments, Context& context) {
  const auto sealed = seal(arguments, context);
  if (!sealed) return fail(context, sealed.error());
  Output& out = context.output;
  Json deposits = Json::array();
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  for (const SealedDeposit& deposit : sealed->report.deposits) {
    files += deposit.files;
    bytes += deposit.source_bytes;
    deposits.push_back(json_of(deposit));
  }
  out.line("Sealed " + counted(files, "file", "files") + " (" + human_size(bytes) + ") into " +
           counted(sealed->report.deposits.size(), "deposit", "deposits") + " in " + arguments.output +
           ", for the archive");
  say_archive(out, sealed->card);
  if (sealed->report.links > 0)
    out.line(counted(sealed->report.links, "link was", "links were") + " recorded and not followed.");
  for (const std::string& sentence : sealed->report.not_whole) out.note("Not whole: " + sentence);
  out.line(
      "The originals are still where they were. Next: carry the folder to a custodian, who runs    muniment deposit "
      "ARCHIVE " +
      arguments.output);
  out.document({{"archive", sealed->card.archive.hex()},
                {"words", id_words(sealed->card.archive)},
                {"deposits", deposits},
                {"files", files},
                {"sourceBytes", bytes},
                {"links", sealed->report.links},
                {"hybrid", seals_hybrid(sealed->card)},
                {"notWhole", sealed->report.not_whole}});
  return sealed->report.not_whole.empty() ? Status::done : Status::check_failed;
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
  if (arguments.paths.empty()) return Error(Code::invalid, "nothing to seal was given: name files or folders");
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
  return {.place = [&fs = doors.fs, output](SealedDeposit& deposit) -> Result<void> {
            const std::string target = join(output, deposit.id.hex());
            TRY(fs.rename_new(deposit.folder, target));
            deposit.folder = target;
            return fs.sync_folder(output);
          },
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
  if (!seals_hybrid(card)) {
    out.line(
        "Sealed to a classic key: who copies it today may open it when large quantum computers exist. A device with "
        "libcrypto 3.5 (Debian 13) seals against that, too, where the card has a hybrid key.");
  }
}

Json json_of(const SealedDeposit& deposit) {
  return {{"id", deposit.id.hex()},
          {"folder", deposit.folder},
          {"files", deposit.files},
          {"sealedBytes", deposit.receipt.bytes}};
}

Status run_seal(const SealArguments& arguments, Context& context) {
  return arguments.is_testimony ? run_seal_testimony(arguments, context) : seal_files(arguments, context);
}

}  // namespace muniment::cli
