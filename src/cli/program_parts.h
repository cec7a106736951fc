// How the command line is put together: what program.cc and its parts share.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "cli/authority_commands.h"
#include "cli/chores.h"
#include "cli/commands.h"
#include "cli/volunteer.h"

namespace muniment::cli {

/// One command as it is being put together: CLI11's own object, and what to run when it was the one.
class Commands {
 public:
  explicit Commands(Context& context) : context_(context) {}

  /// `arguments` lives as long as the program.
  template <typename Arguments>
  CLI::App* add(CLI::App& parent, const std::string& name, const std::string& what,
                Status (*run)(const Arguments&, Context&), Arguments& arguments) {
    CLI::App* command = parent.add_subcommand(name, what);
    command->callback([this, run, &arguments] { status = run(arguments, context_); });
    return command;
  }

  Status status = Status::used_wrongly;

 private:
  Context& context_;
};

inline constexpr const char* kIdHelp = "The archive that is meant: its 12 words, or 64 hexadecimal digits";
inline constexpr const char* kKeyHelp = "The key file of the person who does this";

/// How shares leave the program: --print and --language.
void add_handout_options(CLI::App& command, HandoutOptions& options);

/// All that the commands of program_field.cc fill in.
struct FieldArguments {
  SealArguments seal;
  SendArguments send;
  ExposureArguments exposure;
  TestimonyFormArguments testimony_form;
  TestimonyCheckArguments testimony_check;
  TestimonyFindArguments testimony_find;
};
void add_field_commands(CLI::App& app, Commands& commands, FieldArguments& all);

/// All that the commands of program_trustees.cc fill in.
struct TrusteeArguments {
  ShareArguments check, repair;
  ShareSendArguments send;
  TrusteesArguments rehearse;
  DealArguments deal;
  UnsealArguments unseal;
  HistoryArguments history;
};
void add_trustee_commands(CLI::App& app, Commands& commands, TrusteeArguments& all);

/// All that the commands of program_volunteer.cc fill in.
struct VolunteerArguments {
  InviteArguments invite;
  ReceiveArguments receive;
  JoinArguments join;
  ReportArguments report;
  LeaveArguments leave;
  LetterArguments letter;
};
void add_volunteer_commands(CLI::App& mirror, Commands& commands, VolunteerArguments& all);

/// All that the commands of program_mirror.cc fill in.
struct MirrorCommandArguments {
  MirrorArguments push, pull, heal, audit, collect, mirror_list, status, fetch_incoming;
  DoctorArguments doctor;
  MirrorListsArguments lists;
  MirrorLearnArguments learn;
  AgreeArguments agree;
  UnwrapArguments unwrap;
  CosignerArguments cosigner;
  CosignArguments cosign;
  ServeArguments serve;
  VolunteerArguments volunteer;
};
void add_mirror_commands(CLI::App& app, Commands& commands, MirrorCommandArguments& all);

/// All that the commands of program_chores.cc fill in.
struct ChoreArguments {
  TendArguments tend;
  LostArguments lost;
  PageArguments page;
};
void add_chore_commands(CLI::App& app, Commands& commands, ChoreArguments& all);

/// All that the commands of program_authority.cc fill in.
struct AuthorityArguments {
  KeyArguments key;
  CharterShowArguments show, compartment_list;
  AddPersonArguments add_custodian, add_partner;
  RetireArguments retire;
  LogKeyArguments rotate, revoke;
  RulesArguments rules;
  CosignersArguments cosigners;
  SucceedArguments succeed;
  CompartmentArguments add, grant, revoke_opener, renew, close;
  ApproveArguments approve;
};
void add_authority_commands(CLI::App& app, Commands& commands, AuthorityArguments& all);

}  // namespace muniment::cli
