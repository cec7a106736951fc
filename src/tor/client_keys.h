// Who may reach an onion service: public keys as Tor writes them. Spec: Tor's rend-spec-v3, appendix G.1.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/x25519.h"

namespace muniment {

inline constexpr std::uint64_t kClientKeysBytesMax = 64 << 10;

/// Lines `descriptor:x25519:<52 characters of base32>`; empty lines and lines with "#" in front say nothing. One key at
/// the least and 100 at the most, each once. Errors: `corrupt`, `limit`.
Result<std::vector<X25519Public>> parse_client_keys(std::string_view text);

}  // namespace muniment
