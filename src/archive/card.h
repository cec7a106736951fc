// The card: what a depositor needs, and nothing secret. Spec: docs/formats.md "Card".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "archive/charter.h"
#include "archive/id.h"

namespace muniment {

struct Card {
  Sha256 archive;
  std::string compartment;
  std::string recipient;  // "age1…"
  std::string expires;    // "2027-02-20"
  Charter charter;        // from the copy of charter/1 that the card carries
};

/// The card as a signed note. It carries charter/1 whole, so that its keys can be held against the archive id offline.
Result<std::string> make_card(std::string_view charter_note, std::string_view compartment, std::string_view expires,
                              const SignerKey& custodian);

/// Checks everything that can be checked offline: the charter's digest against the archive id, the recipient against
/// the charter, the signature against the charter's custodians. What remains is to compare the archive id with what one
/// was told. Errors: `corrupt`, `forged`, `limit`.
Result<Card> parse_card(std::string_view text);

/// Errors: `denied` when the card has expired on that day; the sentence says when and what to do.
Result<void> check_not_expired(const Card& card, std::int64_t now_s);

inline constexpr std::uint64_t kCardBytesMax = 256 * 1024;

}  // namespace muniment
