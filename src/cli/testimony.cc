// muniment testimony: an empty form, return phrases, and which deposits are of one testimony.
#include "archive/testimony.h"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "archive/open.h"
#include "archive/unseal.h"
#include "archive/view.h"
#include "base/encoding.h"
#include "cli/commands.h"
#include "cli/terminal.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kPhraseTypedBytesMax = 512;

/// A deposit that is of a testimony and open to whoever asks.
struct FoundTestimony {
  LoggedDeposit deposit;
  TestimonyRecord record;
};

struct Look {
  std::vector<FoundTestimony> found;
  std::uint64_t looked_at = 0;
  std::uint64_t not_open = 0;  // to this key, or not here
};

struct AccountPlace {
  std::unique_ptr<Store> store;
  ArchiveView view;
};

Result<AccountPlace> open_archive(Context& context, const std::string& archive, const std::optional<std::string>& id) {
  TRY_ASSIGN(const auto pin, parse_pin(id));
  TRY_ASSIGN(auto store, open_store(context, archive));
  TRY_ASSIGN(ArchiveView view, view_archive(*store, pin));
  return AccountPlace{std::move(store), std::move(view)};
}

/// The testimonies among deposits; what is for others is passed over.
Result<Look> look_at(AccountPlace& place, const std::vector<LoggedDeposit>& deposits, const OpenedCompartments& key,
                     Context& context) {
  Look look;
  Progress progress(context.output, "Looking");
  for (const LoggedDeposit& deposit : deposits) {
    if (deposit.removal) continue;
    ++look.looked_at;
    const DepositSource source = source_in_store(*place.store, deposit.id);
    TRY_ASSIGN(const Receipt receipt, read_logged_receipt(source, deposit.id));
    const auto seal = find_seal(source, receipt, deposit, key);
    const auto contents = seal ? open_contents(source, receipt, *seal, key) : Result<Contents>(seal.error());
    if (!contents) {
      ++look.not_open;
    } else if (contents->testimony) {
      look.found.push_back({deposit, *contents->testimony});
    }
    progress.add(receipt.parts);
  }
  return look;
}

/// One deposit by the seal that trustees made for the key in hand.
Result<Look> look_by_seal(AccountPlace& place, const TestimonyCheckArguments& arguments, Context& context) {
  if (arguments.deposits.size() != 1) return Error(Code::invalid, "--seal is of one deposit: name that one");
  TRY_ASSIGN(const LoggedDeposit deposit, place.view.find_deposit(arguments.deposits.front()));
  DepositSource source = source_in_store(*place.store, deposit.id);
  TRY_ASSIGN(const Receipt receipt, read_logged_receipt(source, deposit.id));
  TRY_ASSIGN(const GivenSeal given, take_given_seal(context.doors.fs, *arguments.seal, std::move(source)));
  TRY_ASSIGN(const HolderKeys holder, open_key_file(context, arguments.key_file));
  TRY_ASSIGN(const Contents contents, open_contents(given.source, receipt, given.seal, holder.identity()));
  Look look{.found = {}, .looked_at = 1, .not_open = 0};
  if (contents.testimony) look.found.push_back({deposit, *contents.testimony});
  return look;
}

Result<SecretBytes> ask_phrase() {
  if (::isatty(STDIN_FILENO) == 0) return read_input_line(kPhraseTypedBytesMax);
  QuietTerminal terminal;
  if (!terminal.is_usable()) return Error(Code::denied, "there is no terminal to ask for the return phrase on");
  terminal.say("The return phrase, as it was said (it is not shown): ");
  return terminal.read_line(kPhraseTypedBytesMax);
}

struct CheckedPhrase {
  std::optional<FoundTestimony> match;
  std::uint64_t phrases = 0;  // that it was held against
  Look look;
};

Result<CheckedPhrase> check_phrase(const TestimonyCheckArguments& arguments, Context& context) {
  TRY_ASSIGN(AccountPlace place, open_archive(context, arguments.archive, arguments.id));
  CheckedPhrase checked;
  if (arguments.seal) {
    TRY_ASSIGN(checked.look, look_by_seal(place, arguments, context));
  } else {
    std::vector<LoggedDeposit> deposits;
    for (const std::string& name : arguments.deposits) {
      TRY_ASSIGN(const LoggedDeposit deposit, place.view.find_deposit(name));
      deposits.push_back(deposit);
    }
    TRY_ASSIGN(const auto key, open_compartments(context, *place.store, place.view.charter, arguments.key_file));
    TRY_ASSIGN(checked.look, look_at(place, arguments.deposits.empty() ? place.view.deposits : deposits, key, context));
  }
  TRY_ASSIGN(const SecretBytes phrase, ask_phrase());
  for (const FoundTestimony& found : checked.look.found) {
    if (!found.record.phrase) continue;
    ++checked.phrases;
    const auto verified = verify_return_phrase(phrase, *found.record.phrase);
    if (verified) {
      checked.match = found;
      break;
    }
    if (verified.error().code() != Code::denied) return verified.error();
  }
  return checked;
}

std::string short_id(const LoggedDeposit& deposit) { return deposit.id.hex().substr(0, 16); }

std::string not_looked_into(const Look& look) {
  return look.not_open == 0 ? std::string()
                            : " " + counted(look.not_open, "deposit is", "deposits are") +
                                  " not open to this key, and nothing was seen of what is in there.";
}

Json json_of(const FoundTestimony& found) {
  return {{"id", found.deposit.id.hex()}, {"entry", found.deposit.index}, {"part", found.record.part}};
}

}  // namespace

Status run_testimony_form(const TestimonyFormArguments&, Context& context) {
  context.output.raw(empty_form());
  context.output.document({{"form", empty_form()}});
  return Status::done;
}

Status run_testimony_check(const TestimonyCheckArguments& arguments, Context& context) {
  const auto checked = check_phrase(arguments, context);
  if (!checked) return fail(context, checked.error());
  Output& out = context.output;
  Json document{{"matched", checked->match.has_value()},
                {"phrases", checked->phrases},
                {"lookedAt", checked->look.looked_at},
                {"notOpen", checked->look.not_open}};
  if (checked->match) {
    const FoundTestimony& match = *checked->match;
    document["deposit"] = json_of(match);
    document["link"] = match.record.link;
    out.line("It is the return phrase of the testimony whose names are in " + short_id(match.deposit) + " (entry " +
             std::to_string(match.deposit.index) + ").");
    out.line("Its account:    muniment testimony find ARCHIVE " + match.record.link + " --key KEYFILE");
    out.line("Withdraw both, each with    muniment withdraw ARCHIVE DEPOSIT --key KEYFILE");
  } else {
    out.line("It is the return phrase of none of " +
             counted(checked->phrases, "testimony that was", "testimonies that were") + " looked into." +
             not_looked_into(checked->look));
  }
  out.document(document);
  return checked->match ? Status::done : Status::check_failed;
}

Status run_testimony_find(const TestimonyFindArguments& arguments, Context& context) {
  const auto look = [&]() -> Result<Look> {
    TRY_ASSIGN(AccountPlace place, open_archive(context, arguments.archive, arguments.id));
    TRY_ASSIGN(const auto key, open_compartments(context, *place.store, place.view.charter, arguments.key_file));
    return look_at(place, place.view.deposits, key, context);
  }();
  if (!look) return fail(context, look.error());
  Output& out = context.output;
  Json deposits = Json::array();
  for (const FoundTestimony& found : look->found) {
    if (found.record.link != arguments.link) continue;
    out.line(short_id(found.deposit) + "  entry " + std::to_string(found.deposit.index) + "  " +
             (found.record.part == kNamesPart ? "the names" : "the account"));
    deposits.push_back(json_of(found));
  }
  const bool is_found = !deposits.empty();
  if (!is_found) out.line("No deposit that is open to this key has that link." + not_looked_into(*look));
  out.document({{"link", arguments.link}, {"deposits", deposits}, {"notOpen", look->not_open}});
  return is_found ? Status::done : Status::check_failed;
}

}  // namespace muniment::cli
