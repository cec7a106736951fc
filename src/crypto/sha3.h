// SHA3-256 and SHAKE-256 (FIPS 202) through libcrypto, over inputs that are secret.
#pragma once

#include <initializer_list>

#include "base/secret.h"

namespace muniment {

/// The digest of the inputs one behind the other: a secret made from secrets, which are not joined anywhere else.
Secret<32> sha3_256(std::initializer_list<ByteView> inputs);

/// Fills `output`, of any length.
void shake256(ByteView input, MutableBytes output);

}  // namespace muniment
