#include "age/hpke.h"

#include <algorithm>

#include "crypto/kdf.h"
#include "crypto/sha3.h"

namespace muniment::age {
namespace {

constexpr std::string_view kCombinerLabel = R"(\.//^\)";
constexpr std::string_view kVersion = "HPKE-v1";
// "HPKE", then two bytes each: the KEM MLKEM768-X25519, the KDF HKDF-SHA256, the AEAD ChaCha20Poly1305.
constexpr std::string_view kSuite("HPKE\x64\x7a\x00\x01\x00\x03", 10);
constexpr std::uint8_t kModeBase = 0;

Bytes labeled(std::string_view label, ByteView rest) {
  Bytes bytes;
  for (const std::string_view part : {kVersion, kSuite, label}) append(bytes, as_view(part));
  append(bytes, rest);
  return bytes;
}

Secret<32> labeled_extract(ByteView salt, std::string_view label, std::string_view key_material) {
  return hkdf_extract_sha256(labeled(label, as_view(key_material)), salt);
}

/// `size` of the 32 bytes that it gives are the output: RFC 9180 section 4 puts the length into what is hashed.
Secret<32> labeled_expand(const Secret<32>& secret, std::string_view label, ByteView context, std::uint16_t size) {
  Bytes info;
  append_u16(info, size);
  append(info, labeled(label, context));
  return hkdf_expand_sha256(secret, info);
}

}  // namespace

HybridSecrets expand_hybrid_seed(const Secret<32>& seed) {
  Secret<96> expanded;
  shake256(seed.expose(), expanded.expose_mut());
  return {MlKem768Seed::copy_of(expanded.expose().first<64>()), Secret<32>::copy_of(expanded.expose().last<32>())};
}

Secret<32> combine_hybrid(const Secret<32>& mlkem_shared, const Secret<32>& x25519_shared, const X25519Public& share,
                          const X25519Public& recipient) {
  return sha3_256({mlkem_shared.expose(), x25519_shared.expose(), share, recipient, as_view(kCombinerLabel)});
}

HpkeContext hpke_key_schedule(const Secret<32>& shared, std::string_view info) {
  const Secret<32> psk_id_hash = labeled_extract({}, "psk_id_hash", "");
  const Secret<32> info_hash = labeled_extract({}, "info_hash", info);
  Bytes context = {kModeBase};
  append(context, psk_id_hash.expose());
  append(context, info_hash.expose());

  const Secret<32> secret = labeled_extract(shared.expose(), "secret", "");
  HpkeContext made{labeled_expand(secret, "key", context, 32), {}};
  const auto nonce_size = static_cast<std::uint16_t>(made.base_nonce.size());
  const Secret<32> nonce = labeled_expand(secret, "base_nonce", context, nonce_size);
  std::copy_n(nonce.expose().begin(), made.base_nonce.size(), made.base_nonce.begin());
  return made;
}

}  // namespace muniment::age
