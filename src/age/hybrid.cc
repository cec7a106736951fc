#include "age/hybrid.h"

#include <algorithm>
#include <utility>

#include "age/bech32.h"
#include "base/encoding.h"
#include "crypto/random.h"

namespace muniment::age {
namespace {

constexpr std::string_view kType = "mlkem768x25519";
constexpr std::string_view kInfo = "age-encryption.org/mlkem768x25519";
constexpr std::size_t kMlKemPublicBytes = MlKem768Public().size();
constexpr std::size_t kMlKemCiphertextBytes = MlKem768Ciphertext().size();
constexpr std::size_t kShareBytes = X25519Public().size();
static_assert(HybridPublic().size() == kMlKemPublicBytes + kShareBytes);

/// The first bytes of what an ML-KEM half and an X25519 half are joined in, or its last ones.
template <typename Half>
Half first_of(ByteView joined) {
  Half half{};
  std::copy_n(joined.begin(), half.size(), half.begin());
  return half;
}
X25519Public last_of(ByteView joined) { return first_of<X25519Public>(joined.last(kShareBytes)); }

}  // namespace

bool is_hybrid(const std::vector<Stanza>& stanzas) {
  return std::ranges::all_of(stanzas, [](const Stanza& stanza) { return stanza.args[0] == kType; });
}

bool is_hybrid_recipient(std::string_view text) { return text.starts_with(std::string(kHybridRecipientPrefix) + "1"); }

Result<Stanza> HybridRecipient::wrap(const FileKey& file_key, Random& random) const {
  TRY_ASSIGN(const MlKem768Encapsulated mlkem, mlkem768_encapsulate(first_of<MlKem768Public>(key_)));
  const X25519Public recipient = last_of(key_);
  const auto ephemeral = random_secret<32>(random);
  const X25519Public share = x25519_public(ephemeral);
  TRY_ASSIGN(const auto shared, stanza_x25519(ephemeral, recipient));
  const HpkeContext context = hpke_key_schedule(combine_hybrid(mlkem.shared, shared, share, recipient), kInfo);

  Bytes encapsulated(mlkem.ciphertext.begin(), mlkem.ciphertext.end());
  append(encapsulated, share);
  return Stanza{{std::string(kType), to_base64(encapsulated, Padding::none)},
                wrap_file_key(context.key, context.base_nonce, file_key)};
}

std::string HybridRecipient::text() const {
  return std::string(render_bech32(kHybridRecipientPrefix, key_).expose_text());
}

HybridIdentity::HybridIdentity(Secret<32> seed)
    : seed_(std::move(seed)),
      secrets_(expand_hybrid_seed(seed_)),
      x25519_public_(muniment::x25519_public(secrets_.x25519)) {}

HybridIdentity HybridIdentity::make(Random& random) { return HybridIdentity(random_secret<32>(random)); }

Result<FileKey> HybridIdentity::unwrap(const std::vector<Stanza>& stanzas) const {
  for (const Stanza& stanza : stanzas) {
    if (stanza.args[0] != kType) continue;
    Result<FileKey> file_key = unwrap_one(stanza);
    // Nothing in a stanza tells whom it is for: a tag that does not match means somebody else.
    if (file_key || file_key.error().code() != Code::denied) return file_key;
  }
  return Error(Code::denied, "the file was not sealed for this key");
}

Result<FileKey> HybridIdentity::unwrap_one(const Stanza& stanza) const {
  if (stanza.args.size() != 2) return Error(Code::corrupt, "an mlkem768x25519 stanza has one argument");
  TRY_ASSIGN(const Bytes encapsulated, parse_argument(stanza, 1, kMlKemCiphertextBytes + kShareBytes));
  TRY(check_body(stanza));
  TRY_ASSIGN(const auto mlkem_shared, mlkem768_decapsulate(secrets_.mlkem, first_of<MlKem768Ciphertext>(encapsulated)));
  const X25519Public share = last_of(encapsulated);
  TRY_ASSIGN(const auto shared, stanza_x25519(secrets_.x25519, share));
  const HpkeContext context = hpke_key_schedule(combine_hybrid(mlkem_shared, shared, share, x25519_public_), kInfo);
  return unwrap_file_key(context.key, context.base_nonce, stanza.body);
}

Result<HybridRecipient> HybridIdentity::recipient() const {
  TRY_ASSIGN(const MlKem768Public mlkem, mlkem768_public(secrets_.mlkem));
  HybridPublic key{};
  const auto x25519_half = std::copy(mlkem.begin(), mlkem.end(), key.begin());
  std::copy(x25519_public_.begin(), x25519_public_.end(), x25519_half);
  return HybridRecipient(key);
}

SecretBytes HybridIdentity::text() const { return render_bech32(kHybridIdentityPrefix, seed_.expose()); }

}  // namespace muniment::age
