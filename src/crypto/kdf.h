// HMAC-SHA-256 (RFC 2104), HKDF-SHA-256 (RFC 5869), PBKDF2 (RFC 8018) and scrypt (RFC 7914) through libcrypto.
#pragma once

#include <array>
#include <string_view>

#include "base/secret.h"

namespace muniment {

using Mac = std::array<std::uint8_t, 32>;

Mac hmac_sha256(ByteView key, ByteView message);

/// True when equal; takes the same time wherever they differ.
bool equal_in_constant_time(ByteView a, ByteView b);

/// 32 bytes of HKDF-SHA-256, extract and expand.
Secret<32> hkdf_sha256(ByteView key_material, ByteView salt, std::string_view info);

/// `size` bytes of PBKDF2 with HMAC-SHA-256. `iterations` is at least 1; the caller bounds it before.
SecretBytes pbkdf2_sha256(ByteView password, ByteView salt, std::uint32_t iterations, std::size_t size);

/// The two halves of HKDF-SHA-256, for who calls them apart (HPKE): a pseudorandom key, and 32 bytes made from one.
/// A shorter output is the first bytes of this one.
Secret<32> hkdf_extract_sha256(ByteView key_material, ByteView salt);
Secret<32> hkdf_expand_sha256(const Secret<32>& extracted, ByteView info);

/// 32 bytes of scrypt with N = 2^log2_n, r = 8, p = 1: it takes 2^(log2_n + 10) bytes of memory.
/// The caller bounds log2_n before. Errors: `io` when the memory is not to be had.
Result<Secret<32>> scrypt(ByteView passphrase, ByteView salt, unsigned log2_n);

}  // namespace muniment
