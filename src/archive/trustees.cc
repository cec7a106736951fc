#include "archive/trustees.h"

#include "age/hybrid.h"
#include "crypto/kdf.h"

namespace muniment {
namespace {

constexpr std::string_view kClassicInfo = "muniment/trustees/x25519/v1";
constexpr std::string_view kHybridInfo = "muniment/trustees/mlkem768x25519/v1";
constexpr std::string_view kSigningInfo = "muniment/trustees/ed25519/v1";

}  // namespace

Result<TrusteesKeys> TrusteesKeys::derive(const Secret<32>& secret, bool hybrid) {
  TrusteesKeys keys;
  if (hybrid) {
    auto key = std::make_unique<age::HybridIdentity>(hkdf_sha256(secret.expose(), {}, kHybridInfo));
    TRY_ASSIGN(const age::HybridRecipient recipient, key->recipient());
    keys.recipient_ = recipient.text();
    keys.identity_ = std::move(key);
  } else {
    auto key = std::make_unique<age::X25519Identity>(hkdf_sha256(secret.expose(), {}, kClassicInfo));
    keys.recipient_ = key->recipient().text();
    keys.identity_ = std::move(key);
  }
  keys.signer_ = std::make_unique<SignerKey>(kTrustees, hkdf_sha256(secret.expose(), {}, kSigningInfo));
  return keys;
}

Result<void> TrusteesKeys::check(const Charter& charter) const {
  if (!charter.trustees) return Error(Code::denied, "the archive has no trustees");
  if (charter.trustees->key == signer_->verifier() && charter.trustees->recipient == recipient_) return {};
  return Error(Code::denied, "these shares are not of the set in force (set " + std::to_string(charter.trustees->set) +
                                 "): they were replaced, or are of another archive");
}

}  // namespace muniment
