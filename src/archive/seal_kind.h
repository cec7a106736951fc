// Which seals withstand a quantum computer: told from the headers, without a key. Spec: docs/formats.md "Reseal".
#pragma once

#include <string_view>

#include "archive/view.h"

namespace muniment {

/// How a deposit is sealed, as far as the headers in this copy tell.
enum class SealKind {
  classic,       // X25519 alone: who copies it today may open it when large quantum computers exist
  hybrid_since,  // hybrid now, and an older seal that is here is X25519 alone: so it is for whoever copies that one
  hybrid,        // from the first seal on
  unknown,       // a header is not here, or was dropped
};

/// "classic", "hybrid since", "hybrid" or "unknown".
std::string_view name_of(SealKind kind);

/// Errors: those of parse_header.
Result<bool> is_hybrid_header(ByteView header);

/// Headers are taken as they lie there: what is damaged is for verify to name, and `unknown` here.
SealKind find_seal_kind(Store& store, const LoggedDeposit& deposit);

}  // namespace muniment
