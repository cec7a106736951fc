#include <functional>
#include <nlohmann/json.hpp>

#include "archive/found.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "crypto/mlkem.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

/// The trustees that were asked for on the command line or are asked for here; nothing for --no-trustees.
Result<std::optional<Quorum>> choose_trustees(const InitArguments& arguments) {
  if (arguments.no_trustees) return std::optional<Quorum>{};
  if (arguments.trustees) {
    TRY_ASSIGN(const Quorum quorum, parse_quorum(*arguments.trustees));
    return std::optional(quorum);
  }
  QuietTerminal terminal;
  if (!terminal.is_usable()) {
    return Error(
        Code::invalid,
        "say how many trustees there are: --trustees 2of3, or --no-trustees, typed in full, if nobody shall be "
        "able to go on when the custodian is gone");
  }
  terminal.say(
      "Trustees together open what nobody opens alone, and bring the archive back when its custodian is gone.\n"
      "How many of how many? (2of3 and 3of5 are usual; for none, run again with --no-trustees): ");
  TRY_ASSIGN(const SecretBytes answer, terminal.read_line(16, /*shown=*/true));
  TRY_ASSIGN(const Quorum quorum, parse_quorum(std::string(answer.expose_text())));
  return std::optional(quorum);
}

struct FoundingOutcome {
  Founded founded;
  std::optional<Quorum> quorum;
};

using Found = std::function<Result<Founded>(const HolderKeys& keys, const FoundingTrustees* trustees,
                                            const std::function<Result<void>(const Founded&)>& before_it_appears)>;

/// Whom the archive is to have is asked, then it is founded.
Result<FoundingOutcome> init_by(const InitArguments& arguments, Context& context, const Found& found) {
  TRY_ASSIGN(const auto quorum, choose_trustees(arguments));
  if (quorum) TRY(check_handout(arguments.handout));
  TRY_ASSIGN(const HolderKeys keys, obtain_keys(context, arguments.key_file, arguments.pseudonym));
  if (!quorum) {
    TRY_ASSIGN(const Founded founded, found(keys, nullptr, {}));
    return FoundingOutcome{founded, quorum};
  }
  TRY_ASSIGN(const Deal deal,
             deal_secret(quorum->threshold, quorum->count, /*set=*/1, has_mlkem768(), context.doors.random));
  const FoundingTrustees trustees{deal.trustees, deal.keys};
  TRY_ASSIGN(const Founded founded, found(keys, &trustees, [&](const Founded& made) {
               return hand_out(context, deal, {.archive_words = id_words(made.id), .copies = {}}, arguments.handout);
             }));
  return FoundingOutcome{founded, quorum};
}

Result<FoundingOutcome> init_in_bucket(const InitArguments& arguments, Context& context) {
  TRY_ASSIGN(const auto place, open_place(context, arguments.archive));
  TRY(place->own_root());
  TRY(check_is_empty(place->store()));
  TRY(place->check_can_be_home());
  return init_by(arguments, context, [&](const auto& keys, const auto* trustees, const auto& before_it_appears) {
    return found_archive_at(context.doors, *place, keys, trustees, before_it_appears);
  });
}

Result<FoundingOutcome> init(const InitArguments& arguments, Context& context) {
  if (is_remote(arguments.archive)) return init_in_bucket(arguments, context);
  const std::string root = absolute_path(arguments.archive);
  if (lies_in(absolute_path(arguments.key_file), root)) {
    return Error(
        Code::invalid,
        "the key file must not lie inside the archive, which is copied to strangers: name another place for it");
  }
  // Nothing is asked and no key is made for a place where nothing can be founded.
  const auto names = context.doors.fs.list(root);
  if (names && !names->empty()) return Error(Code::conflict, root + " is not empty: found the archive in a new folder");
  return init_by(arguments, context, [&](const auto& keys, const auto* trustees, const auto& before_it_appears) {
    return found_archive(context.doors, root, keys, trustees, before_it_appears);
  });
}

}  // namespace

Status run_init(const InitArguments& arguments, Context& context) {
  const auto outcome = init(arguments, context);
  if (!outcome) return fail(context, outcome.error());
  const Founded* founded = &outcome->founded;
  Output& out = context.output;
  out.line("Founded the archive in " + std::string(is_remote(arguments.archive) ? "" : "the folder ") +
           arguments.archive + ". Its id, in 12 words:");
  out.line("");
  out.line("    " + id_words(founded->id));
  out.line("");
  out.line("Write the words down where a raid does not find them: every copy of the archive is known by them.");
  if (const auto& quorum = outcome->quorum) {
    out.line("Any " + std::to_string(quorum->threshold) + " of the " + std::to_string(quorum->count) +
             " trustees bring back reading and authority; every such set was tried before the secret was wiped.");
    if (quorum->threshold == quorum->count)
      out.line("WARNING: all of them are needed. One who cannot be reached is the end: 3of5 is safer.");
    out.line("Have each of them run    muniment share check " + arguments.archive + "    today.");
    out.line("Keep a second copy of " + arguments.key_file + " in another place, and the passphrase in neither.");
  } else {
    out.line(
        "There is one custodian and no trustees: one arrest, or one lost key file, and nobody opens what comes in.");
    out.line("Keep a second copy of " + arguments.key_file + " in another place, and the passphrase in neither.");
  }
  out.line("");
  out.line("Next: a card for those who send evidence    muniment card " + arguments.archive + " --key " +
           arguments.key_file + " -o card.txt");
  out.line("      a copy somewhere else                 muniment mirror push " + arguments.archive + " FOLDER");
  out.document(
      {{"archive", arguments.archive},
       {"id", founded->id.hex()},
       {"words", id_words(founded->id)},
       {"origin", founded->origin},
       {"trustees", outcome->quorum ? Json{{"needed", outcome->quorum->threshold}, {"shares", outcome->quorum->count}}
                                    : Json(nullptr)},
       {"keyFile", arguments.key_file}});
  return Status::done;
}

}  // namespace muniment::cli
