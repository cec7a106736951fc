#include <map>
#include <nlohmann/json.hpp>

#include "archive/open.h"
#include "archive/seal_kind.h"
#include "archive/survivors.h"
#include "archive/view.h"
#include "base/encoding.h"
#include "cli/commands.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

Json json_of_logged(const ArchiveView& view, const LoggedDeposit& deposit) {
  return {{"id", deposit.id.hex()},
          {"entry", deposit.index},
          {"sealedBytes", deposit.bytes},
          {"parts", deposit.parts},
          {"vouchedFor", view.is_accepted(deposit)},
          {"removed", deposit.removal.has_value()}};
}

void print_deposits(const ArchiveView& view, Output& out) {
  Json deposits = Json::array();
  if (!view.deposits.empty()) out.line("entry  deposit           sealed");
  for (const LoggedDeposit& deposit : view.deposits) {
    char row[80];
    std::snprintf(row, sizeof row, "%5llu  %.16s  %s", static_cast<unsigned long long>(deposit.index),
                  deposit.id.hex().c_str(), human_size(deposit.bytes).c_str());
    out.line(std::string(row) + (view.is_accepted(deposit) ? "" : "  (no custodian vouches for it)") +
             (deposit.removal ? "  (removed)" : ""));
    if (out.is_json()) deposits.push_back(json_of_logged(view, deposit));  // of tens of thousands it takes its time
  }
  out.line(view.deposits.empty() ? "The archive has no deposits yet."
                                 : counted(view.deposits.size(), "deposit.", "deposits.") +
                                       " What is in one:    muniment list ARCHIVE DEPOSIT --key KEYFILE");
  out.document({{"archive", view.id.hex()}, {"entries", view.head.head.size}, {"deposits", deposits}});
}

Result<Contents> contents_of(const ListArguments& arguments, const ArchiveView& view, const LoggedDeposit& deposit,
                             Store& store, Context& context) {
  TRY_ASSIGN(const auto key, open_compartments(context, store, view.charter, *arguments.key_file));
  const DepositSource source = source_in_store(store, deposit.id);
  TRY_ASSIGN(const Receipt receipt, read_logged_receipt(source, deposit.id));
  TRY_ASSIGN(const Seal seal, find_seal(source, receipt, deposit, key));
  return open_contents(source, receipt, seal, key);
}

/// What a testimony's deposit says of it; of the phrase only that there is one.
void print_testimony(const TestimonyRecord& record, Json& document, Output& out) {
  const bool has_names = record.part == kNamesPart;
  out.line(std::string("testimony: ") + (has_names ? "the names" : "the account") + ", link " + record.link +
           "    (muniment testimony find)");
  Json answers = Json::object();
  for (const auto& [key, answer] : record.answers) {
    out.line("              " + key + ": " + printable(answer, 4096));
    answers[key] = answer;
  }
  if (has_names) {
    out.line(record.phrase ? "              a return phrase was given    (muniment testimony check)"
                           : "              no return phrase was given");
  }
  document["testimony"] = {
      {"part", record.part}, {"link", record.link}, {"answers", answers}, {"returnPhrase", record.phrase.has_value()}};
}

void print_packages(const Contents& contents, Json& document, Output& out) {
  Json packages = Json::array();
  for (const ContentsPackage& package : contents.packages) {
    out.line("package of " + printable(package.format) + ": " + printable(package.folder));
    for (const std::string& defect : package.defects) out.line("              [" + printable(defect) + "]");
    packages.push_back(
        {{"format", package.format}, {"folder", printable(package.folder, 8192)}, {"defects", package.defects}});
  }
  document["packages"] = packages;
}

void print_contents(const Contents& contents, Json& document, Output& out) {
  Json files = Json::array();
  for (const ContentsFile& file : contents.files) {
    char size[32];
    std::snprintf(size, sizeof size, "%12llu", static_cast<unsigned long long>(file.size_bytes));
    out.line(std::string(size) + "  " + to_precise_time(file.modified_ns).substr(0, 16) + "  " + printable(file.path));
    for (const std::string& defect : file.defects) out.line("              " + printable(defect));
    for (const std::string& mark : file.marks) out.line("              [" + printable(mark) + "]");
    files.push_back({{"path", printable(file.path, 8192)},
                     {"size", file.size_bytes},
                     {"sha256", file.digest.hex()},
                     {"mediaType", file.media_type},
                     {"modified", to_precise_time(file.modified_ns)},
                     {"defects", file.defects},
                     {"marks", file.marks}});
  }
  Json others = Json::array();
  for (const ContentsOther& other : contents.others) {
    out.line("              " + other.kind + ": " + printable(other.path) +
             (other.detail.empty() ? "" : " (" + printable(other.detail) + ")"));
    others.push_back(
        {{"kind", other.kind}, {"path", printable(other.path, 8192)}, {"detail", printable(other.detail, 8192)}});
  }
  out.line(counted(contents.files.size(), "file.", "files."));
  document["files"] = files;
  document["others"] = others;
  print_packages(contents, document, out);
  if (contents.testimony) print_testimony(*contents.testimony, document, out);
}

/// What older deposits, of which some files were withdrawn, say of what is in this one.
Result<void> print_dates(const Contents& contents, const ArchiveView& view, Store& store, Json& document, Output& out) {
  const auto receipt_of = [&](const Sha256& id) -> Result<Receipt> {
    if (view.deposit(id) == nullptr) return Error(Code::forged, "it keeps lines of a deposit that is not in the log");
    return read_logged_receipt(source_in_store(store, id), id);
  };
  TRY_ASSIGN(const auto dated, check_kept_lines(contents, receipt_of));
  Json dates = Json::array();
  std::map<std::uint64_t, std::uint64_t> counts;  // by the older entry
  for (const DatedItem& item : dated) {
    const std::uint64_t entry = view.deposit(item.deposit)->index;
    ++counts[entry];
    dates.push_back({{"path", printable(item.path, 8192)}, {"deposit", item.deposit.hex()}, {"entry", entry}});
  }
  for (const auto& [entry, count] : counts) {
    out.line(counted(count, "of these was", "of these were") + " in the deposit of entry " + std::to_string(entry) +
             " already, which dates " + (count == 1 ? "it." : "them."));
  }
  document["datedBy"] = dates;
  return {};
}

/// Whether a quantum computer opens it one day. What was public under a classic seal stays so.
void print_seal(SealKind kind, Output& out) {
  switch (kind) {
    case SealKind::classic:
      out.line("sealed to a classic key: who copies it may open it when large quantum computers exist");
      break;
    case SealKind::hybrid_since:
      out.line(
          "sealed to a hybrid key, and before that to a classic one: who copied it under that seal may open it when "
          "large quantum computers exist");
      break;
    case SealKind::hybrid: out.line("sealed to a hybrid key"); break;
    case SealKind::unknown:
      out.line("a seal was dropped or is not here: whether it was sealed to a classic key before cannot be told");
      break;
  }
}

Result<void> list(const ListArguments& arguments, Context& context) {
  TRY_ASSIGN(const auto pin, parse_pin(arguments.id));
  TRY_ASSIGN(const auto store, open_store(context, arguments.archive));
  TRY_ASSIGN(const ArchiveView view, view_archive(*store, pin));
  if (!arguments.deposit) {
    print_deposits(view, context.output);
    return {};
  }
  TRY_ASSIGN(const LoggedDeposit deposit, view.find_deposit(*arguments.deposit));
  Json document = json_of_logged(view, deposit);
  Output& out = context.output;
  out.line("deposit " + deposit.id.hex());
  out.line("entry " + std::to_string(deposit.index) + ", " + human_size(deposit.bytes) + " sealed in " +
           counted(deposit.parts, "part", "parts") +
           (view.is_accepted(deposit) ? ", vouched for by a custodian" : ", NOT vouched for by any custodian"));
  if (deposit.removal) {
    out.line("Removed by entry " + std::to_string(deposit.removal->index) +
             ": nobody is given it any more. Receipt and entry stay, and show that it existed.");
  } else {
    const SealKind kind = find_seal_kind(*store, deposit);
    print_seal(kind, out);
    document["seal"] = name_of(kind);
  }
  if (arguments.key_file) {
    TRY_ASSIGN(const Contents contents, contents_of(arguments, view, deposit, *store, context));
    print_contents(contents, document, out);
    TRY(print_dates(contents, view, *store, document, out));
  } else if (!deposit.removal) {
    out.line("What is in it can be seen with the key of a person who may open it: add --key KEYFILE");
  }
  out.document(document);
  return {};
}

}  // namespace

Status run_list(const ListArguments& arguments, Context& context) {
  const auto listed = list(arguments, context);
  return listed ? Status::done : fail(context, listed.error());
}

}  // namespace muniment::cli
