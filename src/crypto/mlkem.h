// ML-KEM-768 (FIPS 203) through libcrypto, which has it from 3.5 on. It is looked for at run time: the same program,
// built on a system without it, has it where a newer libcrypto lies. A private key is its 64-byte seed (d, z).
#pragma once

#include <array>

#include "base/secret.h"

namespace muniment {

using MlKem768Seed = Secret<64>;
using MlKem768Public = std::array<std::uint8_t, 1184>;
using MlKem768Ciphertext = std::array<std::uint8_t, 1088>;

/// Whether the libcrypto that this process runs with has ML-KEM-768.
bool has_mlkem768();

/// Errors: `unsupported` where libcrypto lacks ML-KEM-768; the sentence says what is needed.
Result<void> check_mlkem768();

/// Errors: `unsupported`.
Result<MlKem768Public> mlkem768_public(const MlKem768Seed& seed);

struct MlKem768Encapsulated {
  MlKem768Ciphertext ciphertext{};
  Secret<32> shared;
};

/// A new shared secret for the holder of `key`. libcrypto draws the randomness itself: its documentation keeps the
/// way to give it for tests of libcrypto. Errors: `unsupported`, `corrupt` when the bytes are no such key (FIPS 203
/// section 7.2, "modulus check").
Result<MlKem768Encapsulated> mlkem768_encapsulate(const MlKem768Public& key);

/// The shared secret. A ciphertext that is not for this key gives another one, and no error (FIPS 203 section 6.3,
/// "implicit rejection"). Errors: `unsupported`.
Result<Secret<32>> mlkem768_decapsulate(const MlKem768Seed& seed, const MlKem768Ciphertext& ciphertext);

}  // namespace muniment
