#include "archive/open.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "archive/extract.h"
#include "archive/unseal.h"
#include "archive/view.h"
#include "base/encoding.h"
#include "cli/commands.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Opened {
  LoggedDeposit deposit;
  Contents contents;
  bool vouched_for = false;
};

/// What a deposit is opened with.
struct Way {
  std::optional<OpenedCompartments> compartments;
  std::optional<HolderKeys> holder;
  Receipt receipt;
  Seal seal;
  DepositSource source;

  const age::Identity& key() const { return holder ? holder->identity() : *compartments; }
};

/// A compartment's keys and the deposit's own seal, or the key in hand and the seal that the trustees made for it.
Result<Way> find_way(const OpenArguments& arguments, Context& context, Store& store, const ArchiveView& view,
                     const LoggedDeposit& deposit) {
  Way way;
  way.source = source_in_store(store, deposit.id);
  TRY_ASSIGN(way.receipt, read_logged_receipt(way.source, deposit.id));
  if (!arguments.seal) {
    TRY_ASSIGN(way.compartments, open_compartments(context, store, view.charter, arguments.key_file));
    TRY_ASSIGN(way.seal, find_seal(way.source, way.receipt, deposit, *way.compartments));
    return way;
  }
  TRY_ASSIGN(GivenSeal given, take_given_seal(context.doors.fs, *arguments.seal, std::move(way.source)));
  way.seal = given.seal;
  way.source = std::move(given.source);
  TRY_ASSIGN(way.holder, open_key_file(context, arguments.key_file));
  return way;
}

Result<Opened> open(const OpenArguments& arguments, Context& context) {
  TRY_ASSIGN(const auto pin, parse_pin(arguments.id));
  TRY(check_target(context, arguments.output, arguments.to_disk));
  TRY_ASSIGN(const auto store, open_store(context, arguments.archive));
  TRY_ASSIGN(const ArchiveView view, view_archive(*store, pin));
  TRY_ASSIGN(const LoggedDeposit deposit, view.find_deposit(arguments.deposit));
  if (deposit.removal) {
    return Error(Code::not_found, "the deposit was removed by entry " + std::to_string(deposit.removal->index) +
                                      ": nobody is given it any more");
  }
  TRY_ASSIGN(const Way way, find_way(arguments, context, *store, view, deposit));
  const Receipt& receipt = way.receipt;

  Progress progress(context.output, "Opening", receipt.bytes);
  const DepositSource counted_source = [&](const std::string& name, std::uint64_t bytes_max) {
    auto bytes = way.source(name, bytes_max);
    if (bytes) progress.add(bytes->size());
    return bytes;
  };
  TRY_ASSIGN(const auto extractor, FolderExtractor::begin(context.doors, arguments.output));
  TRY_ASSIGN(Contents contents,
             open_deposit(counted_source, receipt, way.seal, way.key(), *extractor, context.doors.work));
  TRY(extractor->finish(contents));
  return Opened{.deposit = deposit, .contents = std::move(contents), .vouched_for = view.is_accepted(deposit)};
}

}  // namespace

Status run_open(const OpenArguments& arguments, Context& context) {
  const PrivateFiles only_for_me;
  const auto opened = open(arguments, context);
  if (!opened) {
    const Code code = opened.error().code();
    if (code == Code::corrupt || code == Code::forged) {
      context.output.note(
          "Nothing was written. Another copy may have it whole (muniment mirror audit); what can be read of this one:");
      context.output.note("    muniment recover --salvage FOLDER-OF-THE-DEPOSIT --archive " + arguments.archive +
                          " -o /dev/shm/salvaged --key " + arguments.key_file);
    }
    return fail(context, opened.error());
  }
  Output& out = context.output;
  std::uint64_t bytes = 0;
  Json files = Json::array();
  const bool true_paths = true_paths_fit(opened->contents);
  for (const ContentsFile& file : opened->contents.files) {
    bytes += file.size_bytes;
    files.push_back({{"path", printable(safe_path(file, true_paths), 8192)},
                     {"size", file.size_bytes},
                     {"sha256", file.digest.hex()},
                     {"defects", file.defects},
                     {"marks", file.marks}});
    for (const std::string& defect : file.defects)
      out.note("Taken in not whole: " + printable(file.path) + " " + printable(defect));
  }
  const auto marked = static_cast<std::uint64_t>(
      std::ranges::count_if(opened->contents.files, [](const ContentsFile& file) { return !file.marks.empty(); }));
  std::uint64_t links = 0;
  for (const ContentsOther& other : opened->contents.others) links += other.kind == "link" ? 1u : 0u;
  out.line("Opened " + counted(opened->contents.files.size(), "file", "files") + " (" + human_size(bytes) + ") into " +
           arguments.output + ".");
  out.line("Every part, every file and the list of contents are as they were sealed and logged (entry " +
           std::to_string(opened->deposit.index) + ").");
  if (!opened->vouched_for)
    out.line("No custodian vouches for this deposit: nothing shows that it came in through the organisation.");
  if (!true_paths) {
    out.line(
        "Their true paths cannot all stand on a disk: they have the names of the bag, and muniment list shows the "
        "others.");
  }
  const auto unfinished = find_unfinished_openings(context.doors.fs, arguments.output);
  for (const std::string& folder : unfinished ? *unfinished : std::vector<std::string>{}) {
    out.note("An opening that was cut off has left opened files in " + folder + ": delete it");
  }
  if (marked > 0)
    out.line(counted(marked, "file has", "files have") +
             " marks of what was seen at sealing: muniment list shows them.");
  if (links > 0)
    out.line(counted(links, "link was", "links were") + " not made; muniment list shows where they pointed.");
  out.document({{"id", opened->deposit.id.hex()},
                {"entry", opened->deposit.index},
                {"vouchedFor", opened->vouched_for},
                {"files", files},
                {"linksNotMade", links}});
  return Status::done;
}

}  // namespace muniment::cli
