// muniment seal --testimony: seven answers, two deposits, one phrase.
#include <nlohmann/json.hpp>

#include "archive/shred.h"
#include "archive/testimony.h"
#include "base/encoding.h"
#include "base/eraser.h"
#include "cli/interview.h"
#include "cli/sealing.h"
#include "cli/shredding.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

struct SealedTestimony {
  Card card;
  TestimonyTargets targets;
  SealReport report;
  std::vector<NameTrace> traces;
  std::optional<ShredReport> removal;  // with --shred
};

/// A form that was read, and of which file.
struct ObtainedForm {
  TestimonyForm form;
  std::optional<Sha256> file;
};

Error no_terminal_for_questions() {
  return {Code::denied,
          "there is no terminal to ask the questions and to show the return phrase on: give --form FILE and "
          "--no-return-phrase, or run this on a terminal"};
}

/// From the form, or asked for. On a terminal names in the wrong places are looked for again until they are gone or
/// somebody says that they are none.
Result<ObtainedForm> obtain_form(const SealArguments& arguments, Context& context, QuietTerminal& terminal,
                                 std::vector<NameTrace>& traces) {
  Fs& fs = context.doors.fs;
  if (arguments.form) {
    for (const std::string& path : arguments.paths) {
      if (lies_in(absolute_path(*arguments.form), absolute_path(path))) {
        return Error(Code::invalid, "the form with the names lies in " + printable(path) +
                                        ", which is sealed for those who read the account: move it elsewhere");
      }
    }
    TRY_ASSIGN(const Bytes text, read_file(fs, *arguments.form, kFormBytesMax));
    auto form = parse_form(as_text(text));
    if (!form) return form.error().in(*arguments.form);
    traces = find_name_traces(fs, *form, arguments.paths);
    return ObtainedForm{std::move(*form), sha256(text)};
  }
  TRY_ASSIGN(TestimonyForm form, ask_testimony(terminal));
  for (;;) {
    traces = find_name_traces(fs, form, arguments.paths);
    if (traces.empty()) return ObtainedForm{std::move(form), {}};
    TRY_ASSIGN(const bool as_it_is, ask_about_names(terminal, traces));
    if (as_it_is) return ObtainedForm{std::move(form), {}};
  }
}

/// The account's files and the form, once all of the testimony was read back. Where a name may stand in the wrong place
/// they are needed to seal it again.
Result<void> remove_originals(const SealArguments& arguments, const ObtainedForm& obtained,
                              const SealedTestimony& sealed, Shredder& shredder) {
  if (obtained.file) shredder.note(*arguments.form, *obtained.file);
  if (!sealed.traces.empty()) {
    shredder.leave_noted("a name may stand where it should not, and then the testimony is to be sealed again");
    return {};
  }
  TRY(shredder.remove_originals(sealed.report.deposits));
  for (const std::string& path : arguments.paths) shredder.remove_emptied_folders(path);
  return {};
}

Result<SealedTestimony> seal_interview(const SealArguments& arguments, Context& context) {
  const Doors& doors = context.doors;
  TRY(check_sources(arguments, doors.fs));
  TRY_ASSIGN(Card card, read_seal_card(arguments, context));
  TRY_ASSIGN(TestimonyTargets targets, testimony_targets(card));
  QuietTerminal terminal;
  if (!terminal.is_usable() && (!arguments.form || !arguments.no_return_phrase)) return no_terminal_for_questions();
  SealedTestimony sealed{
      .card = std::move(card), .targets = std::move(targets), .report = {}, .traces = {}, .removal = {}};
  TRY_ASSIGN(const ObtainedForm obtained, obtain_form(arguments, context, terminal, sealed.traces));
  SecretBytes phrase;
  std::optional<PhraseVerifier> verifier;
  if (!arguments.no_return_phrase) {
    phrase = make_return_phrase(doors.random);
    TRY_ASSIGN(verifier, make_phrase_verifier(phrase, doors.random));
  }
  TRY_ASSIGN(StagingFolder staging, make_staging_folder(doors.fs, arguments.output, doors.random));
  Shredder shredder(doors, posix_eraser());
  auto report = [&]() -> Result<SealReport> {
    Progress progress(context.output, "Sealing");
    SealHooks hooks = hooks_into(doors, arguments.output, progress);
    if (arguments.shred) {
      TRY(check_lasts(doors.fs, arguments.output));
      hooks.on_taken = [&](const TakenItem& taken) { shredder.note(taken); };
    }
    bool is_shown = arguments.no_return_phrase;
    // Everything is sealed, and nothing of it shows in the folder before somebody has learnt the phrase.
    hooks.place = [&, place = hooks.place](SealedDeposit& deposit) -> Result<void> {
      if (!is_shown) TRY(show_return_phrase(terminal, phrase));
      is_shown = true;
      return place(deposit);
    };
    return seal_testimony(doors, obtained.form, arguments.paths, staging.path, sealed.targets, verifier, hooks);
  }();
  remove_staging_folder(doors.fs, std::move(staging));
  if (!report) return report.error().in("the testimony was not sealed");
  sealed.report = std::move(*report);
  if (arguments.shred) {
    const auto removed = remove_originals(arguments, obtained, sealed, shredder);
    sealed.removal = shredder.report();
    if (!removed) return removed.error().in("the testimony is sealed");
  }
  return sealed;
}

void say_what_was_sealed(const SealArguments& arguments, const SealedTestimony& sealed, Output& out) {
  const auto& deposits = sealed.report.deposits;
  out.line("Sealed the testimony into " + counted(deposits.size(), "deposit", "deposits") + " in " + arguments.output +
           ", for the archive");
  say_archive(out, sealed.card);
  const Compartment* names = sealed.card.charter.find_compartment(sealed.targets.names.compartment);
  std::string openers;
  for (const std::string& opener : names->openers) openers += (openers.empty() ? "" : ", ") + opener;
  out.line("The names: " + deposits.front().id.hex().substr(0, 16) + ", for the compartment \"" +
           sealed.targets.names.compartment + "\" (" + openers + ").");
  for (std::size_t i = 1; i < deposits.size(); ++i) {
    out.line("The account, with " + counted(deposits[i].files, "file", "files") + ": " +
             deposits[i].id.hex().substr(0, 16) + ", for the compartment \"" + sealed.targets.account.compartment +
             "\".");
  }
  out.line("Each says of the other only that it exists. Carry or send both.");
}

}  // namespace

Status run_seal_testimony(const SealArguments& arguments, Context& context) {
  const auto sealed = seal_interview(arguments, context);
  if (!sealed) return fail(context, sealed.error());
  Output& out = context.output;
  say_what_was_sealed(arguments, *sealed, out);
  Json deposits = Json::array();
  for (std::size_t i = 0; i < sealed->report.deposits.size(); ++i) {
    Json json = json_of(sealed->report.deposits[i]);
    json["part"] = i == 0 ? kNamesPart : kAccountPart;
    json["compartment"] = (i == 0 ? sealed->targets.names : sealed->targets.account).compartment;
    deposits.push_back(std::move(json));
  }
  Json traces = Json::array();
  for (const NameTrace& trace : sealed->traces) {
    traces.push_back(printable(trace.where, 8192));
    out.note("A name stands in " + printable(trace.where) +
             ", where those read it who are not to know it. If it is one: delete these deposits, rename, and seal "
             "again.");
  }
  for (const std::string& sentence : sealed->report.not_whole) out.note("Not whole: " + sentence);
  if (sealed->removal) {
    tell_of_removal(out, *sealed->removal);
  } else {
    out.line("The originals are still where they were" +
             std::string(arguments.form ? ", the form with the names as well." : "."));
  }
  Json document = {{"archive", sealed->card.archive.hex()},
                   {"words", id_words(sealed->card.archive)},
                   {"deposits", deposits},
                   {"links", sealed->report.links},
                   {"hybrid", seals_hybrid(sealed->card)},
                   {"notWhole", sealed->report.not_whole},
                   {"returnPhrase", !arguments.no_return_phrase},
                   {"namesIn", traces}};
  if (sealed->removal) add_removal(document, *sealed->removal);
  out.document(document);
  const bool all_removed = !sealed->removal || sealed->removal->left.empty();
  const bool all_done = sealed->report.not_whole.empty() && sealed->traces.empty() && all_removed;
  return all_done ? Status::done : Status::check_failed;
}

}  // namespace muniment::cli
