// The card: what a depositor needs. No key is on it; with addresses it has tokens, which are a secret towards a censor.
// Spec: docs/formats.md "Card".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "archive/charter_chain.h"
#include "archive/id.h"
#include "store/token_file.h"

namespace muniment {

struct Card {
  Sha256 archive;
  std::string compartment;
  std::string recipient;    // "age1…", X25519
  std::string hybrid;       // "age1pq1…", or empty
  std::string expires;      // "2027-02-20"
  Charter charter;          // the newest of those that the card carries
  std::vector<Token> send;  // where to send, and by which token; none on a card of version 1
};

/// The card as a signed note. It carries every charter whole, so that its keys can be held against the archive id
/// offline. `send` are tokens for sending, each with its mirror's address; with some it is a card of version 2, with
/// none one of version 1. Errors: `invalid` for a compartment that there is not, or that is closed, and for what cannot
/// stand on a card.
Result<std::string> make_card(const FoundCharter& charters, std::string_view compartment, std::string_view expires,
                              const SignerKey& custodian, const std::vector<Token>& send = {});

/// Checks everything that can be checked offline: the charters' chain against the archive id, the recipients against
/// the newest charter, the signature against its custodians. What remains is to compare the archive id with what one
/// was told. Errors: `corrupt`, `forged`, `limit`.
Result<Card> parse_card(std::string_view text);

/// Errors: `denied` when the card has expired on that day; the sentence says when and what to do.
Result<void> check_not_expired(const Card& card, std::int64_t now_s);

/// True for an address that a card may carry: http://, https:// or s3:// (S3Address), without a slash at the end.
bool is_card_address(std::string_view text);

inline constexpr std::uint64_t kCardBytesMax = 1024 * 1024;
inline constexpr std::size_t kCardAddressesMax = 8;

}  // namespace muniment
