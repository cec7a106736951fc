#include "age/recipient.h"

#include "base/encoding.h"

namespace muniment::age {
namespace {

constexpr std::size_t kFileKeyBytes = 16;
constexpr std::size_t kBodyBytes = kFileKeyBytes + kTagBytes;

}  // namespace

Bytes wrap_file_key(const Secret<32>& wrap_key, const Nonce& nonce, const FileKey& file_key) {
  Bytes body(kBodyBytes);
  ChaCha20Poly1305(wrap_key).seal(nonce, file_key.expose(), body);
  return body;
}

Result<FileKey> unwrap_file_key(const Secret<32>& wrap_key, const Nonce& nonce, ByteView body) {
  FileKey file_key;
  if (!ChaCha20Poly1305(wrap_key).open(nonce, body, file_key.expose_mut())) {
    return Error(Code::denied, "the key or the passphrase is not one that this file was sealed for");
  }
  return file_key;
}

Result<void> check_body(const Stanza& stanza) {
  if (stanza.body.size() == kBodyBytes) return {};
  return Error(Code::corrupt, "the " + stanza.args[0] + " stanza's body has the wrong length");
}

Result<Bytes> parse_argument(const Stanza& stanza, std::size_t index, std::size_t size) {
  TRY_ASSIGN(Bytes bytes, from_base64(stanza.args[index], Padding::none));
  if (bytes.size() == size) return bytes;
  return Error(Code::corrupt, "the " + stanza.args[0] + " stanza's argument has the wrong length");
}

Result<Secret<32>> stanza_x25519(const Secret<32>& scalar, const X25519Public& other) {
  Result<Secret<32>> shared = x25519(scalar, other);
  if (shared) return shared;
  return Error(Code::corrupt, "the X25519 key is a point of low order");
}

}  // namespace muniment::age
