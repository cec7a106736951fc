// muniment mirror, on the command line.
#include "cli/program_parts.h"

namespace muniment::cli {
namespace {

void add_cosigner_commands(CLI::App& mirror, Commands& commands, MirrorCommandArguments& all) {
  auto* cosigner = commands.add(mirror, "cosigner", "Print the public key by which a mirror cosigns",
                                run_mirror_cosigner, all.cosigner);
  cosigner->add_option("KEYFILE", all.cosigner.key_file, "The mirror's own key file: taken if it is there, else made")
      ->required();
  cosigner->add_option("--pseudonym", all.cosigner.pseudonym, "The name in a new key file; it becomes public")
      ->capture_default_str();
  cosigner->footer("Example:\n  muniment mirror cosigner mirror.key --pseudonym mirror-oak");
  auto* cosign = commands.add(mirror, "cosign", "Say under the head of a copy that it continues what was seen before",
                              run_mirror_cosign, all.cosign);
  cosign->add_option("COPY", all.cosign.copy, "The mirror's own copy")->required();
  cosign->add_option("--key", all.cosign.key_file, "The mirror's own key file")->required();
  cosign->add_option("--past", all.cosign.looked_at,
                     "Take the entries below this number as they are: after the custodians have been asked");
  cosign->add_option("--id", all.cosign.id, kIdHelp);
  cosign->footer(
      "Example:\n  muniment mirror cosign my-copy --key mirror.key\nBeside the key file, KEYFILE.cosigned keeps what "
      "was cosigned last. Keep it as safe as the key: without it a cosigner can be made to contradict itself.");
  auto* collect = commands.add(mirror, "collect", "Ask cosigners, and bring together what they have signed",
                               run_mirror_collect, all.collect);
  collect->add_option("ARCHIVE", all.collect.archive, "The home, or a copy")->required();
  collect->add_option("FROM", all.collect.others, "Copies, or http:// addresses of cosigners, which are asked")
      ->required();
  collect->add_option("--id", all.collect.id, kIdHelp);
  collect->footer("Example:\n  muniment mirror collect archive /media/usb1/archive http://oak.onion");
}

void add_serve_command(CLI::App& mirror, Commands& commands, ServeArguments& serve) {
  auto* command = commands.add(mirror, "serve", "Serve a copy over HTTP, without a log and without keeping addresses",
                               run_mirror_serve, serve);
  command->add_option("COPY", serve.archive, "The folder of the copy")->required();
  command->add_option("--listen", serve.listen,
                      "Where: 127.0.0.1:8080, which is taken without --onion, or [::1]:8080; port 0 takes a free one");
  command->add_option("--role", serve.role, "vault: sealed objects; public: the log and the edition, nothing sealed")
      ->check(CLI::IsMember({"vault", "public"}))
      ->capture_default_str();
  command
      ->add_option("--connections-per-address", serve.connections_per_address,
                   "At once; 0, where all come through one proxy or onion: not counted")
      ->capture_default_str();
  command->add_option("--bytes-per-second", serve.bytes_per_second, "Give no more, on average; 0: any");
  command->add_option("--bytes-per-day", serve.bytes_per_day, "Give no more; 0: any");
  command->add_option(
      "--cosign", serve.cosigner_key,
      "The mirror's own key file: it also cosigns heads that its copy shows, when asked (tlog-witness)");
  auto* onion = command->add_option(
      "--onion", serve.onion_key, "Be an onion service, by the mirror's own key file: taken if it is there, else made");
  command
      ->add_option("--onion-client", serve.onion_clients,
                   "Only who has a key of this file reaches the onion, and is given what opens deposits: lines "
                   "descriptor:x25519:KEY, as Tor has them")
      ->needs(onion);
  command
      ->add_option("--onion-folder", serve.onion_folder,
                   "Where the socket lies that tor leads to: a folder of yours that tor may enter")
      ->capture_default_str();
  command->add_option("--onion-check", serve.onion_check_s, "Seconds between looks at itself through Tor")
      ->check(CLI::Range(1, 86'400))
      ->capture_default_str();
  command
      ->add_option("--tor-control", serve.tor_control, "The control port of tor: a path, or a port as 127.0.0.1:9051")
      ->capture_default_str();
  command->add_flag("--print-nginx", serve.print_nginx, "Print a configuration of nginx that does the same, and end");
  command->add_option("--id", serve.id, kIdHelp);
  command->footer(
      "Examples:\n  muniment mirror serve copy --token-file tokens.txt\n  muniment mirror serve copy --token-file "
      "tokens.txt --print-nginx\n  muniment mirror serve copy --onion mirror.key --onion-client clients.txt\nThe token "
      "file has lines \"read TOKEN\", for mirrors that may have what opens "
      "deposits, and \"deposit TOKEN\", for those who send. Beyond this machine, let a server with TLS, or Tor, stand "
      "in front.");
}

}  // namespace

void add_mirror_commands(CLI::App& app, Commands& commands, MirrorCommandArguments& all) {
  CLI::App* mirror =
      app.add_subcommand("mirror", "Copies of the archive elsewhere")->group("For mirrors")->require_subcommand(1);
  mirror->footer("Example:\n  muniment mirror push archive /media/usb1/archive");
  auto* push = commands.add(*mirror, "push", "Bring copies up to date", run_mirror_push, all.push);
  push->add_option("ARCHIVE", all.push.archive)->required();
  push->add_option("TO", all.push.others, "Folders of copies, or s3:// addresses; made where they are not there")
      ->required();
  push->add_option("--id", all.push.id, kIdHelp);
  push->footer("Example:\n  muniment mirror push archive /media/usb1/archive /media/usb2/archive");
  auto* pull = commands.add(*mirror, "pull", "Bring a copy up to date from others, whichever of them are good",
                            run_mirror_pull, all.pull);
  pull->add_option("COPY", all.pull.archive, "The folder of the copy; made where it is not there")->required();
  pull->add_option("--from", all.pull.others, "Copies to take from: folders, and http://, https:// and s3:// addresses")
      ->required();
  pull->add_option("--id", all.pull.id, std::string(kIdHelp) + ". Needed for a new copy");
  pull->footer("Example:\n  muniment mirror pull my-copy --from /media/usb1/archive --id \"academic acid …\"");
  auto* heal = commands.add(*mirror, "heal", "Read all of a copy, and put right from others what is damaged or missing",
                            run_mirror_heal, all.heal);
  heal->add_option("COPY", all.heal.archive, "A folder: a copy, or the home itself")->required();
  heal->add_option("--from", all.heal.others,
                   "Copies that together hold a good one of each object; all that are known here when none is given");
  heal->add_option("--id", all.heal.id, kIdHelp);
  heal->footer("Example:\n  muniment mirror heal archive --from /media/usb1/archive --from /media/usb2/archive");
  auto* audit =
      commands.add(*mirror, "audit", "Read all of every copy and say what each is worth", run_mirror_audit, all.audit);
  audit->add_option("ARCHIVE", all.audit.archive)->required();
  audit->add_option("COPY", all.audit.others, "Copies to read; all that are known when none is given");
  audit->add_option("--id", all.audit.id, kIdHelp);
  audit->footer("Example:\n  muniment mirror audit archive");
  auto* list = commands.add(*mirror, "list", "Show the copies that are known here", run_mirror_list, all.mirror_list);
  list->add_option("ARCHIVE", all.mirror_list.archive)->required();
  list->add_option("--id", all.mirror_list.id, kIdHelp);
  list->footer("Example:\n  muniment mirror list archive");
  add_cosigner_commands(*mirror, commands, all);
  add_serve_command(*mirror, commands, all.serve);
}

}  // namespace muniment::cli
