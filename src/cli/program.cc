#include "cli/program.h"

#include "archive/version.h"
#include "base/encoding.h"
#include "cli/program_parts.h"

namespace muniment::cli {
namespace {

/// All that a command line can fill in.
struct Arguments {
  bool json = false;
  std::string passphrase_file;
  std::string token_file;
  std::string credentials_file;
  std::string state_folder;
  std::vector<std::string> at;
  InitArguments init;
  CardArguments card;
  FieldArguments field;
  DepositArguments deposit;
  ListArguments list;
  OpenArguments open;
  VerifyArguments verify;
  StatusArguments status;
  WithdrawArguments withdraw;
  ResealArguments reseal;
  VetoArguments veto;
  HoldArguments hold, release;
  RecoverArguments recover;
  SalvageArguments salvage;
  MirrorCommandArguments mirror;
  AuthorityArguments authority;
  TrusteeArguments trustees;
  ChoreArguments chores;
};

constexpr const char* kToDiskHelp = "Let opened files lie on a disk: flash memory keeps what was deleted from it";

void add_founding_commands(CLI::App& app, Commands& commands, Arguments& all) {
  auto* init = commands.add(app, "init", "Found an archive", run_init, all.init)->group("For custodians");
  init->add_option("ARCHIVE", all.init.archive, "A new folder")->required();
  init->add_option("--custodian", all.init.key_file, "The custodian's key file: taken if it is there, else made")
      ->required();
  init->add_option("--pseudonym", all.init.pseudonym, "The name in a new key file; it becomes public")
      ->capture_default_str();
  auto* trustees = init->add_option("--trustees", all.init.trustees,
                                    "How many of how many trustees together open what nobody opens alone: 2of3");
  init->add_flag("--no-trustees", all.init.no_trustees,
                 "Found without trustees: one arrest or one lost key file is then the end")
      ->excludes(trustees);
  add_handout_options(*init, all.init.handout);
  init->footer(
      "Examples:\n  muniment init archive --custodian custodian.key --trustees 2of3\n  muniment init archive "
      "--custodian custodian.key --trustees 3of5 --print ./print-page --language ru\nWithout --trustees or "
      "--no-trustees it asks. Each share is shown, or printed, once and never kept.");

  auto* card =
      commands.add(app, "card", "Make a card for those who send evidence", run_card, all.card)->group("For custodians");
  card->add_option("ARCHIVE", all.card.archive)->required();
  card->add_option("--key", all.card.key_file, kKeyHelp)->required();
  card->add_option("-o,--output", all.card.output, "The file to write; standard output otherwise");
  card->add_option("--html", all.card.page, "The card as a page that seals in a browser: the file to write");
  card->add_option("--compartment", all.card.compartment, "What is sent is sealed for it")->capture_default_str();
  card->add_option("--days", all.card.days, "How long the card is good")
      ->check(CLI::Range(1, 3650))
      ->capture_default_str();
  card->add_option("--send-to", all.card.send_to,
                   "Mirrors to which muniment send takes what was sealed; --token-file has a token for each");
  card->add_option("--after", all.card.after, "The card that this one follows: muniment send fetches it in its place");
  card->add_option("--id", all.card.id, kIdHelp);
  card->footer(
      "Examples:\n  muniment card archive --key custodian.key -o card.txt\n"
      "  muniment card archive --key custodian.key --html card.html     for phones and other people's machines\n"
      "  muniment card archive --key custodian.key "
      "-o card.txt --token-file tokens.txt --send-to https://oak.example/archive http://ash.onion\n  muniment card "
      "archive --key "
      "custodian.key -o card-2.txt --token-file tokens.txt --send-to https://oak.example/archive --after card.txt\nThe "
      "token file has "
      "lines \"deposit TOKEN ADDRESS\". A card with addresses opens nothing, but keep it from the censor: it says "
      "where the mirrors are and lets its holder send there.");
}

void add_custodian_commands(CLI::App& app, Commands& commands, Arguments& all) {
  auto* deposit =
      commands
          .add(app, "deposit", "Take files, folders, sealed deposits or incoming/ into the archive and its log",
               run_deposit, all.deposit)
          ->group("For custodians");
  deposit->add_option("ARCHIVE", all.deposit.archive)->required();
  deposit->add_option("PATH", all.deposit.paths, "What to take in; the archive's incoming/ when none is given");
  deposit->add_option("--key", all.deposit.key_file, kKeyHelp)->required();
  deposit->add_option("--compartment", all.deposit.compartment, "What is not sealed yet is sealed for it")
      ->capture_default_str();
  deposit->add_flag("--unopened", all.deposit.takes_unopened,
                    "Take in as well what is sealed for people who are not here, the trustees: nobody looks into it");
  deposit->add_flag("--again", all.deposit.again,
                    "Take what was deposited from here before as well, also what was removed");
  deposit->add_option("--id", all.deposit.id, kIdHelp);
  deposit->footer(
      "Examples:\n  muniment deposit archive sealed --key custodian.key\n  muniment deposit archive \"Case 12\" --key "
      "custodian.key");

  auto* list =
      commands.add(app, "list", "Show the deposits, or what is in one", run_list, all.list)->group("For custodians");
  list->add_option("ARCHIVE", all.list.archive)->required();
  list->add_option("DEPOSIT", all.list.deposit, "Its id, or at least 8 digits of it");
  auto* list_key = list->add_option("--key", all.list.key_file, kKeyHelp);
  list->add_option("--id", all.list.id, kIdHelp);
  list_key->needs(list->get_option("DEPOSIT"));
  list->footer("Examples:\n  muniment list archive\n  muniment list archive 1a2b3c4d --key custodian.key");

  auto* open = commands.add(app, "open", "Open a deposit into a folder", run_open, all.open)->group("For custodians");
  open->add_option("ARCHIVE", all.open.archive)->required();
  open->add_option("DEPOSIT", all.open.deposit, "Its id, or at least 8 digits of it")->required();
  open->add_option("-o,--output", all.open.output, "The folder for the files, in memory: below /dev/shm")->required();
  open->add_flag("--to-disk", all.open.to_disk, kToDiskHelp);
  open->add_option("--key", all.open.key_file, kKeyHelp)->required();
  open->add_option("--seal", all.open.seal,
                   "What the trustees sealed for this key: a folder that muniment unseal made");
  open->add_option("--id", all.open.id, kIdHelp);
  open->footer(
      "Example:\n  muniment open archive 1a2b3c4d -o /dev/shm/opened --key custodian.key\nNothing shows there before "
      "every check has passed. Opened files are in the clear; in memory they are gone when the machine is off.");

  auto* status =
      commands.add(app, "status", "Say what is safe, what is not, and what to do next", run_status, all.status)
          ->group("For custodians");
  status->add_option("ARCHIVE", all.status.archive)->required();
  status->add_option("--id", all.status.id, kIdHelp);
  status->footer("Example:\n  muniment status archive");
}

void add_removal_commands(CLI::App& app, Commands& commands, Arguments& all) {
  constexpr const char* kDepositHelp = "Its id, or at least 8 digits of it";
  auto* withdraw = commands
                       .add(app, "withdraw", "Propose to remove a deposit, or some files of it, from every copy",
                            run_withdraw, all.withdraw)
                       ->group("For custodians");
  withdraw->add_option("ARCHIVE", all.withdraw.archive)->required();
  withdraw->add_option("DEPOSIT", all.withdraw.deposit, kDepositHelp)->required();
  withdraw->add_option("PATH", all.withdraw.paths, "Only these of its files or folders; the others stay");
  withdraw->add_option("--key", all.withdraw.key_file, kKeyHelp)->required();
  withdraw->add_option("--ground-file", all.withdraw.ground_file, "Why, as a text file; asked for otherwise");
  withdraw
      ->add_option("--hold", all.withdraw.hold_days,
                   "Days until copies destroy it; fewer than the charter's need the trustees")
      ->check(CLI::Range(0, 3650));
  withdraw->add_option("-o,--output", all.withdraw.output, "Keep ground and salt in this file and do not print them");
  withdraw->add_option("--id", all.withdraw.id, kIdHelp);
  withdraw->footer(
      "Examples:\n  muniment withdraw archive 1a2b3c4d --key custodian.key\n  muniment withdraw archive 1a2b3c4d "
      "\"Interview 3/names.txt\" --key custodian.key --ground-file ground.txt");

  auto* reseal =
      commands.add(app, "reseal", "Seal deposits anew, without touching their parts", run_reseal, all.reseal)
          ->group("For custodians");
  reseal->add_option("ARCHIVE", all.reseal.archive)->required();
  reseal->add_option("DEPOSIT", all.reseal.deposits, kDepositHelp)->required();
  reseal->add_option("--key", all.reseal.key_file, kKeyHelp)->required();
  reseal->add_option("--to", all.reseal.to, "The compartment for which; each deposit's own otherwise");
  reseal->add_flag("--keep-older", all.reseal.keep_older, "Keep the older seals: then one person is enough");
  reseal->add_option("--id", all.reseal.id, kIdHelp);
  reseal->footer("Example:\n  muniment reseal archive 1a2b3c4d --to case-7 --key custodian.key");

  auto* veto = commands.add(app, "veto", "Stop a removal", run_veto, all.veto)->group("For custodians");
  veto->add_option("ARCHIVE", all.veto.archive)->required();
  veto->add_option("ORDER", all.veto.order, "The removal's number, or at least 8 digits of it")->required();
  veto->add_option("--key", all.veto.key_file, kKeyHelp)->required();
  veto->add_option("--id", all.veto.id, kIdHelp);
  veto->footer("Example:\n  muniment veto archive 90ab12cd --key custodian.key");

  const auto add_hold_options = [&](CLI::App* command, HoldArguments& arguments) {
    command->group("For custodians");
    command->add_option("ARCHIVE", arguments.archive)->required();
    command->add_option("DEPOSIT", arguments.deposits, kDepositHelp)->required();
    command->add_option("--key", arguments.key_file, kKeyHelp)->required();
    command->add_option("--id", arguments.id, kIdHelp);
    command->footer("Example:\n  muniment " + command->get_name() + " archive 1a2b3c4d --key custodian.key");
  };
  add_hold_options(commands.add(app, "hold", "Put a legal hold on deposits: no copy destroys them", run_hold, all.hold),
                   all.hold);
  add_hold_options(commands.add(app, "release", "Propose to end a legal hold", run_release, all.release), all.release);
}

void add_court_commands(CLI::App& app, Commands& commands, Arguments& all) {
  auto* verify =
      commands
          .add(app, "verify", "Check a copy of an archive, or a BagIt bag, without any key", run_verify, all.verify)
          ->group("For courts and sceptics");
  verify->add_option("PATH", all.verify.path, "The archive, a folder or an address; or the folder of a bag")
      ->required();
  verify->add_option("--id", all.verify.id, kIdHelp);
  verify->footer("Example:\n  muniment verify /media/usb1/archive --id \"academic acid …\"");
}

/// `recover` has two forms: an archive from copies, and files from half a deposit.
void add_recover_command(CLI::App& app, Context& context, Commands& commands, Arguments& all) {
  CLI::App* recover =
      app.add_subcommand("recover", "Rebuild the archive from whatever copies are left")->group("After a loss");
  auto* from = recover->add_option("--from", all.recover.from, "Copies, good or bad, in any number");
  recover->add_option("-o,--output", all.recover.output, "A new folder")->required();
  auto* id = recover->add_option("--id", all.recover.id, kIdHelp);
  auto* salvage =
      recover->add_option("--salvage", all.salvage.folder,
                          "Instead: the folder of one deposit that is not whole; its first parts give its first files");
  auto* archive =
      recover->add_option("--archive", all.salvage.archive, "With --salvage: any copy of the archive, for its keyring");
  auto* key = recover->add_option("--key", all.salvage.key_file, std::string("With --salvage: ") + kKeyHelp);
  auto* to_disk = recover->add_flag("--to-disk", all.salvage.to_disk, std::string("With --salvage: ") + kToDiskHelp);
  salvage->needs(archive)->needs(key)->excludes(from);
  to_disk->needs(salvage);
  from->needs(id);
  recover->callback([&commands, &context, &all] {
    if (!all.salvage.folder.empty()) {
      all.salvage.output = all.recover.output;
      if (!all.recover.id.empty()) all.salvage.id = all.recover.id;
      commands.status = run_salvage(all.salvage, context);
    } else if (all.recover.from.empty()) {
      throw CLI::RequiredError("--from or --salvage");
    } else {
      commands.status = run_recover(all.recover, context);
    }
  });
  recover->footer(
      "Examples:\n  muniment recover --from /media/usb1/archive --from /media/usb2/archive -o archive --id \"academic "
      "acid …\"\n"
      "  muniment recover --salvage archive/staging/ab12 --archive archive -o /dev/shm/salvaged --key custodian.key");
}

/// "muniment mirror", for the usage line of one of its commands.
std::string names_above(const CLI::App& command) {
  std::string names;
  for (const CLI::App* above = command.get_parent(); above != nullptr; above = above->get_parent()) {
    names = above->get_name() + (names.empty() ? "" : " ") + names;
  }
  return names;
}

/// CLI11 speaks to the user in its own words; ours are: what is wrong, and where help is.
int explain_usage(const CLI::App& app, const CLI::ParseError& error, std::FILE* out, std::FILE* err) {
  const CLI::App* command = &app;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
  const std::string above = names_above(*command);
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
    const bool is_version = dynamic_cast<const CLI::CallForVersion*>(&error) != nullptr;
    std::fprintf(out, "%s\n", is_version ? error.what() : command->help(above).c_str());
    return static_cast<int>(Status::done);
  }
  const std::string name = above.empty() ? command->get_name() : above + " " + command->get_name();
  std::fprintf(err, "muniment: %s\nHow it is used, with examples: %s --help\n", error.what(), name.c_str());
  return static_cast<int>(Status::used_wrongly);
}

/// `muniment help`, and a word that is no command; nothing when CLI11 is to go on.
std::optional<int> answer_first_word(const CLI::App& app, int argc, const char* const* argv, std::FILE* out,
                                     std::FILE* err) {
  if (argc < 2 || std::string_view(argv[1]) == "help") {
    std::fprintf(argc < 2 ? err : out, "%s\n", app.help().c_str());
    return static_cast<int>(argc < 2 ? Status::used_wrongly : Status::done);
  }
  const auto named = app.get_subcommands([&](const CLI::App* command) { return command->get_name() == argv[1]; });
  if (argv[1][0] == '-' || !named.empty()) return std::nullopt;
  std::fprintf(err, "muniment: there is no command \"%s\"\nThe commands: muniment help\n",
               printable(argv[1], 80).c_str());
  return static_cast<int>(Status::used_wrongly);
}

}  // namespace

int run_program(int argc, const char* const* argv, const Doors& doors, std::FILE* out, std::FILE* err) {
  const std::string version = "muniment " + std::string(kVersion);
  if (argc == 2 && std::string_view(argv[1]) == "--version") {  // for which hundreds of options need not be set up
    std::fprintf(out, "%s\n", version.c_str());
    return static_cast<int>(Status::done);
  }
  Output output(out, err);
  Context context{.doors = doors,
                  .output = output,
                  .passphrase_file = {},
                  .network = {},
                  .silences = {},
                  .token_file = {},
                  .tokens = {},
                  .credentials_file = {},
                  .credentials = {},
                  .state_folder = {}};
  CLI::App app("muniment keeps evidence: preserved, sealed, provably unaltered, in many places.", "muniment");
  Arguments all;
  Commands commands(context);
  app.set_version_flag("--version", version);
  app.require_subcommand(1);
  app.fallthrough();
  app.add_flag("--json", all.json, "Print one JSON document on standard output");
  app.add_option("--passphrase-file", all.passphrase_file,
                 "Read the passphrase from the first line of this file (or: MUNIMENT_PASSPHRASE_FILE)");
  app.add_option("--proxy", context.network.proxy, "Reach addresses through this: socks5h://127.0.0.1:9050 for Tor");
  app.add_option("--at", all.at, "NAME=ADDRESS: https:// servers of this name lie there, whatever DNS says")
      ->allow_extra_args(false)
      ->check([](const std::string& text) {
        const auto host = parse_host_address(text);
        return host ? std::string() : host.error().sentence();
      });
  app.add_option("--token-file", all.token_file, "The tokens by which mirrors know who may have sealed keys");
  app.add_option("--state", all.state_folder,
                 "For a home in a bucket: a folder on this machine for what is nobody else's, the same each time");
  app.add_option("--credentials", all.credentials_file,
                 "The keys of buckets (s3://): lines KEY:SECRET, or the form of ~/.aws/credentials");
  app.parse_complete_callback([&] {
    if (all.json) output.use_json();
    if (!all.passphrase_file.empty()) context.passphrase_file = all.passphrase_file;
    for (const std::string& text : all.at) {
      if (auto host = parse_host_address(text)) context.network.addresses.push_back(std::move(*host));
    }
    if (!all.token_file.empty()) context.token_file = all.token_file;
    if (!all.credentials_file.empty()) context.credentials_file = all.credentials_file;
    if (!all.state_folder.empty()) context.state_folder = all.state_folder;
  });
  app.footer(
      "Every command explains itself, with examples: muniment COMMAND --help\n"
      "Exit status: 0 done, 1 a check failed, 2 used wrongly, 3 could not (disk, key, permission).");
  add_field_commands(app, commands, all.field);
  add_founding_commands(app, commands, all);
  add_custodian_commands(app, commands, all);
  add_removal_commands(app, commands, all);
  add_chore_commands(app, commands, all.chores);
  add_authority_commands(app, commands, all.authority);
  add_mirror_commands(app, commands, all.mirror);
  add_trustee_commands(app, commands, all.trustees);
  add_court_commands(app, commands, all);
  add_recover_command(app, context, commands, all);
  if (const auto answered = answer_first_word(app, argc, argv, out, err)) return *answered;
  try {  // CLI11 throws; nothing else does
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return explain_usage(app, error, out, err);
  }
  return static_cast<int>(commands.status);
}

}  // namespace muniment::cli
