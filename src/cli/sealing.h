// What the two ways of `seal` share: of what is named, and of what appears in a folder.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "archive/card.h"
#include "archive/deposit_writer.h"
#include "cli/commands.h"
#include "cli/context.h"

namespace muniment::cli {

/// The documents of deposits, in order, and their sums.
struct SealedSums {
  std::uint64_t files = 0;
  std::uint64_t source_bytes = 0;
};
SealedSums sums_of(const SealReport& report);
nlohmann::ordered_json documents_of(const SealReport& report);

/// What a classic seal is worth; nothing where it is hybrid.
void warn_of_classic_seal(Output& out, const Card& card);

/// Seals what appears in `arguments.watch` until somebody ends it.
Status seal_what_appears(const SealArguments& arguments, const Card& card, Context& context);

}  // namespace muniment::cli
