#include "crypto/aead.h"

#include <openssl/evp.h>

#include <climits>

namespace muniment {
namespace {

constexpr int kTagSize = static_cast<int>(kTagBytes);  // as libcrypto counts

const EVP_CIPHER* chacha20_poly1305() {
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "ChaCha20-Poly1305", nullptr);
  MUNIMENT_CHECK(cipher != nullptr);
  return cipher;
}

int size_for_libcrypto(ByteView bytes) {
  MUNIMENT_CHECK(bytes.size() <= INT_MAX);
  return static_cast<int>(bytes.size());
}

}  // namespace

void ChaCha20Poly1305::Free::operator()(evp_cipher_ctx_st* context) const { EVP_CIPHER_CTX_free(context); }

// The key is set here, once; each message sets its nonce only.
ChaCha20Poly1305::ChaCha20Poly1305(const Secret<32>& key)
    : sealing_(EVP_CIPHER_CTX_new()), opening_(EVP_CIPHER_CTX_new()) {
  MUNIMENT_CHECK(sealing_ != nullptr && opening_ != nullptr);
  const auto* bytes = key.expose().data();
  MUNIMENT_CHECK(EVP_EncryptInit_ex2(sealing_.get(), chacha20_poly1305(), bytes, nullptr, nullptr) == 1);
  MUNIMENT_CHECK(EVP_DecryptInit_ex2(opening_.get(), chacha20_poly1305(), bytes, nullptr, nullptr) == 1);
}

ChaCha20Poly1305::ChaCha20Poly1305(ChaCha20Poly1305&&) noexcept = default;
ChaCha20Poly1305& ChaCha20Poly1305::operator=(ChaCha20Poly1305&&) noexcept = default;
ChaCha20Poly1305::~ChaCha20Poly1305() = default;

void ChaCha20Poly1305::seal(const Nonce& nonce, ByteView plain, MutableBytes sealed) {
  MUNIMENT_CHECK(sealed.size() == plain.size() + kTagBytes);
  const MutableBytes tag = sealed.last(kTagBytes);
  int written = 0;
  MUNIMENT_CHECK(EVP_EncryptInit_ex2(sealing_.get(), nullptr, nullptr, nonce.data(), nullptr) == 1);
  MUNIMENT_CHECK(EVP_EncryptUpdate(sealing_.get(), sealed.data(), &written, plain.data(), size_for_libcrypto(plain)) ==
                 1);
  MUNIMENT_CHECK(EVP_EncryptFinal_ex(sealing_.get(), tag.data(), &written) == 1);  // a stream cipher: writes nothing
  MUNIMENT_CHECK(EVP_CIPHER_CTX_ctrl(sealing_.get(), EVP_CTRL_AEAD_GET_TAG, kTagSize, tag.data()) == 1);
}

Result<void> ChaCha20Poly1305::open(const Nonce& nonce, ByteView sealed, MutableBytes plain) {
  MUNIMENT_CHECK(sealed.size() == plain.size() + kTagBytes);
  const ByteView ciphertext = sealed.first(plain.size());
  auto* tag = const_cast<std::uint8_t*>(sealed.last(kTagBytes).data());  // the call takes void*, and only reads
  int written = 0;
  MUNIMENT_CHECK(EVP_DecryptInit_ex2(opening_.get(), nullptr, nullptr, nonce.data(), nullptr) == 1);
  MUNIMENT_CHECK(EVP_CIPHER_CTX_ctrl(opening_.get(), EVP_CTRL_AEAD_SET_TAG, kTagSize, tag) == 1);
  MUNIMENT_CHECK(EVP_DecryptUpdate(opening_.get(), plain.data(), &written, ciphertext.data(),
                                   size_for_libcrypto(ciphertext)) == 1);
  std::uint8_t nothing = 0;
  if (EVP_DecryptFinal_ex(opening_.get(), &nothing, &written) != 1) {
    wipe(plain);  // what was decrypted before the tag was checked is not authentic
    return Error(Code::forged, "the authentication tag does not match");
  }
  return {};
}

}  // namespace muniment
