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
