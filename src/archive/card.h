// The card: what a depositor needs, and nothing secret. Spec: docs/formats.md "Card".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "archive/charter_chain.h"
#include "archive/id.h"

namespace muniment {

struct Card {
  Sha256 archive;
  std::string compartment;
  std::string recipient;  // "age1…", X25519
  std::string hybrid;     // "age1pq1…", or empty
  std::string expires;    // "2027-02-20"
  Charter charter;        // the newest of those that the card carries
};

/// The card as a signed note. It carries every charter whole, so that its keys can be held against the archive id
/// offline. Errors: `invalid` for a compartment that there is not, or that is closed.
Result<std::string> make_card(const FoundCharter& charters, std::string_view compartment, std::string_view expires,
                              const SignerKey& custodian);

/// Checks everything that can be checked offline: the charters' chain against the archive id, the recipients against
/// the newest charter, the signature against its custodians. What remains is to compare the archive id with what one
/// was told. Errors: `corrupt`, `forged`, `limit`.
Result<Card> parse_card(std::string_view text);

/// Errors: `denied` when the card has expired on that day; the sentence says when and what to do.
Result<void> check_not_expired(const Card& card, std::int64_t now_s);

inline constexpr std::uint64_t kCardBytesMax = 1024 * 1024;

}  // namespace muniment
