#include "age/file.h"

#include <algorithm>
#include <utility>

#include "age/armor.h"
#include "crypto/random.h"

namespace muniment::age {
namespace {

using PayloadNonce = std::span<const std::uint8_t, kPayloadNonceBytes>;

Secret<32> payload_key_of(const FileKey& file_key, PayloadNonce nonce) {
  return hkdf_sha256(file_key.expose(), nonce, "payload");
}

Result<void> check_recipients(std::span<const Recipient* const> recipients) {
  if (recipients.empty()) return Error(Code::invalid, "there is nobody to seal for");
  const std::string_view label = recipients[0]->label();
  const bool mixed = std::any_of(recipients.begin(), recipients.end(),
                                 [label](const Recipient* recipient) { return recipient->label() != label; });
  if (mixed) return Error(Code::invalid, "recipients of different kinds may not share a file");
  if (label == "scrypt" && recipients.size() > 1) return Error(Code::invalid, "a passphrase must stand alone");
  return {};
}

/// Errors: `denied` when no identity fits, and those of Identity::unwrap.
Result<FileKey> find_file_key(const std::vector<Stanza>& stanzas, std::span<const Identity* const> identities) {
  Error refusal(Code::denied, "there is no key to open the file with");
  for (const Identity* identity : identities) {
    Result<FileKey> file_key = identity->unwrap(stanzas);
    // A malformed stanza ends the search, as in age: the file is broken, whatever another key would say.
    if (file_key || file_key.error().code() != Code::denied) return file_key;
    refusal = file_key.error();
  }
  return refusal;
}

/// Header and nonce, as they stand in front of a payload.
Result<Bytes> wrap_header(const FileKey& file_key, PayloadNonce nonce, std::span<const Recipient* const> recipients,
                          Random& random) {
  TRY(check_recipients(recipients));
  std::vector<Stanza> stanzas;
  stanzas.reserve(recipients.size());
  for (const Recipient* recipient : recipients) {
    TRY_ASSIGN(Stanza stanza, recipient->wrap(file_key, random));
    stanzas.push_back(std::move(stanza));
  }
  const std::string header = render_header(stanzas, file_key);
  Bytes bytes(header.begin(), header.end());
  append(bytes, nonce);
  return bytes;
}

/// What opens a payload. Never leaves this file.
struct UnwrappedHeader {
  std::size_t size_bytes = 0;  // header and nonce
  FileKey file_key;
  PayloadNonce nonce;  // in the file
};

Result<UnwrappedHeader> unwrap_header(ByteView file, std::span<const Identity* const> identities, HeaderLimits limits) {
  TRY_ASSIGN(const Header header, parse_header(file, limits));
  // Before any key is tried: a passphrase takes its time, and a file that is cut here opens for nobody.
  if (file.size() - header.size_bytes < kPayloadNonceBytes) {
    return Error(Code::corrupt, "the file is cut off after its header");
  }
  TRY_ASSIGN(FileKey file_key, find_file_key(header.stanzas, identities));
  // An identity looks at its own stanza only; the MAC says that nobody added or took away another.
  TRY(verify_mac(header, file, file_key));
  const PayloadNonce nonce = file.subspan(header.size_bytes).first<kPayloadNonceBytes>();
  return UnwrappedHeader{header.size_bytes + kPayloadNonceBytes, std::move(file_key), nonce};
}

}  // namespace

Result<SealedHeader> seal_header(std::span<const Recipient* const> recipients, Random& random) {
  const auto file_key = random_secret<16>(random);
  std::array<std::uint8_t, kPayloadNonceBytes> nonce{};
  random.fill(nonce);
  TRY_ASSIGN(Bytes header, wrap_header(file_key, nonce, recipients, random));
  return SealedHeader{std::move(header), payload_key_of(file_key, nonce)};
}

Result<OpenedHeader> open_header(ByteView file, std::span<const Identity* const> identities, HeaderLimits limits) {
  TRY_ASSIGN(const UnwrappedHeader header, unwrap_header(file, identities, limits));
  return OpenedHeader{header.size_bytes, payload_key_of(header.file_key, header.nonce)};
}

Result<Bytes> reseal_header(ByteView file, std::span<const Identity* const> identities,
                            std::span<const Recipient* const> recipients, Random& random) {
  TRY_ASSIGN(const UnwrappedHeader header, unwrap_header(file, identities, {}));
  return wrap_header(header.file_key, header.nonce, recipients, random);
}

Result<Bytes> seal_bytes(ByteView plain, std::span<const Recipient* const> recipients, Random& random) {
  TRY_ASSIGN(SealedHeader header, seal_header(recipients, random));
  Bytes file = std::move(header.bytes);
  file.reserve(file.size() + sealed_size(plain.size()));
  StreamSealer sealer(header.payload_key, [&file](ByteView chunk) -> Result<void> {
    append(file, chunk);
    return {};
  });
  TRY(sealer.write(plain));
  TRY(sealer.finish());
  return file;
}

Result<SecretBytes> open_bytes(ByteView file, std::span<const Identity* const> identities) {
  Bytes unarmored;
  if (is_armored(file)) {
    TRY_ASSIGN(unarmored, parse_armor(as_text(file)));
    file = unarmored;
  }
  TRY_ASSIGN(const OpenedHeader header, open_header(file, identities));
  SecretBytes plain(file.size() - header.size_bytes);  // sealed bytes are more than plain ones
  std::size_t filled = 0;
  StreamOpener opener(header.payload_key, [&plain, &filled](ByteView chunk) -> Result<void> {
    std::copy(chunk.begin(), chunk.end(), plain.expose_mut().subspan(filled).begin());
    filled += chunk.size();
    return {};
  });
  TRY(opener.write(file.subspan(header.size_bytes)));
  TRY(opener.finish());
  plain.shrink(filled);
  return plain;
}

}  // namespace muniment::age
