// What a custodian hands to a volunteer: where to pull an archive from, as what to hold it, and how much of it may be
// held. It has no key; with tokens it is a secret towards strangers. Spec: docs/formats.md "Invitation".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "archive/charter_chain.h"
#include "store/token_file.h"

namespace muniment {

struct Invitation {
  Sha256 archive = {};
  std::string role;                // "vault" or "public"
  std::string expires;             // "2026-12-26"
  bool may_hold_all = true;        // else one of the parts only
  std::vector<std::string> from;   // addresses of copies, one at least
  std::vector<Token> tokens;       // for reading at some of them
  std::vector<std::string> parts;  // agreed parts, each a note that a custodian has signed, smallest first
};

inline constexpr std::uint64_t kInvitationBytesMax = 64 * 1024;
inline constexpr std::size_t kInvitationAddressesMax = 8;
inline constexpr std::size_t kInvitationPartsMax = 16;

/// The invitation as a signed note. Errors: `invalid` for what cannot stand in one.
Result<std::string> make_invitation(const Invitation& invitation, const SignerKey& custodian);

/// What the text says. Nobody has vouched for it yet: the charter that it is held against is still to be fetched.
/// Errors: `corrupt`, `limit`.
Result<Invitation> parse_invitation(std::string_view text);

/// Holds an invitation against the charters of its archive, whose id they are pinned to. Errors: `forged` when nobody
/// who is a custodian now has signed it, or its parts.
Result<void> check_invitation(std::string_view text, const FoundCharter& charters);

/// Errors: `denied` when it has expired; the sentence says when and what to do.
Result<void> check_not_expired(const Invitation& invitation, std::int64_t now_s);

}  // namespace muniment
