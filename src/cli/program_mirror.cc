// muniment mirror, on the command line.
#include "cli/program_parts.h"

namespace muniment::cli {
namespace {

constexpr const char* kSelectHelp =
    "What the copy is to hold from now on: a list that a custodian has signed (mirror agree)";

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

void add_agree_command(CLI::App& mirror, Commands& commands, AgreeArguments& agree) {
  auto* command =
      commands.add(mirror, "agree", "Sign which part of the archive a copy is to hold", run_mirror_agree, agree);
  command->add_option("ARCHIVE", agree.archive, "The home, or a copy")->required();
  command->add_option("DEPOSIT", agree.deposits, "Only these; all when none is given");
  command->add_option("--from-entry", agree.from, "Only deposits from this entry of the log on");
  command->add_option("--to-entry", agree.to, "Only deposits before this entry of the log");
  command->add_option("--quota", agree.quota, "Deposits in the order of the log, as long as they fit: 500G, 2T")
      ->transform(CLI::AsSizeValue(false));
  command->add_flag("--without-seals", agree.without_seals, "Nothing that opens deposits, and no keyring");
  command->add_option("--key", agree.key_file, "The custodian's key file")->required();
  command->add_option("-o,--output", agree.output, "The list, a new file")->required();
  command->add_option("--id", agree.id, kIdHelp);
  command->footer(
      "Example:\n  muniment mirror agree archive --quota 500G --without-seals --key custodian.key -o for-oak.part\nAt "
      "the mirror:\n  muniment mirror pull my-copy --from … --select for-oak.part");
}

void add_doctor_command(CLI::App& mirror, Commands& commands, DoctorArguments& doctor) {
  auto* command = commands.add(mirror, "doctor", "Say what a running mirror gives away, or lets visitors do",
                               run_mirror_doctor, doctor);
  command->add_option("ADDRESS", doctor.address, "http:// or https:// address of the mirror");
  command->add_option("--nginx", doctor.nginx, "A file with what nginx -T prints on the mirror");
  command->add_flag("--send", doctor.sends,
                    "Try what the token for sending in --token-file may do: leaves one small file below incoming/");
  command->add_option("--id", doctor.id, kIdHelp);
  command->footer(
      "Example:\n  nginx -T > nginx.txt; muniment mirror doctor https://oak.example/archive --nginx nginx.txt");
}

void add_list_commands(CLI::App& mirror, Commands& commands, MirrorCommandArguments& all) {
  auto* lists = commands.add(mirror, "lists", "Make signed lists of mirrors for those who need them", run_mirror_lists,
                             all.lists);
  lists->add_option("ARCHIVE", all.lists.archive, "The home")->required();
  lists->add_option("--addresses", all.lists.addresses, "A file with lines: ADDRESS, or ADDRESS bucket NAME")
      ->required();
  lists->add_option("--to", all.lists.recipients, "Who gets the list of all, sealed: age1…, or a file with it");
  lists->add_option("--days", all.lists.days, "How long they are good")
      ->capture_default_str()
      ->check(CLI::Range(1, 365));
  lists->add_option("--key", all.lists.key_file, "The custodian's key file")->required();
  lists->add_option("-o,--output", all.lists.output, "A folder for the lists")->required();
  lists->add_option("--id", all.lists.id, kIdHelp);
  lists->footer(
      "Example:\n  muniment mirror lists archive --addresses mirrors.txt --to reader.txt --key custodian.key -o "
      "lists\nAn "
      "address in a bucket is handed out by that one channel: if all of a bucket are blocked and others are not, the "
      "channel is known to the censor.");
  auto* learn =
      commands.add(mirror, "learn", "Check a list of mirrors, and remember them", run_mirror_learn, all.learn);
  learn->add_option("COPY", all.learn.copy, "A copy of the archive, or the home")->required();
  learn->add_option("LIST", all.learn.list, "The file")->required();
  learn->add_option("--key", all.learn.key_file, "Your key file, for a sealed list");
  learn->add_option("--id", all.learn.id, kIdHelp);
  learn->footer("Example:\n  muniment mirror learn my-copy bucket-telegram.txt");
  auto* status = commands.add(mirror, "status", "Ask every mirror that is known here, and say where the way to it ends",
                              run_mirror_status, all.status);
  status->add_option("ARCHIVE", all.status.archive, "The home, or a copy")->required();
  status->add_option("--id", all.status.id, kIdHelp);
  status->footer("Example:\n  muniment mirror status archive --proxy socks5h://127.0.0.1:9050");
}

void add_stick_options(CLI::App& push, MirrorArguments& arguments) {
  auto* limit = push.add_option("--limit", arguments.limit,
                                "Sticks of this size, 60G: whole deposits in the order of the log, on the next TO what "
                                "did not fit on the one before")
                    ->transform(CLI::AsSizeValue(false));
  auto* wrapped = push.add_option("--wrapped", arguments.wrapped,
                                  "Each TO is one new file that opens for this key alone: age1…, or a file with it");
  push.add_option("--from-entry", arguments.from_entry, "Where the first stick begins; the command before says it")
      ->check([limit, wrapped](const std::string&) {
        return limit->count() + wrapped->count() > 0 ? std::string() : std::string("--from-entry is for --limit");
      });
}

void add_unwrap_command(CLI::App& mirror, Commands& commands, UnwrapArguments& unwrap) {
  auto* command = commands.add(mirror, "unwrap", "Open what mirror push --wrapped made", run_mirror_unwrap, unwrap);
  command->add_option("FILE", unwrap.file)->required();
  command->add_option("--key", unwrap.key_file, "The key file of whom it was made for")->required();
  command->add_option("-o,--output", unwrap.output, "A new folder, to pull from")->required();
  command->footer("Example:\n  muniment mirror unwrap parcel.age --key mine.key -o parcel");
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
  command->add_option("--bytes-per-month", serve.bytes_per_month,
                      "Give no more in a calendar month; 0: any. Days and months are counted over restarts");
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
  push->add_option("--select", all.push.select, kSelectHelp);
  add_stick_options(*push, all.push);
  push->add_option("--id", all.push.id, kIdHelp);
  push->footer(
      "Examples:\n  muniment mirror push archive /media/usb1/archive /media/usb2/archive\n  muniment mirror push "
      "archive "
      "/media/stick --limit 60G\n  muniment mirror push archive parcel.age --wrapped age1…");
  auto* pull = commands.add(*mirror, "pull", "Bring a copy up to date from others, whichever of them are good",
                            run_mirror_pull, all.pull);
  pull->add_option("COPY", all.pull.archive, "The folder of the copy; made where it is not there")->required();
  pull->add_option("--from", all.pull.others,
                   "Copies to take from: folders, and http://, https:// and s3:// addresses; all that are known here "
                   "when none is given");
  pull->add_option("--select", all.pull.select, kSelectHelp);
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
  audit
      ->add_option("--sample", all.audit.sample,
                   "Read so many of a hundred parts, chosen by chance, and see of the others that they are there")
      ->check(CLI::Range(1, 100));
  audit->footer("Examples:\n  muniment mirror audit archive\n  muniment mirror audit archive --sample 5");
  auto* fetch = commands.add(*mirror, "fetch-incoming", "Bring what was sent to mirrors into incoming/ of the home",
                             run_mirror_fetch_incoming, all.fetch_incoming);
  fetch->add_option("ARCHIVE", all.fetch_incoming.archive, "The home, a folder")->required();
  fetch->add_option(
      "--from", all.fetch_incoming.others,
      "Addresses of mirrors that run muniment mirror serve, each with a token for reading in --token-file; "
      "all that are known here when none is given");
  fetch->add_option("--id", all.fetch_incoming.id, kIdHelp);
  fetch->footer(
      "Example:\n  muniment mirror fetch-incoming archive --from http://oak.onion --token-file tokens.txt --proxy "
      "socks5h://127.0.0.1:9050");
  auto* list = commands.add(*mirror, "list", "Show the copies that are known here", run_mirror_list, all.mirror_list);
  list->add_option("ARCHIVE", all.mirror_list.archive)->required();
  list->add_option("--id", all.mirror_list.id, kIdHelp);
  list->footer("Example:\n  muniment mirror list archive");
  add_doctor_command(*mirror, commands, all.doctor);
  add_list_commands(*mirror, commands, all);
  add_unwrap_command(*mirror, commands, all.unwrap);
  add_agree_command(*mirror, commands, all.agree);
  add_cosigner_commands(*mirror, commands, all);
  add_serve_command(*mirror, commands, all.serve);
  add_volunteer_commands(*mirror, commands, all.volunteer);
}

}  // namespace muniment::cli
