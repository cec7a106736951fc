// Tend, lost and the printed pages, on the command line.
#include "cli/program_parts.h"

namespace muniment::cli {

void add_chore_commands(CLI::App& app, Commands& commands, ChoreArguments& all) {
  TendArguments& tend = all.tend;
  auto* command = commands
                      .add(app, "tend", "Do the chores of a home or a mirror, and say in one message what needs you",
                           run_tend, tend)
                      ->group("For custodians");
  command->add_option("PLACE", tend.place, "The home, or a mirror's copy")->required();
  command->add_option("--from", tend.from,
                      "A mirror: copies to pull from; all that are known there when none is given");
  command->add_option("--key", tend.key_file, "At a home: the key file of the custodian who takes in what arrived");
  command->add_option("--cosigner-key", tend.cosigner_key, "At a copy: the key file by which its head is cosigned");
  command->add_option("--sample", tend.sample, "Read so many of a hundred parts, chosen by chance")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  command->add_option("--message", tend.message_file, "Write the message into this file, over the last one");
  command->add_option(
      "--mail-command", tend.mail_command,
      "A program, with its arguments, that gets the message on standard input when something needs you");
  command->add_flag("--print-timer", tend.print_timer,
                    "Print a service and a timer of systemd that do this once a day, and end");
  command->add_option("--id", tend.id, kIdHelp);
  command->footer(
      "Examples:\n  muniment tend archive --key custodian.key --passphrase-file passphrase --message tend.txt\n  "
      "muniment tend my-copy --from http://oak.onion --token-file tokens.txt --proxy socks5h://127.0.0.1:9050 "
      "--mail-command \"mail -s archive me@example.org\"\nIt asks nobody anything: a passphrase comes from a file.");

  auto* lost = commands
                   .add(app, "lost", "Say what to revoke, and what was under way, when something is in other hands",
                        run_lost, all.lost)
                   ->group("For custodians");
  lost->add_option("ARCHIVE", all.lost.archive, "The home, or a copy")->required();
  lost->add_option("NAME", all.lost.name,
                   "A pseudonym, a cosigner, a part of a mirror's address, the number of a card, or \"home\"")
      ->required();
  lost->add_option("--id", all.lost.id, kIdHelp);
  lost->footer(
      "Examples:\n  muniment lost archive custodian-2\n  muniment lost archive oak.onion\nNothing is done by it.");

  auto* page = commands.add(app, "page", "Write a page to be printed: what to do, on one sheet", run_page, all.page)
                   ->group("In the field");
  page->add_option(
          "KIND", all.page.kind,
          "field: every day, and the thirty-second drill; volunteer: a mirror in ten minutes; trustee: a share; "
          "custodian: the first day")
      ->required()
      ->check(CLI::IsMember({"field", "volunteer", "trustee", "custodian"}));
  page->add_option("--language", all.page.language)
      ->check(CLI::IsMember({"en", "ru", "uk", "be"}))
      ->capture_default_str();
  page->add_option("-o,--output", all.page.output, "A new file, PDF")->required();
  page->footer("Example:\n  muniment page field --language ru -o field.pdf");
}

}  // namespace muniment::cli
