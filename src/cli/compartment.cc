// muniment compartment add, grant, revoke, renew, close.
#include "cli/authority_commands.h"
#include "crypto/mlkem.h"

namespace muniment::cli {

Status run_compartment_add(const CompartmentArguments& arguments, Context& context) {
  return run_change(
      context, arguments.change,
      [&](const AtHome&, Change& change) {
        return change.draft.add_compartment(arguments.name, arguments.openers, has_mlkem768(), context.doors.random);
      },
      {"What is to be sealed for it needs a card of its own:    muniment card " + arguments.change.archive +
       " --compartment " + arguments.name + " --key KEYFILE -o FILE"});
}

Status run_compartment_grant(const CompartmentArguments& arguments, Context& context) {
  return run_change(context, arguments.change, [&](const AtHome& home, Change& change) -> Result<void> {
    TRY_ASSIGN(const auto keys, home.open(arguments.name));
    return change.draft.grant(arguments.name, arguments.person, *keys, context.doors.random);
  });
}

Status run_compartment_revoke(const CompartmentArguments& arguments, Context& context) {
  return run_change(
      context, arguments.change,
      [&](const AtHome&, Change& change) { return change.draft.revoke(arguments.name, arguments.person); },
      {"For what comes in from now on:    muniment compartment renew " + arguments.change.archive + " " +
       arguments.name + " --key KEYFILE    and new cards for everybody"});
}

Status run_compartment_renew(const CompartmentArguments& arguments, Context& context) {
  return run_change(context, arguments.change,
                    [&](const AtHome& home, Change& change) -> Result<void> {
                      TRY_ASSIGN(const auto keys, home.open(arguments.name));
                      return change.draft.renew(arguments.name, *keys, has_mlkem768(), context.doors.random);
                    },
                    {"Cards that were made before go on sealing to the older keys. Make new ones:    muniment card " +
                     arguments.change.archive + " --compartment " + arguments.name + " --key KEYFILE -o FILE"});
}

Status run_compartment_close(const CompartmentArguments& arguments, Context& context) {
  return run_change(context, arguments.change,
                    [&](const AtHome&, Change& change) { return change.draft.close(arguments.name); });
}

}  // namespace muniment::cli
