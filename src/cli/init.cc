#include <nlohmann/json.hpp>

#include "archive/charter.h"
#include "archive/found.h"
#include "cli/commands.h"

namespace muniment::cli {
namespace {

/// The keys in the file, or new ones in a new file.
Result<HolderKeys> obtain_keys(const InitArguments& arguments, Context& context) {
  TRY_ASSIGN(const bool present, exists(context.doors.fs, arguments.key_file));
  if (present) return open_key_file(context, arguments.key_file);
  TRY(check_pseudonym(arguments.pseudonym));
  TRY_ASSIGN(SecretBytes passphrase, ask_new_passphrase(context, arguments.key_file));
  const PrivateFiles only_for_me;
  HolderKeys keys = HolderKeys::make(arguments.pseudonym, context.doors.random);
  TRY(write_key_file(context.doors.fs, arguments.key_file, keys, std::move(passphrase), context.doors.random));
  context.output.line("Made the key file " + arguments.key_file);
  return keys;
}

Result<Founded> init(const InitArguments& arguments, Context& context) {
  const std::string root = absolute_path(arguments.archive);
  if (lies_in(absolute_path(arguments.key_file), root)) {
    return Error(
        Code::invalid,
        "the key file must not lie inside the archive, which is copied to strangers: name another place for it");
  }
  // Nothing is asked and no key is made for a place where nothing can be founded.
  const auto names = context.doors.fs.list(root);
  if (names && !names->empty()) return Error(Code::conflict, root + " is not empty: found the archive in a new folder");
  TRY_ASSIGN(const HolderKeys keys, obtain_keys(arguments, context));
  return found_archive(context.doors, root, keys);
}

}  // namespace

Status run_init(const InitArguments& arguments, Context& context) {
  const auto founded = init(arguments, context);
  if (!founded) return fail(context, founded.error());
  Output& out = context.output;
  out.line("Founded the archive " + arguments.archive + ". Its id, in 12 words:");
  out.line("");
  out.line("    " + id_words(founded->id));
  out.line("");
  out.line("Write the words down where a raid does not find them: every copy of the archive is known by them.");
  out.line("There is one custodian. If this key file or its passphrase is lost, nobody can open what comes in: keep a");
  out.line("second copy of " + arguments.key_file + " in another place, and the passphrase in neither.");
  out.line("");
  out.line("Next: a card for those who send evidence    muniment card " + arguments.archive + " --key " +
           arguments.key_file + " -o card.txt");
  out.line("      a copy somewhere else                 muniment mirror push " + arguments.archive + " FOLDER");
  out.document({{"archive", arguments.archive},
                {"id", founded->id.hex()},
                {"words", id_words(founded->id)},
                {"origin", founded->origin},
                {"keyFile", arguments.key_file}});
  return Status::done;
}

}  // namespace muniment::cli
