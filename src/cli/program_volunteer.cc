// Inviting a mirror, joining and leaving, on the command line.
#include "cli/program_parts.h"

namespace muniment::cli {
namespace {

void add_invite_commands(CLI::App& mirror, Commands& commands, VolunteerArguments& all) {
  InviteArguments& invite = all.invite;
  auto* command = commands.add(mirror, "invite", "Make an invitation by which a volunteer sets up a mirror",
                               run_mirror_invite, invite);
  command->add_option("ARCHIVE", invite.archive, "The home, or a copy")->required();
  command->add_option("--from", invite.from, "Addresses of copies to pull from; their tokens come from --token-file")
      ->required();
  command->add_option("--role", invite.role, "vault: sealed objects; public: the log and the edition, nothing sealed")
      ->check(CLI::IsMember({"vault", "public"}))
      ->capture_default_str();
  command
      ->add_option("--quota", invite.quotas,
                   "Sizes of parts, one of which is to be held: 500G 2T. Without it all, or one of the usual sizes")
      ->transform(CLI::AsSizeValue(false));
  command->add_option("--from-entry", invite.from_entry, "Parts begin at this entry of the log, so that parts overlap");
  command->add_flag("--without-seals", invite.without_seals, "Nothing that opens deposits, and no keyring");
  command->add_option("--days", invite.days, "How long it is good")->capture_default_str()->check(CLI::Range(1, 365));
  command->add_option("--key", invite.key_file, "The custodian's key file")->required();
  command->add_option("-o,--output", invite.output, "The invitation, a new file")->required();
  command->add_option("--id", invite.id, kIdHelp);
  command->footer(
      "Example:\n  muniment mirror invite archive --from http://oak.onion --token-file tokens.txt --key custodian.key "
      "-o invitation.txt");

  auto* receive = commands.add(mirror, "receive", "Take note of what a volunteer's mirror says: it joined, or left",
                               run_mirror_receive, all.receive);
  receive->add_option("ARCHIVE", all.receive.archive, "The home")->required();
  receive->add_option("NOTICE", all.receive.notice, "The file that came back")->required();
  receive->add_option("--id", all.receive.id, kIdHelp);
  receive->footer(
      "Example:\n  muniment mirror receive archive notice.txt --token-file tokens.txt\nThe mirror's token for reading "
      "is added to the file of --token-file.");
}

void add_join_command(CLI::App& mirror, Commands& commands, JoinArguments& join) {
  auto* command = commands.add(mirror, "join", "Set up a mirror by a custodian's invitation", run_mirror_join, join);
  command->add_option("LINK", join.invitation, "The invitation: a file, or - for standard input")->required();
  command->add_option("FOLDER", join.folder, "A folder for the mirror; made where it is not there")->required();
  command->add_option("--quota", join.quota, "How much disk it may take for deposits: 500G, or all");
  command->add_option("--access", join.access, "How others come to it")
      ->check(CLI::IsMember({"onion", "port", "none"}));
  command->add_option("--listen", join.listen, "For a port: where it listens, 127.0.0.1:8080");
  command->add_option("--address", join.address, "For a port: the https:// address under which others come");
  command->add_option("--traffic", join.traffic, "How much may leave in a month: 500G, or any");
  command->add_option("--units", join.units,
                      "Where the units of systemd are written. Without it, as root where systemd runs, into the "
                      "system, and they are started; else into FOLDER/units");
  command->add_option("--language", join.language, "Of the status page")
      ->check(CLI::IsMember({"en", "ru", "uk", "be"}))
      ->capture_default_str();
  command->add_option("--id", join.id, kIdHelp);
  command->footer(
      "Examples:\n  muniment mirror join invitation.txt /srv/mirror\n  muniment mirror join invitation.txt mirror "
      "--quota 500G --access onion --traffic 1T --proxy socks5h://127.0.0.1:9050\nWhat is not said is asked. Run "
      "again, "
      "it goes on where it stopped.");
}

}  // namespace

void add_volunteer_commands(CLI::App& mirror, Commands& commands, VolunteerArguments& all) {
  add_invite_commands(mirror, commands, all);
  add_join_command(mirror, commands, all.join);
  auto* report =
      commands.add(mirror, "report", "Write the status page of a mirror anew", run_mirror_report, all.report);
  report->add_option("FOLDER", all.report.folder, "The folder given to mirror join")->required();
  report->footer("Example:\n  muniment mirror report /srv/mirror");

  auto* letter = commands.add(mirror, "letter", "Print what a mirror's people hold and risk, or a letter for others",
                              run_mirror_letter, all.letter);
  letter
      ->add_option("KIND", all.letter.kind,
                   "risk: what you hold and what you risk; host: for a hosting company; authority: for an authority")
      ->required()
      ->check(CLI::IsMember({"risk", "host", "authority"}));
  letter->add_option("--language", all.letter.language)->check(CLI::IsMember({"en", "ru"}))->capture_default_str();
  letter->footer("Example:\n  muniment mirror letter host --language ru > letter.txt");

  auto* leave =
      commands.add(mirror, "leave", "Stop being a mirror: tell the custodians, wipe the keys, say what remains",
                   run_mirror_leave, all.leave);
  leave->add_option("FOLDER", all.leave.folder, "The folder given to mirror join")->required();
  leave->add_option("--copy", all.leave.copy, "What becomes of the copy; asked for where it is not said")
      ->check(CLI::IsMember({"keep", "delete"}));
  leave->add_option("--sample", all.leave.sample, "Read so many of a hundred parts of the other copies")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  leave->footer("Example:\n  muniment mirror leave /srv/mirror");
}

}  // namespace muniment::cli
