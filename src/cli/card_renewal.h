// How a card is followed by the next one, without anybody meeting.
#pragma once

#include <string>

#include "archive/card.h"
#include "cli/orders.h"

namespace muniment::cli {

/// Puts the card of text `newer` where who has the card in the file `older` finds it, and logs it. Errors: those of
/// seal_next_card, `conflict` where another card follows that one already.
Result<void> publish_next_card(Context& context, OrderDesk& at, const std::string& older, std::string_view newer);

/// Looks at the mirrors of a card that expires soon, or has, for the one that follows it, and puts that one into its
/// place in the file, durably, as long as one follows another. `card` is that one then. Says on
/// `context.output` what it did. Errors: those of writing the file; what mirrors say is none.
Result<void> renew_card(Context& context, const std::string& path, Card& card);

}  // namespace muniment::cli
