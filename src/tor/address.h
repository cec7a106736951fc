// Addresses of onion services, version 3. Spec: Tor's rend-spec-v3, section 6 "Encoding onion addresses".
#pragma once

#include <string>

#include "crypto/ed25519.h"

namespace muniment {

/// 56 characters, without ".onion".
std::string onion_address(const Ed25519Public& key);

}  // namespace muniment
