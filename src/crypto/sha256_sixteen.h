// SHA-256 of sixteen messages at once, by registers of sixteen words. Only crypto/sha256.cc uses it.
#pragma once

#include <array>

#include "crypto/sha256_pair.h"

namespace muniment {

/// Whether this processor has such registers (AVX-512F and BW) and the system keeps them, and no more room for messages
/// one after the other.
bool has_room_for_sixteen();

/// Takes `blocks` of 64 bytes into each of them. Only where has_room_for_sixteen().
void compress_sixteen(const std::array<HashLane, 16>& lanes, std::size_t blocks);

}  // namespace muniment
