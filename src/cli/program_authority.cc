// muniment key, charter, compartment, approve.
#include "cli/program_parts.h"

namespace muniment::cli {
namespace {

void add_change_options(CLI::App& command, ChangeArguments& change) {
  command.add_option("ARCHIVE", change.archive, "The home of the archive")->required();
  command.add_option("--key", change.key_file, kKeyHelp)->required();
  command.add_flag("--trustees", change.trustees, "Ask for the trustees' shares, and sign in their name as well");
  command.add_option("--id", change.id, kIdHelp);
}

void add_person_options(CLI::App& command, AddPersonArguments& arguments) {
  add_change_options(command, arguments.change);
  command.add_option("--holder", arguments.holder, "The file with the line that muniment key printed for that person")
      ->required();
}

void add_people_commands(CLI::App& charter, Commands& commands, AuthorityArguments& all) {
  auto* custodian = commands.add(charter, "add-custodian", "A further custodian", run_add_custodian, all.add_custodian);
  add_person_options(*custodian, all.add_custodian);
  custodian->add_option("--opens", all.add_custodian.opens, "Compartments that the new custodian opens")
      ->capture_default_str();
  custodian->footer("Example:\n  muniment charter add-custodian archive --holder custodian-2.txt --key custodian.key");
  auto* partner = commands.add(charter, "add-partner", "Somebody who reads what is granted and signs nothing",
                               run_add_partner, all.add_partner);
  add_person_options(*partner, all.add_partner);
  partner->footer("Example:\n  muniment charter add-partner archive --holder lawyers.txt --key custodian.key");
  auto* retire =
      commands.add(charter, "retire", "Somebody is a custodian or a partner no more", run_retire, all.retire);
  add_change_options(*retire, all.retire.change);
  retire->add_option("NAME", all.retire.name, "The pseudonym")->required();
  retire->footer(
      "Example:\n  muniment charter retire archive custodian-2 --key custodian.key --trustees\nA custodian may have "
      "had "
      "the log key: the log gets another one. Old seals, and copies, stay readable to that person.");
}

void add_log_commands(CLI::App& charter, Commands& commands, AuthorityArguments& all) {
  auto* rotate = commands.add(charter, "rotate-log-key", "A new key for the log from the next entry on",
                              run_rotate_log_key, all.rotate);
  add_change_options(*rotate, all.rotate.change);
  rotate->footer("Example:\n  muniment charter rotate-log-key archive --key custodian.key");
  auto* revoke = commands.add(charter, "revoke-log-key", "The log key was stolen: it counts up to an entry only",
                              run_revoke_log_key, all.revoke);
  add_change_options(*revoke, all.revoke.change);
  revoke
      ->add_option("--after", all.revoke.after,
                   "The first entry that the old key does not order: the number of entries that the log has now")
      ->required();
  revoke->footer("Example:\n  muniment charter revoke-log-key archive --after 214 --key custodian.key");
  auto* rules =
      commands.add(charter, "rules", "How many people must sign, and what copies destroy", run_rules, all.rules);
  add_change_options(*rules, all.rules.change);
  const auto people = CLI::Range(1u, 100u);
  rules->add_option("--charter", all.rules.charter, "People who must sign a charter")->check(people);
  rules->add_option("--reseal", all.rules.reseal, "People who must sign before older seals are dropped")->check(people);
  rules->add_option("--remove", all.rules.remove, "People who must sign a removal")->check(people);
  rules->add_option("--hold", all.rules.hold_days, "Days between a removal and its destruction")
      ->check(CLI::Range(0u, 3650u));
  rules->add_option("--limit", all.rules.limit, "Deposits that a copy destroys in a week at the most")
      ->check(CLI::Range(0u, 1'000'000u));
  rules->footer("Example:\n  muniment charter rules archive --hold 60 --limit 5 --key custodian.key --trustees");
}

void add_charter_commands(CLI::App& app, Commands& commands, AuthorityArguments& all) {
  CLI::App* charter = app.add_subcommand("charter", "Who holds which keys, who may do what")
                          ->group("People and authority")
                          ->require_subcommand(1);
  charter->footer("Example:\n  muniment charter show archive");
  auto* show = commands.add(*charter, "show", "The charter in force, in plain sentences", run_charter_show, all.show);
  show->add_option("ARCHIVE", all.show.archive)->required();
  show->add_option("--id", all.show.id, kIdHelp);
  show->footer("Example:\n  muniment charter show archive");
  add_people_commands(*charter, commands, all);
  add_log_commands(*charter, commands, all);
  auto* cosigners = commands.add(*charter, "cosigners", "Who must have cosigned a head of the log for it to count",
                                 run_cosigners, all.cosigners);
  add_change_options(*cosigners, all.cosigners.change);
  cosigners
      ->add_option("--policy", all.cosigners.policy_file,
                   "A text file: witness NAME KEY for each, group NAME 2 NAME…, quorum NAME (C2SP tlog-policy)")
      ->required();
  cosigners->footer(
      "Example:\n  muniment charter cosigners archive --policy policy.txt --key custodian.key --trustees");
  auto* succeed = commands.add(*charter, "succeed", "Custodian and home are lost: the trustees name a new custodian",
                               run_succeed, all.succeed);
  succeed->add_option("ARCHIVE", all.succeed.archive, "A recovered copy, which becomes the home")->required();
  succeed
      ->add_option("--custodian", all.succeed.key_file, "The new custodian's key file: taken if it is there, else made")
      ->required();
  succeed->add_option("--pseudonym", all.succeed.pseudonym, "The name in a new key file; it becomes public");
  succeed->add_flag("--keep-custodians", all.succeed.keep_custodians, "The custodians of before stay custodians");
  succeed->add_option("--id", all.succeed.id, kIdHelp);
  succeed->footer(
      "Example:\n  muniment recover --from /media/usb1/archive -o archive --id \"academic acid …\"\n  muniment charter "
      "succeed archive --custodian new.key\nIt asks for the trustees' shares. Cut off, it goes on when run again.");
}

CLI::App* add_compartment_change(CLI::App& compartment, Commands& commands, const std::string& name,
                                 const std::string& what, Status (*run)(const CompartmentArguments&, Context&),
                                 CompartmentArguments& arguments) {
  CLI::App* command = commands.add(compartment, name, what, run, arguments);
  add_change_options(*command, arguments.change);
  command->add_option("NAME", arguments.name, "The compartment")->required();
  return command;
}

void add_compartment_commands(CLI::App& app, Commands& commands, AuthorityArguments& all) {
  CLI::App* compartment =
      app.add_subcommand("compartment", "Who opens what")->group("People and authority")->require_subcommand(1);
  compartment->footer("Example:\n  muniment compartment list archive");
  auto* list = commands.add(*compartment, "list", "The compartments and who opens them", run_compartment_list,
                            all.compartment_list);
  list->add_option("ARCHIVE", all.compartment_list.archive)->required();
  list->add_option("--id", all.compartment_list.id, kIdHelp);
  list->footer("Example:\n  muniment compartment list archive");
  auto* add =
      add_compartment_change(*compartment, commands, "add", "A further compartment", run_compartment_add, all.add);
  add->add_option("--opener", all.add.openers, "Who opens it: pseudonyms, or trustees")->required();
  add->footer(
      "Example:\n  muniment compartment add archive case-12 --opener custodian-1 --opener lawyers --key custodian.key "
      "--trustees");
  auto* grant = add_compartment_change(*compartment, commands, "grant", "Somebody more opens a compartment, all of it",
                                       run_compartment_grant, all.grant);
  grant->add_option("--to", all.grant.person, "The pseudonym, or trustees")->required();
  grant->footer("Example:\n  muniment compartment grant archive case-12 --to lawyers --key custodian.key");
  auto* revoke =
      add_compartment_change(*compartment, commands, "revoke", "Somebody gets no keys of a compartment any more",
                             run_compartment_revoke, all.revoke_opener);
  revoke->add_option("--from", all.revoke_opener.person, "The pseudonym, or trustees")->required();
  revoke->footer("Example:\n  muniment compartment revoke archive case-12 --from lawyers --key custodian.key");
  add_compartment_change(*compartment, commands, "renew", "New keys for what is sealed from now on; once a year",
                         run_compartment_renew, all.renew)
      ->footer("Example:\n  muniment compartment renew archive evidence --key custodian.key --trustees");
  add_compartment_change(*compartment, commands, "close", "Nothing new is sealed for it", run_compartment_close,
                         all.close)
      ->footer("Example:\n  muniment compartment close archive case-12 --key custodian.key --trustees");
}

void add_signing_commands(CLI::App& app, Commands& commands, AuthorityArguments& all) {
  auto* key =
      commands
          .add(app, "key", "Make a person's key file, and the public line to hand to a custodian", run_key, all.key)
          ->group("People and authority");
  key->add_option("FILE", all.key.key_file, "The key file: taken if it is there, else made")->required();
  key->add_option("--pseudonym", all.key.pseudonym, "The name in a new key file; it becomes public")
      ->capture_default_str();
  key->add_option("-o,--output", all.key.output, "The file for the line; standard output otherwise");
  key->footer("Example:\n  muniment key custodian-2.key --pseudonym custodian-2 -o custodian-2.txt");

  auto* approve = commands.add(app, "approve", "See what waits for signatures, and sign it", run_approve, all.approve)
                      ->group("People and authority");
  approve->add_option("ARCHIVE", all.approve.archive, "The home, or any copy")->required();
  approve->add_option("PROPOSAL", all.approve.proposal, "The id of one that waits here, or a file; none: list them");
  approve->add_option("--key", all.approve.key_file, kKeyHelp);
  approve->add_flag("--trustees", all.approve.trustees, "Ask for the trustees' shares, and sign in their name");
  approve->add_option("-o,--output", all.approve.output, "The file for what was signed; needed in a copy");
  approve->add_flag("--yes", all.approve.yes, "Sign without asking");
  approve->add_option("--id", all.approve.id, kIdHelp);
  approve->footer(
      "Examples:\n  muniment approve archive\n  muniment approve archive 1a2b3c4d5e6f7081 --key custodian-2.key\n"
      "  muniment approve copy proposal.note --key custodian-2.key -o signed.note\nEverything that it would do is "
      "shown "
      "first. At the home it is carried out when enough people have signed.");
}

}  // namespace

void add_authority_commands(CLI::App& app, Commands& commands, AuthorityArguments& all) {
  add_charter_commands(app, commands, all);
  add_compartment_commands(app, commands, all);
  add_signing_commands(app, commands, all);
}

}  // namespace muniment::cli
