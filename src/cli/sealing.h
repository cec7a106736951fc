// What seal, seal --testimony and seal --watch share.
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

/// "for the archive", its words, and what to do with them.
void say_archive(Output& out, const Card& card);

nlohmann::ordered_json json_of(const SealedDeposit& deposit);

Status run_seal_testimony(const SealArguments& arguments, Context& context);

}  // namespace muniment::cli
