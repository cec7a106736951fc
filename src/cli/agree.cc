// muniment mirror agree: a list of what a copy is to hold.
#include "cli/agree.h"

#include <nlohmann/json.hpp>

#include "base/encoding.h"
#include "cli/commands.h"
#include "cli/orders.h"

namespace muniment::cli {

using Json = nlohmann::ordered_json;

Json json_of_share(const std::optional<AgreedShare>& share) {
  if (!share) return nullptr;
  return {{"heldBytes", share->held},
          {"allBytes", share->all},
          {"percent", share->percent()},
          {"seals", share->with_seals}};
}

Result<std::string> read_selection(Context& context, const std::optional<std::string>& path) {
  if (!path) return std::string();
  TRY_ASSIGN(const Bytes bytes, read_file(context.doors.fs, *path, kAgreedPartBytesMax));
  return std::string(as_text(bytes));
}

namespace {

struct Agreed {
  AgreedPart part;
  std::uint64_t deposits = 0;  // of today's log, that it selects
  std::uint64_t bytes = 0;
  std::string text;
};

Result<Agreed> agree(const AgreeArguments& arguments, Context& context) {
  TRY_ASSIGN(const OrderDesk desk, open_copy(context, arguments.archive, arguments.key_file, arguments.id));
  const ArchiveView& view = desk.view;
  Agreed agreed;
  agreed.part = {.archive = view.id,
                 .from = arguments.from,
                 .to = arguments.to,
                 .bytes_max = arguments.quota,
                 .with_seals = !arguments.without_seals,
                 .deposits = {}};
  TRY_ASSIGN(agreed.part.deposits, find_deposits(view, arguments.deposits));
  TRY_ASSIGN(agreed.text, make_agreed_part(agreed.part, desk.holder.signer()));
  // What a custodian of an older charter signs would not count.
  TRY(parse_agreed_part(agreed.text, view.id, view.charter));
  AgreedDeposits selected(&agreed.part);
  for (const LoggedDeposit& deposit : view.deposits) {
    if (!selected.holds(deposit.index, deposit.id, deposit.bytes) || deposit.removal) continue;
    ++agreed.deposits;
    agreed.bytes += deposit.bytes;
  }
  TRY(create_durably(context.doors.fs, arguments.output, as_view(agreed.text)));
  return agreed;
}

}  // namespace

Status run_mirror_agree(const AgreeArguments& arguments, Context& context) {
  const auto agreed = agree(arguments, context);
  if (!agreed) return fail(context, agreed.error());
  Output& out = context.output;
  out.line("Wrote " + arguments.output + ": a copy that is filled by it holds the log, and of today's deposits " +
           std::to_string(agreed->deposits) + " (" + human_size(agreed->bytes) + ")" +
           (agreed->part.with_seals ? "." : ", without what opens them."));
  out.line("Next: at the mirror    muniment mirror pull COPY --from " + arguments.archive + " --select " +
           arguments.output + " --id \"" + id_words(agreed->part.archive) + "\"");
  out.document({{"archive", agreed->part.archive.hex()},
                {"output", arguments.output},
                {"deposits", agreed->deposits},
                {"bytes", agreed->bytes},
                {"seals", agreed->part.with_seals}});
  return Status::done;
}

}  // namespace muniment::cli
