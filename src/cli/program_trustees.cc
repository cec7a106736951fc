// The commands of trustees, on the command line.
#include "cli/program_parts.h"

namespace muniment::cli {
namespace {

void add_share_commands(CLI::App& app, Commands& commands, TrusteeArguments& all) {
  CLI::App* share =
      app.add_subcommand("share", "What a trustee does with a share")->group("For trustees")->require_subcommand(1);
  share->footer("Example:\n  muniment share check /media/usb1/archive");

  auto* check =
      commands.add(*share, "check", "Is it the share that was dealt, and is it in force", run_share_check, all.check);
  check->add_option("ARCHIVE", all.check.archive, "Any copy: its charters are enough, no network is needed")
      ->required();
  check->add_option("--id", all.check.id, kIdHelp);
  check->footer(
      "Example:\n  muniment share check /media/usb1/archive\nThe share is typed on the terminal, and nothing "
      "of it is kept.");

  auto* repair =
      commands.add(*share, "repair", "Find a word that is lost, misread or out of place", run_share_repair, all.repair);
  repair->add_option("ARCHIVE", all.repair.archive, "Any copy, for what its charter says of the shares")->required();
  repair->add_option("--id", all.repair.id, kIdHelp);
  repair->footer(
      "Example:\n  muniment share repair /media/usb1/archive\nType ? for a word that cannot be read. Only the share "
      "that was dealt is accepted.");

  auto* send = commands.add(*share, "send", "Seal a share for one machine, once", run_share_send, all.send);
  send->add_option("--to", all.send.to, "The code that the other machine shows: age1…")->required();
  send->add_flag("--yes", all.send.yes, "The four words were compared by voice already");
  send->footer("Example:\n  muniment share send --to age1…\nNever send a share in any other way.");
}

void add_unseal_commands(CLI::App& app, Commands& commands, TrusteeArguments& all) {
  auto* unseal = commands
                     .add(app, "unseal", "Open single deposits for somebody who never holds the trustees' key",
                          run_unseal, all.unseal)
                     ->group("For trustees");
  unseal->add_option("ARCHIVE", all.unseal.archive, "Any copy; its home with --key")->required();
  unseal->add_option("DEPOSIT", all.unseal.deposits, "Its id, or at least 8 digits of it")->required();
  unseal->add_option("--to", all.unseal.asker, "The asker's key: age1…, or a file with what muniment key prints")
      ->required();
  unseal->add_option("-o,--output", all.unseal.output, "A new folder: what the asker gets, which opens for nobody else")
      ->required();
  unseal->add_option("--key", all.unseal.key_file,
                     "A custodian's key file: the entry is logged before anything is handed over");
  unseal->add_option("--reason-file", all.unseal.reason_file,
                     "Why, as a text file; asked for otherwise. Sealed to the trustees and kept in the entry");
  unseal->add_option("--id", all.unseal.id, kIdHelp);
  unseal->footer(
      "Example:\n  muniment unseal archive 1a2b3c4d --to lawyer.txt -o for-the-lawyer --key custodian.key\nAsks for "
      "the "
      "trustees' shares. The entry in the log says which compartment, which set of shares and how many deposits.");

  auto* history = commands.add(app, "history", "What people signed: charters and orders", run_history, all.history)
                      ->group("For trustees");
  history->add_option("ARCHIVE", all.history.archive, "Any copy")->required();
  history->add_flag("--unsealed", all.history.unsealed, "Only what the trustees opened");
  history->add_option("--since", all.history.since, "Orders from this day on: 2026-01-31. Charters bear no date");
  history->add_flag("--reasons", all.history.reasons,
                    "Ask for the trustees' shares, and show for whom and why something was opened");
  history->add_option("--id", all.history.id, kIdHelp);
  history->footer(
      "Examples:\n  muniment history archive\n  muniment history archive --unsealed --since 2026-01-01\nNeeds no key.");
}

}  // namespace

void add_handout_options(CLI::App& command, HandoutOptions& options) {
  command.add_option("--print", options.printer,
                     "A program that prints: it is run for each share and given the page (SVG) on standard input. "
                     "Without it shares are shown on the terminal");
  command.add_option("--language", options.language, "Of the printed page")
      ->check(CLI::IsMember({"en", "ru"}))
      ->capture_default_str();
}

void add_trustee_commands(CLI::App& app, Commands& commands, TrusteeArguments& all) {
  add_share_commands(app, commands, all);
  add_unseal_commands(app, commands, all);
  CLI::App* trustees =
      app.add_subcommand("trustees", "What trustees do together")->group("For trustees")->require_subcommand(1);
  trustees->footer("Example:\n  muniment trustees rehearse archive");

  auto* rehearse = commands.add(*trustees, "rehearse", "Try that the shares fit, on a canary only",
                                run_trustees_rehearse, all.rehearse);
  rehearse->add_option("ARCHIVE", all.rehearse.archive, "Any copy")->required();
  rehearse->add_option("--id", all.rehearse.id, kIdHelp);
  rehearse->footer(
      "Example:\n  muniment trustees rehearse /media/usb1/archive\nBest on a machine that was started from a live "
      "system, without a network.");

  auto* deal = commands.add(*trustees, "deal", "Deal a new secret in new shares; the old ones count no more",
                            run_trustees_deal, all.deal);
  deal->add_option("ARCHIVE", all.deal.archive, "The home of the archive")->required();
  deal->add_option("--trustees", all.deal.quorum, "How many of how many: 2of3")->required();
  deal->add_option("--key", all.deal.key_file, kKeyHelp)->required();
  deal->add_option("--id", all.deal.id, kIdHelp);
  add_handout_options(*deal, all.deal.handout);
  deal->footer(
      "Example:\n  muniment trustees deal archive --trustees 3of5 --key custodian.key\nAsks for the shares in force, "
      "shows or prints the new ones one at a time, and puts them in force.");
}

}  // namespace muniment::cli
