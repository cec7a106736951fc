// muniment charter add-custodian, add-partner, retire, rotate-log-key, revoke-log-key, rules.
#include "archive/holder_line.h"
#include "cli/authority_commands.h"
#include "tlog/policy.h"

namespace muniment::cli {
namespace {

Result<Holder> read_holder(Context& context, const std::string& path) {
  TRY_ASSIGN(const Bytes bytes, read_file(context.doors.fs, path, kHolderLineBytesMax));
  auto holder = parse_holder_line(as_text(bytes));
  if (!holder) return holder.error().in(path);
  return holder;
}

/// Gives somebody new every compartment that was asked for.
Result<void> grant_all(Context& context, const AtHome& home, Change& change, const std::vector<std::string>& opens,
                       const std::string& person) {
  for (const std::string& compartment : opens) {
    TRY_ASSIGN(const auto keys, home.open(compartment));
    TRY(change.draft.grant(compartment, person, *keys, context.doors.random));
  }
  return {};
}

const std::string kCompare =
    "Before anybody signs, compare the keys with that person by voice or on paper: whoever changed the file on its way "
    "would read the evidence.";

}  // namespace

Status run_add_custodian(const AddPersonArguments& arguments, Context& context) {
  return run_change(context, arguments.change,
                    [&](const AtHome& home, Change& change) -> Result<void> {
                      TRY_ASSIGN(const Holder holder, read_holder(context, arguments.holder));
                      TRY(change.draft.add_custodian(holder));
                      return grant_all(context, home, change, arguments.opens, holder.pseudonym());
                    },
                    {kCompare});
}

Status run_add_partner(const AddPersonArguments& arguments, Context& context) {
  return run_change(context, arguments.change,
                    [&](const AtHome&, Change& change) -> Result<void> {
                      TRY_ASSIGN(const Holder holder, read_holder(context, arguments.holder));
                      return change.draft.add_partner({holder.pseudonym(), holder.recipient});
                    },
                    {kCompare, "A partner opens nothing yet. Then:    muniment compartment grant " +
                                   arguments.change.archive + " COMPARTMENT --to NAME --key KEYFILE"});
}

Status run_retire(const RetireArguments& arguments, Context& context) {
  return run_change(
      context, arguments.change,
      [&](const AtHome& home, Change& change) -> Result<void> {
        const bool was_custodian = home.view.charter.find_custodian(arguments.name) != nullptr;
        TRY(change.draft.retire(arguments.name));
        if (was_custodian) add_fresh_log_key(change, home.view, context.doors.random);
        return {};
      },
      {arguments.name + " can go on reading old seals, on every copy that is in reach. For what comes in from now on:",
       "    muniment compartment renew " + arguments.change.archive +
           " COMPARTMENT --key KEYFILE    and new cards for everybody"});
}

Status run_rotate_log_key(const LogKeyArguments& arguments, Context& context) {
  return run_change(context, arguments.change, [&](const AtHome& home, Change& change) -> Result<void> {
    add_fresh_log_key(change, home.view, context.doors.random);
    return {};
  });
}

Status run_cosigners(const CosignersArguments& arguments, Context& context) {
  return run_change(
      context, arguments.change,
      [&](const AtHome&, Change& change) -> Result<void> {
        TRY_ASSIGN(const Bytes bytes, read_file(context.doors.fs, arguments.policy_file, tlog::kPolicyBytesMax));
        auto policy = tlog::parse_policy(as_text(bytes));
        if (!policy) return policy.error().in(arguments.policy_file);
        // The log is public: where a cosigner is reached does not belong into it.
        policy->logs.clear();
        for (tlog::PolicyWitness& witness : policy->witnesses) witness.url.clear();
        change.draft.set_policy(std::move(*policy));
        return {};
      },
      {"From now on a head of the log counts when enough of them have cosigned it. Each cosigner, at its "
       "own copy:    muniment mirror cosign COPY --key KEYFILE",
       "and here, to bring that together:    muniment mirror push " + arguments.change.archive + " COPY…"});
}

Status run_revoke_log_key(const LogKeyArguments& arguments, Context& context) {
  return run_change(
      context, arguments.change,
      [&](const AtHome& home, Change& change) -> Result<void> {
        const std::uint64_t size = home.view.head.head.size;
        if (arguments.after && *arguments.after < size) {
          return Error(Code::invalid,
                       "the log has " + counted(size, "entry", "entries") + ": a key that counts from entry " +
                           std::to_string(*arguments.after) +
                           " would drop the ones from there on, and they stay. Those that nobody of the archive signed "
                           "mean nothing already: muniment list and muniment verify name them as not vouched for. Give "
                           "--after " +
                           std::to_string(size));
        }
        if (arguments.after && *arguments.after > size) {
          return Error(Code::invalid, "the log has " + counted(size, "entry", "entries") +
                                          ", and the next one is to be signed with the new key: give --after " +
                                          std::to_string(size));
        }
        add_fresh_log_key(change, home.view, context.doors.random);
        return {};
      },
      {"What the old key signed beyond that entry, on whatever copy, is refused by all who have the new charter: push "
       "it to every mirror now."});
}

Status run_rules(const RulesArguments& arguments, Context& context) {
  return run_change(context, arguments.change, [&](const AtHome& home, Change& change) -> Result<void> {
    Rules rules = home.view.charter.rules;
    rules.charter = arguments.charter.value_or(rules.charter);
    rules.reseal = arguments.reseal.value_or(rules.reseal);
    rules.remove = arguments.remove.value_or(rules.remove);
    rules.hold_days = arguments.hold_days.value_or(rules.hold_days);
    rules.removals_per_week = arguments.limit.value_or(rules.removals_per_week);
    const Charter& charter = home.view.charter;
    const std::size_t people = charter.custodians.size() + (charter.trustees ? charter.trustees->threshold : 0);
    if (rules.charter > people) {
      return Error(Code::invalid, "there are " + std::to_string(people) +
                                      " people to sign, counted with the trustees: "
                                      "with " +
                                      std::to_string(rules.charter) + " nobody could ever sign a charter again");
    }
    const bool one_person = charter.custodians.size() == 1 && !charter.trustees;
    if (rules.charter < (one_person ? 1u : 2u) || rules.reseal < 2 || rules.remove < 2) {
      return Error(Code::invalid, "two people at least must sign: what one person can do, one arrest can force");
    }
    change.draft.set_rules(rules);
    return {};
  });
}

}  // namespace muniment::cli
