#include <nlohmann/json.hpp>

#include "archive/holder_line.h"
#include "cli/authority_commands.h"

namespace muniment::cli {
namespace {

Result<Holder> make_holder(const KeyArguments& arguments, Context& context) {
  TRY_ASSIGN(const HolderKeys keys, obtain_keys(context, arguments.key_file, arguments.pseudonym));
  if (arguments.output) {
    TRY(create_durably(context.doors.fs, *arguments.output, as_view(render_holder_line(keys.holder()))));
  }
  return keys.holder();
}

}  // namespace

Status run_key(const KeyArguments& arguments, Context& context) {
  const auto holder = make_holder(arguments, context);
  if (!holder) return fail(context, holder.error());
  Output& out = context.output;
  std::string line = render_holder_line(*holder);
  if (!arguments.output) out.raw(line);
  line.pop_back();
  out.note(
      "Nothing in this line is secret. Whoever adds you should compare it with you by voice or on paper: it says\n"
      "for whom evidence is sealed. Keep a second copy of " +
      arguments.key_file + " in another place, and the passphrase in neither.");
  out.document({{"holder", holder->pseudonym()},
                {"recipient", holder->recipient},
                {"key", holder->key.text()},
                {"line", line},
                {"keyFile", arguments.key_file}});
  return Status::done;
}

}  // namespace muniment::cli
