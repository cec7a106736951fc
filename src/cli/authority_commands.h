// The commands by which people say who may do what: charters, compartments, signatures. As commands.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/propose.h"

namespace muniment::cli {

struct KeyArguments {
  std::string key_file;
  std::string pseudonym = "custodian-1";
  std::optional<std::string> output;  // standard output otherwise
};
Status run_key(const KeyArguments& arguments, Context& context);

struct CharterShowArguments {
  std::string archive;
  std::optional<std::string> id;
};
Status run_charter_show(const CharterShowArguments& arguments, Context& context);

struct AddPersonArguments {
  ChangeArguments change;
  std::string holder;                            // the file with the person's line
  std::vector<std::string> opens = {kEvidence};  // compartments
};
Status run_add_custodian(const AddPersonArguments& arguments, Context& context);
Status run_add_partner(const AddPersonArguments& arguments, Context& context);

struct RetireArguments {
  ChangeArguments change;
  std::string name;
};
Status run_retire(const RetireArguments& arguments, Context& context);

struct LogKeyArguments {
  ChangeArguments change;
  std::optional<std::uint64_t> after;  // revoke: the first entry that the old key does not order any more
};
Status run_rotate_log_key(const LogKeyArguments& arguments, Context& context);
Status run_revoke_log_key(const LogKeyArguments& arguments, Context& context);

struct RulesArguments {
  ChangeArguments change;
  std::optional<unsigned> charter;
  std::optional<unsigned> reseal;
  std::optional<unsigned> remove;
  std::optional<std::uint64_t> hold_days;
  std::optional<std::uint64_t> limit;
};
Status run_rules(const RulesArguments& arguments, Context& context);

struct CosignersArguments {
  ChangeArguments change;
  std::string policy_file;
};
Status run_cosigners(const CosignersArguments& arguments, Context& context);

struct SucceedArguments {
  std::string archive;
  std::optional<std::string> id;
  std::string key_file;
  std::string pseudonym;  // in a new key file
  bool keep_custodians = false;
};
Status run_succeed(const SucceedArguments& arguments, Context& context);

struct CompartmentArguments {
  ChangeArguments change;
  std::string name;
  std::vector<std::string> openers;  // add
  std::string person;                // grant, revoke
};
Status run_compartment_list(const CharterShowArguments& arguments, Context& context);
Status run_compartment_add(const CompartmentArguments& arguments, Context& context);
Status run_compartment_grant(const CompartmentArguments& arguments, Context& context);
Status run_compartment_revoke(const CompartmentArguments& arguments, Context& context);
Status run_compartment_renew(const CompartmentArguments& arguments, Context& context);
Status run_compartment_close(const CompartmentArguments& arguments, Context& context);

struct UnsealArguments {
  std::string archive;
  std::vector<std::string> deposits;
  std::string asker;                       // "age1…", or a file with it or with a holder line
  std::string output;                      // a new folder, for the asker
  std::optional<std::string> key_file;     // a custodian's: the entry is logged at once
  std::optional<std::string> reason_file;  // the terminal otherwise
  std::optional<std::string> id;
};
Status run_unseal(const UnsealArguments& arguments, Context& context);

struct HistoryArguments {
  std::string archive;
  bool unsealed = false;             // only unsealings
  bool reasons = false;              // asks for the trustees' shares, and shows what only they read
  std::optional<std::string> since;  // a date
  std::optional<std::string> id;
};
Status run_history(const HistoryArguments& arguments, Context& context);

struct ApproveArguments {
  std::string archive;
  std::optional<std::string> id;
  std::optional<std::string> proposal;  // the id of one that waits here, or a file; none: lists what waits
  std::optional<std::string> key_file;
  bool trustees = false;
  std::optional<std::string> output;
  bool yes = false;
};
Status run_approve(const ApproveArguments& arguments, Context& context);

}  // namespace muniment::cli
