// What the ways of `seal` share: of what is named, of a testimony, and of what appears in a folder.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "archive/card.h"
#include "archive/seal.h"
#include "cli/commands.h"

namespace muniment::cli {

/// The card, checked, of the archive that is meant, and not expired.
Result<Card> read_seal_card(const SealArguments& arguments, Context& context);

/// All that is to be sealed is there, and the output folder does not lie in it. Errors: `invalid`, those of Fs.
Result<void> check_sources(const SealArguments& arguments, Fs& fs);

/// Hooks that take a finished deposit from staging into the output folder. `progress` outlives them.
SealHooks hooks_into(const Doors& doors, const std::string& output, Progress& progress);

/// True where what is sealed by the card on this machine withstands quantum computers.
bool seals_hybrid(const Card& card);

/// "for the archive", its words, what to do with them, and what a classic seal is worth.
void say_archive(Output& out, const Card& card);
/// The last of these alone; nothing where the seal is hybrid.
void warn_of_classic_seal(Output& out, const Card& card);

nlohmann::ordered_json json_of(const SealedDeposit& deposit);

/// The documents of deposits, in order, and their sums.
struct SealedSums {
  std::uint64_t files = 0;
  std::uint64_t source_bytes = 0;
};
SealedSums sums_of(const SealReport& report);
nlohmann::ordered_json documents_of(const SealReport& report);

Status run_seal_testimony(const SealArguments& arguments, Context& context);

/// Seals what appears in `arguments.watch` until somebody ends it.
Status seal_what_appears(const SealArguments& arguments, const Card& card, Context& context);

}  // namespace muniment::cli
