#include "archive/card.h"

#include <nlohmann/json.hpp>

#include "archive/view.h"
#include "cli/commands.h"

namespace muniment::cli {
namespace {

constexpr std::int64_t kDayS = 86400;

struct MadeCard {
  Card card;
  std::string text;
};

Result<MadeCard> make(const CardArguments& arguments, Context& context) {
  TRY_ASSIGN(const auto pin, parse_pin(arguments.id));
  TRY_ASSIGN(const auto store, open_store(context, arguments.archive));
  TRY_ASSIGN(const FoundCharter charter, read_charter(*store, pin));
  TRY_ASSIGN(const HolderKeys keys, open_key_file(context, arguments.key_file));
  const std::string expires = to_date(context.doors.clock.now_s() + static_cast<std::int64_t>(arguments.days) * kDayS);
  TRY_ASSIGN(std::string text, make_card(charter, arguments.compartment, expires, keys.signer()));
  TRY_ASSIGN(Card card, parse_card(text));
  if (arguments.output) TRY(create_durably(context.doors.fs, *arguments.output, as_view(text)));
  return MadeCard{std::move(card), std::move(text)};
}

}  // namespace

Status run_card(const CardArguments& arguments, Context& context) {
  const auto made = make(arguments, context);
  if (!made) return fail(context, made.error());
  Output& out = context.output;
  if (!arguments.output) out.raw(made->text);
  if (arguments.output) {
    out.line("Wrote the card " + *arguments.output + ". There is nothing secret on it; it is good until " +
             made->card.expires + ".");
    out.line("Whoever gets it should compare these words with you, by voice or on paper:");
    out.line("");
    out.line("    " + id_words(made->card.archive));
    out.line("");
    out.line("Next: on the device in the field    muniment seal --card " + *arguments.output + " -o FOLDER PATH...");
  }
  out.document({{"archive", made->card.archive.hex()},
                {"words", id_words(made->card.archive)},
                {"compartment", made->card.compartment},
                {"recipient", made->card.recipient},
                {"expires", made->card.expires},
                {"card", made->text}});
  return Status::done;
}

}  // namespace muniment::cli
