// The commands of trustees, on the command line.
#include "cli/program_parts.h"

namespace muniment::cli {
namespace {

void add_share_commands(CLI::App& app, Commands& commands) {
  CLI::App* share = app.add_subcommand("share", "What a trustee does with a share")
                        ->group("For trustees")
                        ->require_subcommand(1);
  share->footer("Example:\n  muniment share check /media/usb1/archive");

  auto& checking = commands.make<ShareArguments>();
  auto* check = commands.add(*share, "check", "Is it the share that was dealt, and is it in force", run_share_check, checking);
  check->add_option("ARCHIVE", checking.archive, "Any copy: its charters are enough, no network is needed")->required();
  check->add_option("--id", checking.id, kIdHelp);
  check->footer("Example:\n  muniment share check /media/usb1/archive\nThe share is typed on the terminal, and nothing of it is kept.");

  auto& repairing = commands.make<ShareArguments>();
  auto* repair = commands.add(*share, "repair", "Find a word that is lost, misread or out of place", run_share_repair, repairing);
  repair->add_option("ARCHIVE", repairing.archive, "Any copy, for what its charter says of the shares")->required();
  repair->add_option("--id", repairing.id, kIdHelp);
  repair->footer("Example:\n  muniment share repair /media/usb1/archive\nType ? for a word that cannot be read. Only the share that was dealt is accepted.");

  auto& sending = commands.make<ShareSendArguments>();
  auto* send = commands.add(*share, "send", "Seal a share for one machine, once", run_share_send, sending);
  send->add_option("--to", sending.to, "The code that the other machine shows: age1…")->required();
  send->add_flag("--yes", sending.yes, "The four words were compared by voice already");
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

void add_trustee_commands(CLI::App& app, Commands& commands) {
  add_share_commands(app, commands);
  CLI::App* trustees = app.add_subcommand("trustees", "What trustees do together")
                           ->group("For trustees")
                           ->require_subcommand(1);
  trustees->footer("Example:\n  muniment trustees rehearse archive");

  auto& rehearsing = commands.make<TrusteesArguments>();
  auto* rehearse = commands.add(*trustees, "rehearse", "Try that the shares fit, on a canary only", run_trustees_rehearse, rehearsing);
  rehearse->add_option("ARCHIVE", rehearsing.archive, "Any copy")->required();
  rehearse->add_option("--id", rehearsing.id, kIdHelp);
  rehearse->footer("Example:\n  muniment trustees rehearse /media/usb1/archive\nBest on a machine that was started from a live system, without a network.");

  auto& dealing = commands.make<DealArguments>();
  auto* deal = commands.add(*trustees, "deal", "Deal a new secret in new shares; the old ones count no more", run_trustees_deal, dealing);
  deal->add_option("ARCHIVE", dealing.archive, "The home of the archive")->required();
  deal->add_option("--trustees", dealing.quorum, "How many of how many: 2of3")->required();
  deal->add_option("--key", dealing.key_file, kKeyHelp)->required();
  deal->add_option("--id", dealing.id, kIdHelp);
  add_handout_options(*deal, dealing.handout);
  deal->footer("Example:\n  muniment trustees deal archive --trustees 3of5 --key custodian.key\nAsks for the shares in force, shows or prints the new ones one at a time, and puts them in force.");
}

}  // namespace muniment::cli
