#include "tor/address.h"

#include "base/encoding.h"
#include "crypto/sha3.h"

namespace muniment {

std::string onion_address(const Ed25519Public& key) {
  constexpr std::uint8_t kVersion[] = {3};
  constexpr std::size_t kChecksumBytes = 2;
  const Secret<32> digest = sha3_256({as_view(".onion checksum"), key, kVersion});
  Bytes bytes(key.begin(), key.end());
  append(bytes, digest.expose().first<kChecksumBytes>());
  append(bytes, kVersion);
  return to_base32(bytes);
}

}  // namespace muniment
