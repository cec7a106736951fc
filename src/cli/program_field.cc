// Seal, testimony, send and exposure, on the command line.
#include "cli/program_parts.h"

namespace muniment::cli {
namespace {

void add_seal_command(CLI::App& app, Commands& commands, SealArguments& arguments) {
  auto* seal =
      commands.add(app, "seal", "Seal files and folders for an archive; needs the card only", run_seal, arguments)
          ->group("In the field");
  seal->add_option("--card", arguments.card, "The card that a custodian gave")->required();
  seal->add_option("-o,--output", arguments.output, "The folder for the sealed deposits")->required();
  seal->add_option("--id", arguments.id, kIdHelp);
  seal->add_option("PATH", arguments.paths, "What to seal: one deposit for each");
  auto* watch =
      seal->add_option("--watch", arguments.watch,
                       "Instead: seal what appears in this folder within seconds of its being closed, until Ctrl-C");
  seal->add_flag("--shred", arguments.shred,
                 "Remove each original once its sealed copy was read back; says what a disk may keep");
  auto* testimony = seal->add_flag("--testimony", arguments.is_testimony,
                                   "PATHs are one testimony: asks seven questions, and seals the names apart");
  testimony->excludes(watch);
  seal->add_option("--form", arguments.form, "The answers, in a form that muniment testimony form prints")
      ->needs(testimony);
  seal->add_flag("--no-return-phrase", arguments.no_return_phrase,
                 "Give the person no phrase by which the testimony can be withdrawn")
      ->needs(testimony);
  seal->footer(
      "Examples:\n  muniment seal --card card.txt -o sealed \"Interview 3\" photos\n  muniment seal --card card.txt -o "
      "sealed --testimony recording.m4a account.txt\n  muniment seal --card card.txt -o sealed --shred \"Interview "
      "3\"\n  muniment seal --card card.txt -o sealed --watch Recordings --shred\nSeized afterwards, this device opens "
      "nothing that it has sealed. Without --shred the originals stay where they are.");
}

void add_testimony_commands(CLI::App& app, Commands& commands, FieldArguments& all) {
  auto* testimony =
      app.add_subcommand("testimony", "Testimonies: an empty form; who may withdraw one; which deposits are of one")
          ->group("For custodians")
          ->require_subcommand(1);
  commands.add(*testimony, "form", "Print an empty form", run_testimony_form, all.testimony_form)
      ->footer("Example:\n  muniment testimony form > /dev/shm/form.txt");
  auto* check = commands.add(*testimony, "check", "Check a return phrase that somebody says, and find the testimony",
                             run_testimony_check, all.testimony_check);
  check->add_option("ARCHIVE", all.testimony_check.archive)->required();
  check->add_option(
      "DEPOSIT", all.testimony_check.deposits,
      "Deposits with names, by their ids or at least 8 digits; all that the key opens when none is given");
  check->add_option("--key", all.testimony_check.key_file, kKeyHelp)->required();
  check->add_option("--seal", all.testimony_check.seal,
                    "What the trustees sealed for this key: a folder that muniment unseal made, of the one DEPOSIT");
  check->add_option("--id", all.testimony_check.id, kIdHelp);
  check->footer(
      "Examples:\n  muniment testimony check archive --key custodian.key\n  muniment testimony check archive 1a2b3c4d "
      "--seal unsealed/1a2b… --key custodian.key\nThe phrase is asked for on the terminal, or comes on standard "
      "input.");
  auto* find = commands.add(*testimony, "find", "Find the deposits of one testimony by their link", run_testimony_find,
                            all.testimony_find);
  find->add_option("ARCHIVE", all.testimony_find.archive)->required();
  find->add_option("LINK", all.testimony_find.link, "As muniment list shows it of a deposit that is open to you")
      ->required();
  find->add_option("--key", all.testimony_find.key_file, kKeyHelp)->required();
  find->add_option("--id", all.testimony_find.id, kIdHelp);
  find->footer("Example:\n  muniment testimony find archive 00112233445566778899aabbccddeeff --key custodian.key");
}

void add_sending_commands(CLI::App& app, Commands& commands, FieldArguments& all) {
  auto* send = commands.add(app, "send", "Send what was sealed to the mirrors on the card", run_send, all.send)
                   ->group("In the field");
  send->add_option("FOLDER", all.send.folder, "What muniment seal made")->required();
  send->add_option("--card", all.send.card, "A card with addresses on it")->required();
  send->add_option("--first", all.send.first, "Deposits to send before the others: the beginnings of their names");
  send->add_flag("--wait", all.send.waits, "Wait until the archive has taken all of it in, and then empty the folder");
  send->add_option("--every", all.send.every_s, "With --wait: seconds between two looks at the archive's log")
      ->check(CLI::Range(1, 86'400))
      ->capture_default_str();
  send->add_option("--id", all.send.id, kIdHelp);
  send->footer(
      "Examples:\n  muniment send sealed --card card.txt\n  muniment send sealed --card card.txt --wait --proxy "
      "socks5h://127.0.0.1:9050\nRun it again after anything that went wrong: it goes on where it stopped. Nothing is "
      "deleted before the archive's log names it.");
  auto* exposure = commands
                       .add(app, "exposure", "List what a seizure of this machine would give today, worst first",
                            run_exposure, all.exposure)
                       ->group("In the field");
  exposure->add_option("PATH", all.exposure.paths,
                       "Where to look; the home folder, this folder and temporary folders when none is given");
  auto* custodian = exposure->add_option("--custodian", all.exposure.custodian,
                                         "Instead: what the keys of this custodian give of the archive in PATH");
  exposure->add_option("--id", all.exposure.id, kIdHelp)->needs(custodian);
  exposure->footer(
      "Examples:\n  muniment exposure\n  muniment exposure /media/usb1\n  muniment exposure archive --custodian "
      "custodian-1\nNothing is written, and no key is needed.");
}

}  // namespace

void add_field_commands(CLI::App& app, Commands& commands, FieldArguments& all) {
  add_seal_command(app, commands, all.seal);
  add_sending_commands(app, commands, all);
  add_testimony_commands(app, commands, all);
}

}  // namespace muniment::cli
